"""GnuTLS as a server without RFC 5746: what our engine, curl and the public command make of one that is not ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probes.curltrace.observe import tls_facts
from probes.curltrace.reader import read_trace
from tests.peers.certs import Pki
from tests.peers.curltrace import curl_trace
from tests.peers.daemon import server
from tests.peers.need import need
from tests.peers.ours import observe, tls_of
from tests.peers.test_diagnose_real_servers import verdict

OLD = "NORMAL:%DISABLE_SAFE_RENEGOTIATION"
ON_12 = ":-VERS-ALL:+VERS-TLS1.2"
"""Priority strings (GnuTLS manual, Priority Strings): a server that does not know RFC 5746, and TLS 1.2 alone."""


@contextmanager
def gnutls(pki: Pki, priority: str) -> Iterator[int]:
    """Run GnuTLS's server program on a port of this machine, and yield the port."""
    program = need("gnutls-serv")

    def write(_folder: Path, ports: list[int]) -> list[str]:
        files = ["--x509certfile", str(pki.server.certificate), "--x509keyfile", str(pki.server.key)]
        return [program, "--http", "--disable-client-cert", "--priority", priority, "--port", str(ports[0]), *files]

    with server("gnutls", 1, write) as (_, (port,)):
        yield port


def test_openssl_refuses_it_and_the_tool_says_so(pki: Pki) -> None:
    with gnutls(pki, OLD + ON_12) as port:
        seen = observe(pki, port, "/").observation
        told = curl_trace("--cacert", str(pki.ca), f"https://localhost:{port}/")
        status, found = verdict(pki, f"https://localhost:{port}/")
    assert (seen.outcome, tls_of(seen).version) == ("tls-failure", "TLSv1.2")
    assert tls_of(seen).secure_renegotiation is False
    assert (told.status, told.exit_code) == (None, 35)
    ((connection,), _) = read_trace(told.text)
    # The handshake ended before anybody could ask: that is not "never asked".
    assert tls_facts(connection).certificate_request is None
    assert tls_facts(connection).secure_renegotiation is False
    assert (status, found["finding"], found["confidence"]) == (1, "unsafe-legacy-renegotiation", "confirmed")
    assert found["also"] == []
    fails = {line["name"] for line in found["clients"] if line["result"] == "fails-at-any-size"}
    assert {"curl", "requests", "node"} <= fails
    assert not {"java", "go"} & fails


def test_with_the_extension_the_same_server_is_taken(pki: Pki) -> None:
    with gnutls(pki, "NORMAL" + ON_12) as port:
        seen = observe(pki, port, "/").observation
        _, found = verdict(pki, f"https://localhost:{port}/")
    assert (seen.status, tls_of(seen).secure_renegotiation) == (200, True)
    assert found["finding"] != "unsafe-legacy-renegotiation"


@pytest.mark.parametrize("priority", [OLD, "NORMAL"])
def test_on_tls13_nobody_needs_it(pki: Pki, priority: str) -> None:
    with gnutls(pki, priority) as port:
        seen = observe(pki, port, "/").observation
        _, found = verdict(pki, f"https://localhost:{port}/")
    assert (seen.status, tls_of(seen).version, tls_of(seen).secure_renegotiation) == (200, "TLSv1.3", None)
    named = {found["finding"], *(other["finding"] for other in found["also"])}
    assert "unsafe-legacy-renegotiation" not in named
