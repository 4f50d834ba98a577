"""The search for a size limit: to the byte against Apache httpd, and its arithmetic on made-up limits."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.credential import load
from probes.model import Body, Continue, Exchange, Judged, Observation, Probe
from probes.plan import PlanRequest, base_upload
from probes.threshold import REQUESTS_AT_MOST, Search, Threshold
from probes.triage import Triage, TriageRequest
from probes.wire.trust import read_ca_file
from tests.peers.apache import Apache, apache_server
from tests.peers.apacheconf import Site, Tls
from tests.peers.certs import Pki, make_pki


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def apache(pki: Pki) -> Iterator[Apache]:
    with apache_server(pki) as server:
        yield server


async def search(pki: Pki, url: str, max_bytes: int = 1_048_576) -> Threshold:
    plan = PlanRequest(url=url, identity="given")
    triage = Triage(TriageRequest(plan=plan, credential=load(pki.good.pem), trusted=read_ca_file(pki.ca)))
    return await triage.threshold(base_upload(plan), max_bytes)


@pytest.mark.parametrize(("path", "limit"), [("/small", 49_152), ("/limit", 102_400), ("/secure", 131_072)])
@pytest.mark.parametrize("tls", ["1.2", "1.3"])
async def test_apaches_limit_to_the_byte(pki: Pki, apache: Apache, path: str, limit: int, tls: Tls) -> None:
    site: Site = "paths"
    found = await search(pki, apache.url(site, path, tls))
    assert (found.largest_accepted, found.smallest_refused) == (limit, limit + 1)
    assert found.refusal is not None
    assert found.refusal.status == 413
    assert found.attribution == "renegotiation-buffer"
    assert found.requests <= REQUESTS_AT_MOST
    held = {run.with_: run.largest_accepted for run in found.runs}
    assert held["expect"] == held["head-first"] == 1_048_576


async def test_where_nothing_is_refused_nothing_is_claimed(pki: Pki, apache: Apache) -> None:
    found = await search(pki, apache.url("paths", "/open"), 300_000)
    assert (found.largest_accepted, found.smallest_refused, found.refusal) == (300_000, None, None)
    assert found.requests == 2


def made_up(limit: int, *, app: bool) -> Any:
    """An in-memory stand-in for the arithmetic only; it claims nothing about any wire."""

    async def send(probe: Probe) -> Observation:
        eased = not app and (probe.expect == "wait" or probe.head_first)
        refused = probe.body_bytes > limit and not eased
        status = 413 if refused else 200
        exchange = Exchange(
            method="POST", path="/", continue_=Continue(), body=Body(written=probe.body_bytes), status=status
        )
        count = (exchange, exchange) if probe.head_first else (exchange,)
        return Observation(
            id="o",
            attempt=1,
            at="",
            probe=probe,
            outcome="response",
            status=status,
            exchanges=count,
            judged=Judged(reached_app="no" if refused else "yes"),
        )

    return send


@settings(deadline=None)
@given(st.integers(1, 1_048_575), st.booleans())
def test_any_limit_is_found_to_the_byte_within_the_budget(limit: int, app: bool) -> None:
    base = base_upload(PlanRequest(url="https://h/", identity="given"))
    found = asyncio.run(Search(base, made_up(limit, app=app), 1_048_576).run())
    assert (found.largest_accepted, found.smallest_refused) == (limit, limit + 1)
    assert found.requests <= REQUESTS_AT_MOST
    assert found.attribution == ("app-limit" if app else "unknown")  # nobody asked for a certificate here
