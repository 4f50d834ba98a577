"""The verify command in a text carries what the case was run with, each value as one word of a shell."""

import shlex
from typing import Any

import msgspec
import pytest

from probes.diagnosis import render
from probes.model import Case
from probes.model.observation import Verification
from tests.diagnosis.build import EXCLUDED, REQUIRED, Site, make_case

EVIL = "x; rm -rf ~ '$(id)'"


def words(slug: str, case: Case) -> list[str]:
    return shlex.split(render(slug, case).verify_command)


def run_with(case: Case, **more: Any) -> Case:
    return msgspec.structs.replace(case, run=msgspec.structs.replace(case.run, **more))


def probed(case: Case, wanted: str, **more: Any) -> Case:
    seen = tuple(
        msgspec.structs.replace(one, probe=msgspec.structs.replace(one.probe, **more))
        if wanted in ("*", one.probe.id)
        else one
        for one in case.observations
    )
    return msgspec.structs.replace(case, observations=seen)


def after(line: list[str], flag: str) -> str | None:
    return line[line.index(flag) + 1] if flag in line else None


@pytest.mark.parametrize(
    ("more", "flag", "value"),
    [
        ({"client": "java"}, "--as", "java"),
        ({"own_tls": "1.2"}, "--own-tls", "1.2"),
        ({"own_ciphers": EVIL}, "--own-ciphers", EVIL),
        ({"own_http": "1.1"}, "--own-http", "1.1"),
        ({"own_expect": "always"}, "--curl", "curl -H 'Expect: 100-continue'"),
        ({"own_expect": "never"}, "--curl", "curl -H Expect:"),
    ],
)
def test_how_the_client_was_played(more: dict[str, Any], flag: str, value: str) -> None:
    case = make_case(Site(), config=REQUIRED)
    assert flag not in words("cipher-refused", case)
    line = words("cipher-refused", run_with(case, **more))
    assert after(line, flag) == value
    assert line.count(flag) == 1


def test_a_client_that_is_none_of_ours_is_not_named() -> None:
    assert "--as" not in words("cipher-refused", run_with(make_case(Site()), client=EVIL))


def test_the_way_and_the_trust() -> None:
    plain = make_case(Site(), config=REQUIRED)
    assert not {"--connect-to", "--ca", "--insecure"} & set(words("path-excluded", plain))
    assert (
        after(words("path-excluded", probed(plain, "*", connect_to="10.0.0.4:443")), "--connect-to") == "10.0.0.4:443"
    )
    given = Verification(ok=True, trusted_by="given")
    seen = tuple(
        msgspec.structs.replace(one, tls=one.tls and msgspec.structs.replace(one.tls, verification=given))
        for one in plain.observations
    )
    assert after(words("path-excluded", msgspec.structs.replace(plain, observations=seen)), "--ca") == "ca.pem"
    assert "--insecure" in words("path-excluded", run_with(plain, insecure=True))


@pytest.mark.parametrize(
    "slug", ["header-damaged", "certificate-expired", "chain-incomplete", "app-rejects-certificate"]
)
def test_the_debug_endpoint_is_the_users_own(slug: str) -> None:
    case = probed(make_case(Site(), config=REQUIRED), "debug", path="/show/me")
    assert after(words(slug, case), "--debug-path") == "/show/me"


def test_what_the_text_has_already_is_not_said_twice() -> None:
    line = words("expect-not-awaited", make_case(Site(when="renegotiation"), config=EXCLUDED, client="postman"))
    assert len(line) == len(set(line))
    assert after(line, "--as") == "postman"
    assert after(line, "--cert") == "client.pem"
