"""Every way to sign in, with the real azure-identity over real TLS; signed out ends at once and says what to run."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from probes.errors import UsageFault
from probes.siteconfig.clouds import CLOUDS, SignIn, access
from probes.siteconfig.faults import SignedOut
from probes.siteconfig.live import AzureRead, read_from_azure, wanted
from tests.siteconfig.azure import SECRET, SITE, TENANT, TOKEN, Azure


async def looked(azure: Azure, sign_in: SignIn = "auto", lines: list[str] | None = None) -> AzureRead:
    reach = access(arm_endpoint=azure.url, authority=azure.url, ca=azure.ca, sign_in=sign_in)
    return await read_from_azure(reach, wanted(id=SITE), (lines if lines is not None else []).append)


async def refused(azure: Azure, sign_in: SignIn = "auto") -> str:
    with pytest.raises(SignedOut) as seen:
        await looked(azure, sign_in)
    assert seen.value.status == 3
    text = str(seen.value)
    assert len(text.splitlines()) == 3
    assert SECRET not in text
    return text


@pytest.fixture
def principal(monkeypatch: pytest.MonkeyPatch, signed_out: Path) -> Path:
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    monkeypatch.setenv("AZURE_CLIENT_ID", "client")
    return signed_out


def fake_az(folder: Path, script: str) -> None:
    az = folder / "az"
    az.write_text(f"#!/bin/sh\n{script}\n")
    az.chmod(0o755)


async def test_signed_out_says_within_a_second_what_was_tried_and_what_to_run(azure: Azure, signed_out: Path) -> None:
    await refused(azure)  # the libraries are imported once
    begun = time.monotonic()
    text = await refused(azure)
    assert time.monotonic() - begun < 1
    assert "nobody is signed in" in text
    assert "AZURE_CLIENT_ID are not set" in text
    assert "az is not on the PATH" in text
    assert "Run az login" in text
    assert azure.log == []


async def test_a_secret(azure: Azure, principal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    assert (await looked(azure)).signed_in == "service principal with a secret"
    assert azure.log[0][1].startswith(f"/{TENANT}/oauth2/v2.0/token")


async def test_a_secret_that_is_refused_ends_there(
    azure: Azure, principal: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    fake_az(principal, "echo wrong way")
    said = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}
    azure.token_answer = (401, {}, said)
    assert "AADSTS7000215" in await refused(azure)
    assert capfd.readouterr().err == ""


async def test_a_certificate(azure: Azure, principal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "app")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = principal / "app.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + private)
    monkeypatch.setenv("AZURE_CLIENT_CERTIFICATE_PATH", str(file))
    assert (await looked(azure)).signed_in == "service principal with a certificate"


async def test_a_certificate_that_is_not_there(
    azure: Azure, principal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_CERTIFICATE_PATH", "/nowhere/app.pem")
    assert "/nowhere/app.pem" in await refused(azure)


async def test_workload_identity(azure: Azure, principal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = principal / "federated"
    file.write_text("assertion")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(file))
    assert (await looked(azure)).signed_in == "workload identity"


class _Identity(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        good = self.headers.get("X-IDENTITY-HEADER") == "header"
        body = {"access_token": TOKEN, "expires_on": str(int(time.time()) + 3600), "token_type": "Bearer"}
        body["resource"] = "https://management.azure.com"
        self.send_response(200 if good else 403)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body if good else {}).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def identity() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Identity)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/msi/token"
    server.shutdown()
    server.server_close()


async def test_managed_identity_where_its_endpoint_is_set(
    azure: Azure, signed_out: Path, identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", identity)
    monkeypatch.setenv("IDENTITY_HEADER", "header")
    assert (await looked(azure)).signed_in == "managed identity"


async def test_the_metadata_address_is_never_asked(
    azure: Azure, signed_out: Path, identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With the endpoint alone the library would turn to 169.254.169.254.
    monkeypatch.setenv("IDENTITY_ENDPOINT", identity)
    begun = time.monotonic()
    assert "managed identity" not in await refused(azure)
    assert time.monotonic() - begun < 1


# The application by which every Azure developer tool signs a person in.
CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


def coded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def az_token() -> str:
    until = datetime.now() + timedelta(hours=1)
    said = {
        "accessToken": TOKEN,
        "expiresOn": until.strftime("%Y-%m-%d %H:%M:%S.000000"),
        "expires_on": int(until.timestamp()),
        "tenant": TENANT,
        "subscription": "s",
        "tokenType": "Bearer",
    }
    return json.dumps(said)


@pytest.mark.parametrize("way", ["auto", "cli"])
async def test_the_azure_cli(azure: Azure, signed_out: Path, way: SignIn) -> None:
    (signed_out / "token.json").write_text(az_token())
    fake_az(
        signed_out,
        f'echo "$@" >> {signed_out}/calls\nread -r line < {signed_out}/token.json\necho "$line"',
    )
    assert (await looked(azure, way)).signed_in == "Azure CLI"
    calls = (signed_out / "calls").read_text().splitlines()
    assert len(calls) == 1, "az is slow and is asked once"
    assert "get-access-token" in calls[0]
    assert "https://management.azure.com" in calls[0]


async def test_an_azure_cli_that_is_signed_out(azure: Azure, signed_out: Path) -> None:
    fake_az(signed_out, "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1")
    text = await refused(azure)
    assert "Azure CLI (Please run 'az login'" in text


async def test_device_code_shows_the_code_to_the_person(
    azure: Azure, signed_out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_TENANT_ID", TENANT)
    base = f"/{TENANT}"
    documents = {
        "issuer": f"{azure.url}{base}/v2.0",
        "authorization_endpoint": f"{azure.url}{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{azure.url}{base}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{azure.url}{base}/oauth2/v2.0/devicecode",
    }
    azure.put(f"{base}/v2.0/.well-known/openid-configuration", documents)
    flow = {"user_code": "ABCD\x1b-EFGH", "device_code": "d", "verification_uri": "https://microsoft.com/devicelogin"}
    azure.put(f"{base}/oauth2/v2.0/devicecode", flow | {"expires_in": 60, "interval": 1, "message": "m"})
    scope = "https://management.azure.com/.default"
    now = int(time.time())
    claims = {"aud": CLIENT, "iss": documents["issuer"], "sub": "s", "oid": "o", "tid": TENANT, "exp": now + 3600}
    claims |= {"preferred_username": "person@example.com", "iat": now}
    token = {"token_type": "Bearer", "expires_in": 3600, "access_token": TOKEN, "refresh_token": "r", "scope": scope}
    token |= {
        "id_token": f"{coded({'alg': 'none'})}.{coded(claims)}.",
        "client_info": coded({"uid": "o", "utid": TENANT}),
    }
    azure.token_answer = (200, {}, token)
    lines: list[str] = []
    found = await looked(azure, "device-code", lines)
    assert found.signed_in == "device code"
    assert found.configuration.name == "shop"
    assert lines == ["To sign in, open https://microsoft.com/devicelogin and enter the code ABCD\\x1b-EFGH"]


async def test_an_authority_that_nobody_here_trusts(
    azure: Azure, principal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    reach = access(arm_endpoint=azure.url, authority=azure.url)
    with pytest.raises(SignedOut, match=r"(?i)certificate"):
        await read_from_azure(reach, wanted(id=SITE), lambda _line: None)


def test_a_ca_for_the_site_cannot_stand_in_for_azure(signed_out: Path) -> None:
    reach = access(ca=Path("lab.pem"))
    assert (reach.arm_ca, reach.authority_ca) == (None, None)
    reach = access(arm_endpoint="https://arm.local:1", ca=Path("lab.pem"))
    assert (reach.arm_ca, reach.authority_ca) == (Path("lab.pem"), None)


@pytest.mark.parametrize("name", CLOUDS)
def test_each_cloud_has_its_own_addresses(name: str, signed_out: Path) -> None:
    reach = access(cloud=name.lower())
    assert reach.cloud == CLOUDS[name]
    assert reach.cloud.scope.startswith(reach.cloud.arm)


@pytest.mark.parametrize("text", ["http://a", "a", "https://a/path", "https://u:p@a", "https://a:99999", "https://"])
def test_an_address_that_is_not_https_is_refused(text: str, signed_out: Path) -> None:
    with pytest.raises(UsageFault, match="--arm-endpoint"):
        access(arm_endpoint=text)
    with pytest.raises(UsageFault, match="--cloud"):
        access(cloud="AzureNowhere")
