"""The debug app: shapes, names of headers by stack, parsers right and wrong, validators."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from probes.lab.app import DebugApp
from probes.lab.messages import Request
from probes.lab.pki import Pki
from probes.lab.state import App, Validator
from tests.lab.curl import curl
from tests.lab.fixture import RunningLab


@pytest.fixture(scope="module")
def pki() -> Pki:
    return Pki()


def request_with(pki: Pki, target: str = "/debug/headers", client: str = "good", method: str = "GET") -> Request:
    value = base64.b64encode(pki.clients[client].certificate.public_bytes(Encoding.DER)).decode()
    headers = (("Host", "localhost"), ("X-ARR-ClientCert", value), ("X-Two", "a"), ("x-two", "<b>"))
    return Request(method=method, target=target, headers=headers)


def echoed(app: App, request: Request) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(DebugApp().answer(app, request, 0).body)
    return decoded


@pytest.mark.parametrize(
    ("naming", "name"),
    [
        ("aspnetcore", "X-ARR-ClientCert"),
        ("express", "x-arr-clientcert"),
        ("java", "x-arr-clientcert"),
        ("flask", "X-Arr-Clientcert"),
        ("django", "HTTP_X_ARR_CLIENTCERT"),
        ("php", "HTTP_X_ARR_CLIENTCERT"),
    ],
)
def test_names_of_headers(pki: Pki, naming: Any, name: str) -> None:
    assert name in echoed(App(naming=naming), request_with(pki))["headers"]


def test_headers_of_one_name_are_joined(pki: Pki) -> None:
    assert echoed(App(naming="express"), request_with(pki))["headers"]["x-two"] == "a, <b>"


def test_right_parser(pki: Pki) -> None:
    facts = echoed(App(), request_with(pki))["certificate"]
    good = pki.clients["good"].certificate
    assert facts["thumbprint"] == good.fingerprint(hashes.SHA1()).hex().upper()
    assert facts["subject"] == "CN=lab client,O=mtls-triage lab"


@pytest.mark.parametrize(("parser", "said"), [("pem", "PEM"), ("hex", "hexadecimal")])
def test_wrong_parsers_really_fail(pki: Pki, parser: Any, said: str) -> None:
    echo = echoed(App(parser=parser), request_with(pki))
    assert echo["certificate"] is None
    assert said in echo["certificateError"]


def test_wrong_header_is_no_certificate(pki: Pki) -> None:
    echo = echoed(App(reads_header="X-Client-Cert"), request_with(pki))
    assert (echo["certificate"], echo["certificateError"]) == (None, None)
    assert "X-ARR-ClientCert" in echo["headers"]


def test_shapes(pki: Pki) -> None:
    text = DebugApp().answer(App(shape="text"), request_with(pki), 0)
    assert b"\nX-ARR-ClientCert: MII" in text.body
    assert b"certificate: CN=lab client" in text.body
    page = DebugApp().answer(App(shape="html", parser="pem"), request_with(pki), 0)
    assert b"<th>X-ARR-ClientCert</th><td>MII" in page.body
    assert b"a, &lt;b&gt;" in DebugApp().answer(App(shape="html", naming="express"), request_with(pki), 0).body
    assert b"certificate error: " in page.body


@pytest.mark.parametrize(
    ("rule", "wanted", "client", "status"),
    [
        ("subject", "CN=lab client,O=mtls-triage lab", "good", 200),
        ("subject", "CN=lab client", "good", 401),
        ("issuer", "CN=mtls-triage lab issuing CA,O=mtls-triage lab", "good", 200),
        ("issuer", "CN=mtls-triage lab issuing CA,O=mtls-triage lab", "foreign", 401),
        ("dates", "", "good", 200),
        ("dates", "", "expired", 401),
        ("dates", "", "not_yet_valid", 401),
        ("thumbprint", "00", "good", 401),
    ],
)
def test_validators(pki: Pki, rule: Any, wanted: str, client: str, status: int) -> None:
    app = App(validator=Validator(rule=rule, wanted=wanted, status=401))
    assert DebugApp().answer(app, request_with(pki, "/", client), 0).status == status


def test_thumbprint_may_be_written_with_colons(pki: Pki) -> None:
    digest = pki.clients["good"].certificate.fingerprint(hashes.SHA1()).hex(":").upper()
    app = App(validator=Validator(rule="thumbprint", wanted=digest, status=500))
    assert DebugApp().answer(app, request_with(pki, "/"), 0).status == 200
    assert DebugApp().answer(app, Request(method="GET", target="/"), 0).status == 500


def test_body_limit_of_the_app(edge: RunningLab) -> None:
    edge.patch(app={"body_limit": 50_000})
    assert curl(edge, "/upload", "--data", "x" * 50_000).status == 200
    for expect in ("Expect:", "Expect: 100-continue"):
        got = curl(edge, "/upload", "-H", expect, "--data", "x" * 50_001)
        assert got.status == 413
        assert "X-Powered-By" in got.trace
        assert "< Connection: close" in got.trace
    assert "100 Continue" not in got.trace


def test_uploads(edge: RunningLab) -> None:
    assert curl(edge, "/upload", "-X", "PUT", "--data", "xyz").body == b"received 3 bytes\n"
    assert curl(edge, "/upload").status == 404
    assert curl(edge, "/other", "--data", "xyz").status == 404
