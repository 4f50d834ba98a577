"""Fixtures: an Azure on loopback, and an environment in which nobody is signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from probes.siteconfig.clouds import Access, access
from tests.siteconfig.azure import SECRET, TENANT, Azure, start

VARIABLES = (
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_AUTHORITY_HOST",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
)


@pytest.fixture
def signed_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Take every way to sign in away; returns an empty folder that is the whole PATH."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Azure]:
    served, server = start(tmp_path)
    yield served.standard()
    server.shutdown()
    server.server_close()


@pytest.fixture
def reach(azure: Azure, signed_out: Path, monkeypatch: pytest.MonkeyPatch) -> Access:
    """Sign in as a service principal with a secret, at the local Azure."""
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", "client")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    return access(arm_endpoint=azure.url, authority=azure.url, ca=azure.ca)
