"""Each measure runs at a tiny size, and refuses to compare what is not the same. Nothing here asserts a speed."""

import ssl
from pathlib import Path
from statistics import median

import msgspec
import pytest

from probes.lab.child import LabProcess
from probes.model import Probe
from tests.bench.cpu import SITE, bare_request, cpu_rows
from tests.bench.curl import Curl
from tests.bench.far import far_lab
from tests.bench.memory import memory_rows
from tests.bench.peak import Peak, Unreadable
from tests.bench.plan import curl_for, curl_time, plan_rows, run_plan
from tests.bench.rows import BenchFailed, NotMeasured, Row
from tests.peers.need import need

MIB = 1024 * 1024
UPLOAD = Probe(id="p", question="", origin="https://localhost:7", path="/a/../b", method="POST", body_bytes=10)


async def test_cpu_is_the_median_of_ratios_of_both_versions() -> None:
    rows = await cpu_rows(rounds=3, repetitions=1)
    assert [row.name[-7:] for row in rows] == ["TLS 1.2", "TLS 1.3"]
    for row in rows:
        assert len(row.samples) == 3
        assert min(row.samples) > 0
        assert row.measured == median(row.samples)
    assert "both TLSv1.2 " in rows[0].detail
    assert "both TLSv1.3 " in rows[1].detail


async def test_the_httpx_request_is_no_request_without_its_certificate() -> None:
    async with LabProcess.start(SITE) as lab:
        with pytest.raises(BenchFailed, match="403"):
            await bare_request(lab.ready, ssl.create_default_context(cafile=lab.ready.ca))


async def test_the_plan_is_measured_against_curl_and_its_chain() -> None:
    faster, chain = await plan_rows("healthy-required", rounds=1, delay_ms=1.0)
    for row in (faster, chain):
        assert len(row.samples) == 1
        assert row.measured == pytest.approx(row.samples[0])
    assert "for 17 probes at 2 ms round trip" in faster.detail
    # curl goes back to HTTP/1.1 where the probe insists on HTTP/2; every other call ends as its probe did.
    assert "(16 of 17)" in faster.detail


async def test_curl_that_is_answered_otherwise_is_not_compared(tmp_path: Path) -> None:
    program = need("curl")
    async with far_lab("healthy-required", 0.0) as far:
        _seconds, observations = await run_plan(far.request())
        few = tuple(one for one in observations if one.probe.id in ("get-own", "get-none"))
        curl = curl_for(program, far, tmp_path)
        assert (await curl_time(curl, few))[1] == 2
        without = Curl(program, curl.ca, {}, tmp_path)
        with pytest.raises(BenchFailed, match="get-own 200, curl 403"):
            await curl_time(without, few)


@pytest.mark.parametrize(
    ("shape", "wanted", "unwanted"),
    [
        ({}, ["--http1.1", "Expect:", "@{folder}/10.body"], ["--cert", "--connect-to", "--tls-max", "--next"]),
        ({"identity": "given"}, ["--cert", "me.pem"], []),
        ({"identity": "throwaway"}, ["--http1.1"], ["--cert"]),
        ({"connect_to": "127.0.0.1:9"}, ["--connect-to", "localhost:7:127.0.0.1:9"], []),
        ({"tls": "1.3", "http": "2"}, ["--tlsv1.3", "--tls-max", "1.3", "--http2"], ["--http1.1"]),
        ({"expect": "wait"}, ["Expect: 100-continue", "--expect100-timeout", "5"], ["Expect:"]),
        ({"expect": "header-only"}, ["Expect: 100-continue", "--expect100-timeout", "0.001"], ["Expect:"]),
        ({"head_first": True}, ["--head", "--next", "--data-binary"], []),
        ({"method": "GET", "body_bytes": 0}, ["--output"], ["--request", "--data-binary", "Expect:"]),
    ],
)
def test_curl_is_told_what_the_probe_is(
    tmp_path: Path, shape: dict[str, object], wanted: list[str], unwanted: list[str]
) -> None:
    curl = Curl("curl", "ca.pem", {"given": "me.pem"}, tmp_path)
    arguments = curl.arguments(msgspec.structs.replace(UPLOAD, **shape))
    assert arguments[-1] == "https://localhost:7/a/../b"
    for word in wanted:
        assert word.format(folder=tmp_path) in arguments
    for word in unwanted:
        assert word not in arguments


def test_the_peak_sees_memory_that_is_free_again() -> None:
    try:
        peak = Peak()
    except Unreadable as reason:
        pytest.skip(str(reason))
    held = b"x" * (32 * MIB)
    size = len(held)
    del held
    assert peak.grown() >= 0.9 * size


async def test_memory_is_measured_where_the_whole_body_arrived() -> None:
    (row,) = await memory_rows(rounds=2, size=MIB)
    if isinstance(row, NotMeasured):
        pytest.skip(row.why)
    assert isinstance(row, Row)
    assert len(row.samples) == 2
    assert row.measured == max(row.samples)
    assert f"{MIB:,} bytes arrived" in row.detail
