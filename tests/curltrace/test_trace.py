"""A trace of the real curl says what our own engine saw of the same request; no text breaks the reader."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.credential import load
from probes.curltrace import marked, observation, probe_of, read_trace
from probes.model import Observation, Probe
from probes.wire.engine import Engine, EngineSettings
from probes.wire.trust import Trust, read_ca_file
from tests.clients.order import without_proxies
from tests.lab.fixture import RENEGOTIATES, RunningLab
from tests.peers.need import need

LATE = {"settings": RENEGOTIATES}
AFTER: dict[str, Any] = {"settings": RENEGOTIATES, "edge": {"renegotiating_edge": "post-handshake"}}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "handshake-13": ({}, {"identity": "given"}),
    "handshake-12": ({}, {"identity": "given", "tls": "1.2"}),
    "handshake-empty": ({}, {}),
    "renegotiation": (LATE, {"identity": "given", "tls": "1.2"}),
    "renegotiation-empty": (LATE, {"tls": "1.2"}),
    "post-handshake": (AFTER, {"identity": "given", "tls": "1.3"}),
    "post-handshake-empty": (AFTER, {"tls": "1.3"}),
    "never": ({"settings": {"clientCertEnabled": False}}, {"identity": "given"}),
    "large-refused": (LATE, {"identity": "given", "tls": "1.2", "method": "POST", "body_bytes": 300_000}),
    "large-waits": (
        LATE,
        {"identity": "given", "tls": "1.2", "method": "POST", "body_bytes": 300_000, "expect": "wait"},
    ),
    "alert": ({"edge": {"require_in_tls": "any"}}, {"tls": "1.3"}),
    "version": ({"settings": {"minTlsVersion": "1.3"}}, {"tls": "1.2"}),
    "reset": ({"faults": {"reset": "head"}}, {}),
    "expired": ({"edge": {"server_certificate": "expired"}}, {}),
    "wrong-host": ({"edge": {"server_certificate": "wrong-host"}}, {}),
    "unknown-ca": ({"edge": {"server_certificate": "untrusted"}}, {}),
}


def by_curl(lab: RunningLab, probe: Probe, folder: Path) -> Observation:
    command = [need("curl"), "--disable", "-sSv", "--http1.1", "--cacert", lab.ready.ca, "-o", f"{folder}/body"]
    command += ["--cert", lab.ready.certificate] if probe.identity == "given" else []
    command += [] if probe.tls == "free" else [f"--tlsv{probe.tls}", "--tls-max", probe.tls]
    if probe.body_bytes:
        (folder / "upload").write_bytes(b"x" * probe.body_bytes)
        header = "Expect: 100-continue" if probe.expect == "wait" else "Expect:"
        command += ["-H", header, "--data-binary", f"@{folder}/upload"]
    done = subprocess.run(
        [*command, probe.origin + probe.path], capture_output=True, text=True, timeout=40, env=without_proxies()
    )
    connections, _ = read_trace(done.stderr)
    assert len(connections) == 1
    return observation(probe, connections[0], 1)


async def by_us(lab: RunningLab, probe: Probe) -> Observation:
    trust = Trust(read_ca_file(Path(lab.ready.ca)))
    identities: Any = {"given": load(Path(lab.ready.certificate), None, None)}
    async with Engine(EngineSettings(run_id="r"), trust, identities) as engine:
        return (await engine.observe(probe, "o1")).observation


def facts(seen: Observation) -> dict[str, object]:
    tls = seen.tls
    assert tls is not None
    fatal = [(alert.direction, alert.name) for alert in tls.alerts if alert.level == "fatal"]
    return {
        "outcome": seen.outcome,
        "status": seen.status,
        "version": tls.version,
        "asked": tls.certificate_request if seen.outcome == "response" else None,
        "answers": [(one.when, one.answered) for one in tls.certificate_requests],
        "sent": tls.certificate_sent if seen.outcome == "response" else None,
        "renegotiation": tls.renegotiation,
        "errors": [error.code for error in tls.verification.errors][:1] if tls.verification else [],
        "received": [alert for alert in fatal if alert[0] == "received"],
        "continue": [turn.continue_.state for turn in seen.exchanges],
        "paths": [(turn.method, turn.path) for turn in seen.exchanges if seen.outcome == "response"],
        "trusted": tls.verification.ok if tls.verification else None,
    }


@pytest.mark.parametrize("name", CASES)
def test_a_trace_says_what_our_engine_saw(edge: RunningLab, name: str, tmp_path: Path) -> None:
    state, shape = CASES[name]
    edge.reset(**state)
    path = "/upload" if shape.get("body_bytes") else "/"
    probe = Probe(id="p", question="", origin=edge.ready.front_end, path=path, **shape)
    traced, seen = facts(by_curl(edge, probe, tmp_path)), facts(asyncio.run(by_us(edge, probe)))
    if name in ("expired", "wrong-host", "unknown-ca"):
        # curl asks for no more once the chain does not verify, we note what else came.
        for one in (traced, seen):
            del one["answers"], one["version"]
    if name == "unknown-ca":
        # curl stops at the first that is wrong, we note every one.
        assert traced.pop("errors") == [20]
        assert seen.pop("errors") != []
    if name == "version":
        traced.pop("trusted"), seen.pop("trusted")
    assert traced == seen


SCHANNEL = """*   Trying 203.0.113.9:443...
* Connected to contoso.example (203.0.113.9) port 443 (#0)
* schannel: disabled automatic use of client certificate
* ALPN: offers http/1.1
* ALPN: server accepted http/1.1
> GET /x HTTP/1.1
> Host: contoso.example
> Authorization: Bearer s3cr3t-token-value
>
< HTTP/1.1 403 Forbidden
< Content-Type: text/html
< Set-Cookie: ARRAffinity=s3cr3t-token-value
<
<h1>Error 403 - Forbidden: Client Certificate Required</h1>
* Connection #0 to host contoso.example left intact
"""


def test_a_library_that_shows_no_handshake_leaves_the_certificate_unknown() -> None:
    (connection,), body = read_trace(SCHANNEL)
    probe = probe_of(connection, 1, identity="none")
    assert probe is not None
    assert (probe.origin, probe.path) == ("https://contoso.example:443", "/x")
    seen = observation(probe, connection, 1, body)
    assert seen.status == 403
    assert "Client Certificate Required" in seen.exchanges[0].body_excerpt
    assert seen.tls is not None
    assert (seen.tls.certificate_request, seen.tls.certificate_sent) == (None, "unknown")
    assert seen.tls.verification is None
    assert "s3cr3t" not in repr(seen)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("* Could not resolve host: x\ncurl: (6) Could not resolve host: x", "dns-failure"),
        ("* connect to ::1 port 1 failed: Connection refused\ncurl: (7) Failed to connect to h", "connect-failure"),
        ("curl: (28) Connection timed out after 3001 milliseconds", "timeout"),
        ("* CONNECT tunnel failed, response 407\ncurl: (56) CONNECT tunnel failed, response 407", "proxy-failure"),
        ("curl: (52) Empty reply from server", "closed"),
        ("curl: (92) HTTP/2 stream 1 was not closed cleanly: HTTP_1_1_REQUIRED (err 13)", "stream-reset"),
    ],
)
def test_failures_are_told_apart(said: str, outcome: str) -> None:
    (connection,), _ = read_trace(said)
    probe = Probe(id="p", question="", origin="https://h:443", path="/")
    seen = observation(probe, connection, 1)
    assert seen.outcome == outcome
    assert seen.error is not None
    assert seen.error.message


def test_what_a_proxy_answers_is_not_the_sites() -> None:
    text = (
        "* Connected to proxy (10.0.0.1) port 3128 (#0)\n> CONNECT h:443 HTTP/1.1\n> Host: h:443\n>\n"
        "< HTTP/1.1 200 Connection established\n<\n* CONNECT tunnel established, response 200\n"
        "> GET /a HTTP/1.1\n> Host: h\n>\n< HTTP/1.1 404 Not Found\n<\n"
    )
    (connection,), _ = read_trace(text)
    assert [(turn.method, turn.status) for turn in connection.turns] == [("GET", 404)]


LINES = st.sampled_from(
    [*SCHANNEL.splitlines(), "* TLSv1.2 (IN), TLS handshake, Hello request (0):", "} [8 bytes data]",
     "* TLSv1.3 (OUT), TLS alert, x (99999):", "=== probe {", '=== mtls-triage run {"target": "x"}', "=== body",
     "=== end", "* TLSv1.2 (IN), TLS handshake, Request CERT (13):", "> CONNECT a:1 HTTP/1.1", "curl: (1) x"]
)  # fmt: skip


@given(st.lists(LINES | st.text(max_size=40), max_size=30))
def test_no_text_breaks_the_reader(lines: list[str]) -> None:
    text = "\n".join(lines)
    marked(text)
    connections, body = read_trace(text)
    for number, one in enumerate(connections):
        probe = probe_of(one, number, identity="given")
        if probe is not None:
            seen = observation(probe, one, number, body)
            assert "\x1b" not in repr(seen)
