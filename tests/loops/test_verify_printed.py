"""The verify command that a verdict prints is whole: pasted as it stands, it fails before the fix and holds after."""

import shlex
from typing import Any

import pytest

from tests.loops.served import patch, run, serve

CURL_BARE = "curl -H 'Expect:' {front_end}/upload"
CASES: dict[str, tuple[tuple[str, ...], dict[str, Any], set[str]]] = {
    "tls-version-refused": ((), {"minTlsVersion": "1.2"}, {"--as", "--cert", "--ca"}),
    "tls-version-refused-held": ((), {"minTlsVersion": "1.2"}, {"--as", "--own-tls", "--cert"}),
    "cipher-refused": ((), {"minTlsCipherSuite": None}, {"--as", "--own-tls", "--own-ciphers", "--cert"}),
    "large-body-renegotiation": (("--curl", CURL_BARE), {"clientCertExclusionPaths": None}, {"--curl", "--as"}),
}


def printed(said: str) -> list[str]:
    (line,) = {line.strip() for line in said.splitlines() if line.strip().startswith("mtls-triage verify")}
    return shlex.split(line)[1:]


@pytest.mark.parametrize("scenario", CASES)
def test_what_is_printed_can_be_pasted(scenario: str) -> None:
    more, fix, flags = CASES[scenario]
    with serve(scenario) as ready:
        options = [*ready["options"], *(one.replace("{front_end}", ready["front_end"]) for one in more)]
        command = printed(run("diagnose", ready["target"], *options, env=ready["env"]).stdout)
        assert flags <= set(command)
        files = {"client.pem": ready["certificate"], "ca.pem": ready["ca"]}
        pasted = [files.get(word, word) for word in command]
        before = run(*pasted, "--every", "0", "--for", "0", "--streak", "2")
        patch(ready, {"settings": fix})
        after = run(*pasted, "--every", "0", "--for", "20s", "--streak", "2")
    assert (before.returncode, after.returncode) == (1, 0), (
        before.stdout + before.stderr,
        after.stdout,
        after.stderr,
    )


def test_no_option_stands_there_twice_and_none_that_is_not_needed() -> None:
    command = printed(run("diagnose", "lab:expect-not-awaited").stdout)
    assert len(command) == len(set(command))
    assert not {"--own-tls", "--own-ciphers", "--connect-to", "--insecure", "--curl"} & set(command)
