"""Whose roots a chain leads to, and how each system's own roots are found."""

import asyncio
import subprocess
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from probes.errors import UsageFault
from probes.wire import roots
from probes.wire.certificates import matches_host
from probes.wire.faults import WireFault
from probes.wire.proxy import proxy_for
from probes.wire.resolve import in_daemon, resolve
from probes.wire.trust import Trust, read_ca_file
from tests.peers.certs import Pki


def leaf_of(pki: Pki) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pki.server.certificate.read_bytes())


def test_the_users_own_ca_comes_first_and_the_machines_last(pki: Pki) -> None:
    ca, leaf = read_ca_file(pki.ca), leaf_of(pki)
    assert Trust(ca, system=ca, public=ca).trusted_by(leaf, ()) == "given"
    assert Trust((), system=ca, public=ca).trusted_by(leaf, ()) == "public"
    assert Trust((), system=ca, public=()).trusted_by(leaf, ()) == "system"
    assert Trust(read_ca_file(pki.foreign_ca), system=(), public=()).trusted_by(leaf, ()) == "none"


def test_the_public_roots_are_certifis_and_know_no_test_ca(pki: Pki) -> None:
    assert Trust((), system=()).trusted_by(leaf_of(pki), ()) == "none"


def test_windows_and_macos_stores_are_read(pki: Pki) -> None:
    der = read_ca_file(pki.ca)[0].public_bytes(serialization.Encoding.DER)
    windows = roots.windows_roots(
        lambda name: [(der, "x509_asn", True), (b"junk", "x509_asn", True), (der, "pkcs_7_asn", True)]
    )
    assert [one.subject.rfc4514_string() for one in windows] == [f"CN={pki.ca_name}"] * 2
    asked: list[list[str]] = []

    def security(command: list[str]) -> bytes:
        asked.append(command)
        return b"noise\n" + pki.ca.read_bytes() + b"-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n"

    assert [one.subject.rfc4514_string() for one in roots.macos_roots(security)] == [f"CN={pki.ca_name}"]
    assert asked[0][:2] == ["security", "find-certificate"]

    def missing(_command: list[str]) -> bytes:
        raise FileNotFoundError("security")

    assert roots.macos_roots(missing) == ()


def test_ssl_cert_file_replaces_the_bundle(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pki.ca))
    assert [one.subject.rfc4514_string() for one in roots.machine_roots()] == [f"CN={pki.ca_name}"]
    monkeypatch.delenv("SSL_CERT_FILE")
    assert f"CN={pki.ca_name}" not in [one.subject.rfc4514_string() for one in roots.machine_roots()]


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00" * 9_000_000])
def test_a_ca_file_without_a_certificate_is_a_fault(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(content)
    with pytest.raises(UsageFault, match=r"ca\.pem"):
        read_ca_file(file)


@pytest.mark.parametrize(("host", "matches"), [
    ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("::1", True), ("127.0.0.2", False),
    ("local", False),
])  # fmt: skip
def test_host_names_are_compared_as_openssl_does_it(pki: Pki, host: str, matches: bool) -> None:
    assert matches_host(leaf_of(pki), host) is matches
    option = "-verify_ip" if host[0].isdigit() or ":" in host else "-verify_hostname"
    said = subprocess.run(
        ["openssl", "verify", "-CAfile", str(pki.ca), option, host, str(pki.server.certificate)],
        capture_output=True, check=False,
    )  # fmt: skip
    assert (said.returncode == 0) is matches


async def test_a_blocking_resolver_holds_up_nobody() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await in_daemon(lambda: time.sleep(5))
    assert time.monotonic() - began < 2


async def test_addresses_and_failures_of_the_resolver() -> None:
    assert (await resolve("127.0.0.1", 1)).texts == ("127.0.0.1",)
    assert "127.0.0.1" in (await resolve("localhost", 1)).texts
    with pytest.raises(WireFault, match="has no address"):
        await resolve("no-such-host.invalid", 1)


@pytest.mark.parametrize(("url", "named", "proxy"), [
    ("https://localhost/", None, None),
    ("https://127.0.0.1/", None, None),
    ("https://site.example/", None, "http://env:3128"),
    ("https://skipped.example/", None, None),
    ("https://site.example/", "named:8080", "http://named:8080"),
    ("https://localhost/", "http://named:8080", "http://named:8080"),
])  # fmt: skip
def test_which_proxy_is_used(monkeypatch: pytest.MonkeyPatch, url: str, named: str | None, proxy: str | None) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://env:3128")
    monkeypatch.setenv("NO_PROXY", "skipped.example")
    assert proxy_for(url, named) == proxy


@pytest.mark.parametrize("named", ["socks5://h:1", "https://h:1", "http://", "http://h:x"])
def test_a_proxy_of_another_kind_is_a_fault(named: str) -> None:
    with pytest.raises(UsageFault, match="proxy"):
        proxy_for("https://h/", named)
