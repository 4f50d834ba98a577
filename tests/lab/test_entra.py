"""azure-identity signs in at the lab in every way that it has for such a site, and is refused for what is wrong."""

import base64
import hashlib
import html
import json
import re
import ssl
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientSecretCredential,
    DeviceCodeCredential,
    EnvironmentCredential,
    InteractiveBrowserCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)
from azure.identity.aio import CertificateCredential as AsyncCertificateCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential

from probes.lab.azure_names import GROUP, SECRET_ENV
from tests.lab.fixture import RunningLab
from tests.lab.sdk import (
    SCOPE,
    SITE,
    authority,
    call,
    calls,
    client_id,
    signed_in,
    site_path,
    tenant,
    token,
    web_client,
)

DEVICE_CLIENT = "00000000-0000-0000-0000-0000000000dd"
TOKEN_PATH = "/{tenant}/oauth2/v2.0/token"


def works(lab: RunningLab, text: str) -> bool:
    return call(lab, "GET", site_path(), bearer=text)[0] == 200


def test_client_secret(edge: RunningLab) -> None:
    assert works(edge, token(edge))
    with web_client(edge) as client:
        assert client.web_apps.get(GROUP, SITE).name == SITE


@pytest.mark.parametrize("chain", [False, True])
def test_client_certificate(edge: RunningLab, chain: bool) -> None:
    pem = Path(str(edge.ready.service_principal)).read_bytes()
    with CertificateCredential(
        tenant(edge), client_id(edge), certificate_data=pem, send_certificate_chain=chain, **authority(edge)
    ) as who:
        assert works(edge, who.get_token(SCOPE).token)


async def test_the_async_credentials(edge: RunningLab) -> None:
    pem = Path(str(edge.ready.service_principal)).read_bytes()
    kept = {"authority": edge.ready.entra, "connection_verify": edge.ready.ca}
    secret = str(edge.ready.azure_client_secret)
    async with (
        AsyncCertificateCredential(tenant(edge), client_id(edge), certificate_data=pem, **kept) as by_certificate,
        AsyncClientSecretCredential(tenant(edge), client_id(edge), secret, **kept) as by_secret,
    ):
        assert works(edge, (await by_certificate.get_token(SCOPE)).token)
        assert works(edge, (await by_secret.get_token(SCOPE)).token)


def test_workload_identity(edge: RunningLab, tmp_path: Path) -> None:
    kept: dict[str, Any] = {"tenant_id": tenant(edge), "client_id": client_id(edge), **authority(edge)}
    with WorkloadIdentityCredential(token_file_path=str(edge.ready.federated_token), **kept) as who:
        assert works(edge, who.get_token(SCOPE).token)
    wrong = tmp_path / "token"
    wrong.write_text("a.b.c")
    with (
        WorkloadIdentityCredential(token_file_path=str(wrong), **kept) as who,
        pytest.raises(ClientAuthenticationError, match="AADSTS700027"),
    ):
        who.get_token(SCOPE)


def test_managed_identity(edge: RunningLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", str(edge.ready.identity_endpoint))
    monkeypatch.setenv("IDENTITY_HEADER", str(edge.ready.identity_header))
    with ManagedIdentityCredential() as who:
        assert works(edge, who.get_token(SCOPE).token)
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    with ManagedIdentityCredential() as who, pytest.raises(ClientAuthenticationError):
        who.get_token(SCOPE)
    assert [one["status"] for one in calls(edge, "identity")][-2:] == [200, 401]


def test_environment(edge: RunningLab, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, field in SECRET_ENV.items():
        monkeypatch.setenv(name, edge.ready.filled((field,))[0])
    with EnvironmentCredential(**authority(edge)) as who:
        assert works(edge, who.get_token(SCOPE).token)


def device(lab: RunningLab, seen: list[str], timeout: int = 20) -> DeviceCodeCredential:
    def prompt(uri: str, code: str, _: object) -> None:
        seen.append(f"{uri} {code}")

    return DeviceCodeCredential(
        DEVICE_CLIENT, tenant_id=tenant(lab), prompt_callback=prompt, timeout=timeout, **authority(lab)
    )


def test_device_code_and_refresh(edge: RunningLab) -> None:
    edge.patch(azure={"token_seconds": 1})
    seen: list[str] = []
    with device(edge, seen) as who:
        first = who.get_token(SCOPE).token
        assert works(edge, first)
        time.sleep(1.1)
        assert not works(edge, first)
        second = who.get_token(SCOPE).token
        assert works(edge, second)
    assert second != first
    assert len(seen) == 1
    assert seen[0].startswith(f"{edge.ready.entra}/devicelogin ")


@pytest.mark.parametrize(("login", "said"), [("declined", "authorization_declined"), ("expired", "expired_token")])
def test_device_code_that_ends_badly(edge: RunningLab, login: str, said: str) -> None:
    edge.patch(azure={"device_login": login})
    with device(edge, []) as who, pytest.raises(ClientAuthenticationError) as fault:
        who.get_token(SCOPE)
    assert said in str(fault.value) or "AADSTS" in str(fault.value)


def test_device_code_waits(edge: RunningLab) -> None:
    edge.patch(azure={"device_login": "pending"})
    before = len(calls(edge, "entra"))
    with device(edge, [], timeout=2) as who, pytest.raises(ClientAuthenticationError):
        who.get_token(SCOPE)
    polls = [one["status"] for one in calls(edge, "entra")[before:] if one["path"].endswith("/token")]
    assert polls
    assert set(polls) == {400}


def submit(address: str, context: ssl.SSLContext) -> None:
    """Do what a person's browser does: open the page, and send its form to the program that waits."""
    with urllib.request.urlopen(address, context=context, timeout=10) as answer:
        page = answer.read().decode()
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(.*?)" value="(.*?)"', page)}
    action = html.unescape(re.findall(r'action="(.*?)"', page)[0])
    urllib.request.urlopen(action, urlencode(fields).encode(), timeout=10).close()


def test_browser(edge: RunningLab, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(cafile=edge.ready.ca)

    def visit(address: str) -> bool:
        threading.Thread(target=submit, args=(address, context), daemon=True).start()
        return True

    monkeypatch.setattr("azure.identity._credentials.browser._open_browser", visit)
    kept: dict[str, Any] = {"tenant_id": tenant(edge), "client_id": DEVICE_CLIENT, "timeout": 10, **authority(edge)}
    with InteractiveBrowserCredential(**kept) as who:
        assert works(edge, who.get_token(SCOPE).token)
    edge.patch(azure={"device_login": "declined"})
    with InteractiveBrowserCredential(**kept) as who, pytest.raises(ClientAuthenticationError, match="AADSTS65004"):
        who.get_token(SCOPE)


def test_a_code_works_once_with_its_verifier_and_at_home_only(edge: RunningLab) -> None:
    where = f"/{tenant(edge)}/oauth2/v2.0/authorize?response_type=code&client_id=x&redirect_uri="
    assert call(edge, "GET", where + "https://elsewhere.test/", service="entra", api=None)[0] == 400
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"proof").digest()).rstrip(b"=").decode()
    status, headers, _ = call(
        edge, "GET", f"{where}http://localhost:1/&code_challenge={challenge}", service="entra", api=None
    )
    code = headers["location"].partition("code=")[2]
    form = {"grant_type": "authorization_code", "client_id": "x", "redirect_uri": "http://localhost:1/", "code": code}
    path, seen = TOKEN_PATH.format(tenant=tenant(edge)), []
    for _ in range(2):
        seen.append(call(edge, "POST", path, service="entra", form=form | {"code_verifier": "proof"}, api=None)[0])
    assert (status, seen) == (302, [200, 400])


def test_what_is_refused_at_sign_in(edge: RunningLab) -> None:
    kept = authority(edge)
    wrong_secret = ClientSecretCredential(tenant(edge), client_id(edge), "wrong", **kept)
    wrong_app = ClientSecretCredential(tenant(edge), DEVICE_CLIENT, "wrong", **kept)
    for who, code in ((wrong_secret, "AADSTS7000215"), (wrong_app, "AADSTS700016")):
        with who, pytest.raises(ClientAuthenticationError, match=code):
            who.get_token(SCOPE)


def test_a_foreign_certificate_is_refused(edge: RunningLab) -> None:
    pem = Path(edge.ready.certificate).read_bytes()
    with (
        CertificateCredential(tenant(edge), client_id(edge), certificate_data=pem, **authority(edge)) as who,
        pytest.raises(ClientAuthenticationError, match="AADSTS700027"),
    ):
        who.get_token(SCOPE)


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "assertion", ["", "a.b", "ä.b.c", ".".join((encoded({"alg": "none"}), encoded({}), "")), "=.=.=", "e30.e30.e30"]
)
def test_no_assertion_breaks_it(edge: RunningLab, assertion: str) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id(edge),
        "client_assertion": assertion,
        "scope": SCOPE,
    }
    path = TOKEN_PATH.format(tenant=tenant(edge))
    status, _, body = call(edge, "POST", path, service="entra", form=form, api=None)
    assert (status, body["error"]) == (401, "invalid_client")


def test_discovery_and_unknown_things(edge: RunningLab) -> None:
    discovery = call(edge, "GET", "/common/discovery/instance?api-version=1.1", service="entra", api=None)[2]
    path = str(discovery["tenant_discovery_endpoint"]).removeprefix(str(edge.ready.entra))
    document = call(edge, "GET", path, service="entra", api=None)[2]
    assert document["token_endpoint"] == str(edge.ready.entra) + TOKEN_PATH.format(tenant=tenant(edge))
    assert call(edge, "GET", "/none/v2.0/.well-known/openid-configuration", service="entra", api=None)[0] == 400
    assert call(edge, "GET", f"/{tenant(edge)}/none", service="entra", api=None)[0] == 404
    form = {"grant_type": "password"}
    answer = call(edge, "POST", TOKEN_PATH.format(tenant=tenant(edge)), service="entra", form=form, api=None)
    assert answer[2]["error"] == "unsupported_grant_type"


def test_arm_refuses_what_is_no_token_of_its_own(edge: RunningLab) -> None:
    graph_token = signed_in(edge).get_token("https://graph.microsoft.com/.default").token
    cases = [
        (None, "AuthenticationFailed"),
        ("made.up.token", "InvalidAuthenticationToken"),
        (graph_token, "InvalidAuthenticationTokenAudience"),
    ]
    for bearer, code in cases:
        status, headers, body = call(edge, "GET", site_path(), bearer=bearer)
        assert (status, body["error"]["code"]) == (401, code)
        assert str(edge.ready.entra) in headers["www-authenticate"]
    edge.patch(azure={"token_seconds": 1})
    short = signed_in(edge).get_token(SCOPE).token
    time.sleep(1.1)
    assert call(edge, "GET", site_path(), bearer=short)[2]["error"]["code"] == "ExpiredAuthenticationToken"
