"""When the lab asks for a certificate, as OpenSSL's own client sees it on the wire."""

import base64
import json

import pytest
from cryptography import x509

from tests.lab.fixture import RENEGOTIATES, RunningLab
from tests.lab.s_client import s_client


def echoed(text: str) -> dict[str, str]:
    """Return the headers of the JSON echo in what s_client printed, where messages may stand in between."""
    headers: dict[str, str] = json.loads(text[text.index("{\n") : text.rindex("\n}") + 2])["headers"]
    return headers


def test_required_asks_in_the_first_handshake_only(edge: RunningLab) -> None:
    got = s_client(edge, "/", "-tls1_2")
    asked = got.messages("<<<")
    assert asked.count("CertificateRequest") == 1
    assert asked.index("CertificateRequest") < asked.index("Finished")
    assert "HelloRequest" not in asked
    assert "200 OK" in got.text


def test_tls13_asks_in_the_first_handshake(edge: RunningLab) -> None:
    got = s_client(edge, "/", "-tls1_3")
    assert "CertificateRequest" in got.messages("<<<")
    assert "CertificateVerify" in got.messages(">>>")
    assert "200 OK" in got.text


def test_the_request_names_no_authority_unless_told(edge: RunningLab) -> None:
    assert "No client certificate CA names sent" in s_client(edge, "/").text
    edge.patch(edge={"ca_names": ["lab", "foreign"]})
    named = s_client(edge, "/").text.partition("Acceptable client certificate CA names")[2]
    assert "mtls-triage lab root CA" in named
    assert "Foreign root CA" in named


def test_exclusions_renegotiate_after_the_request(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES)
    got = s_client(edge, "/", "-tls1_2")
    seen = got.messages("<<<")
    assert seen.count("HelloRequest") == 1
    assert seen.index("Finished") < seen.index("HelloRequest") < seen.index("CertificateRequest")
    assert got.messages(">>>").count("CertificateVerify") == 1
    assert "200 OK" in got.text


def test_excluded_and_disabled_ask_nothing(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES)
    got = s_client(edge, "/health", "-tls1_2")
    assert "404 Not Found" in got.text
    edge.reset(settings={"clientCertEnabled": False})
    for dialled in (got, s_client(edge, "/", "-tls1_2")):
        assert not {"HelloRequest", "CertificateRequest"} & set(dialled.messages("<<<"))


def test_legacy_edge_renegotiates_for_plain_required(edge: RunningLab) -> None:
    edge.patch(edge={"generation": "iis"})
    assert "HelloRequest" in s_client(edge, "/", "-tls1_2").messages("<<<")
    edge.patch(settings={"clientCertMode": "Optional"})
    assert "HelloRequest" not in s_client(edge, "/", "-tls1_2").messages("<<<")


def test_refused_renegotiation_ends_in_an_alert(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES)
    got = s_client(edge, "/", "-tls1_2", "-no_renegotiation")
    assert "warning no_renegotiation" in got.messages(">>>")
    assert "fatal handshake_failure" in got.messages("<<<")
    assert "HTTP/1.1" not in got.text


def test_renegotiating_edge_goes_down_to_tls12(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES)
    assert "fatal protocol_version" in s_client(edge, "/", "-tls1_3").messages("<<<")
    free = s_client(edge, "/", "-alpn", "h2,http/1.1")
    assert "TLSv1.2" in free.text
    assert "ALPN protocol: http/1.1" in free.text


@pytest.mark.parametrize(
    ("mode", "status"), [("Required", "403"), ("Optional", "200"), ("OptionalInteractiveUser", "200")]
)
def test_edge_without_certificate_on_tls13(edge: RunningLab, mode: str, status: str) -> None:
    edge.patch(settings={**RENEGOTIATES, "clientCertMode": mode}, edge={"renegotiating_edge": "no-certificate"})
    got = s_client(edge, "/", "-tls1_3", "-enable_pha")
    assert f"HTTP/1.1 {status}" in got.text
    assert "CertificateRequest" not in got.messages("<<<")
    assert "CertificateRequest" in s_client(edge, "/", "-tls1_2").messages("<<<")


def test_edge_that_resets_on_tls13(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES, edge={"renegotiating_edge": "reset"})
    got = s_client(edge, "/", "-tls1_3")
    assert "HTTP/1.1" not in got.text
    assert "HTTP/1.1 404" in s_client(edge, "/health", "-tls1_3").text
    assert "HTTP/1.1 200" in s_client(edge, "/", "-tls1_2").text


def test_post_handshake_edge(edge: RunningLab) -> None:
    edge.patch(settings=RENEGOTIATES, edge={"renegotiating_edge": "post-handshake"})
    offered = s_client(edge, "/", "-tls1_3", "-enable_pha")
    seen = offered.messages("<<<")
    assert seen.index("Finished") < seen.index("CertificateRequest")
    assert "HTTP/1.1 200" in offered.text
    assert "HTTP/1.1 403" in s_client(edge, "/", "-tls1_3", "-enable_pha", certificate=None).text
    assert "HTTP/1.1 403" in s_client(edge, "/", "-tls1_3").text


@pytest.mark.parametrize(
    ("version", "missing"), [("-tls1_2", "handshake_failure"), ("-tls1_3", "certificate required")], ids=["12", "13"]
)
def test_alert_mode(edge: RunningLab, version: str, missing: str) -> None:
    edge.patch(edge={"require_in_tls": "any"})
    refused = s_client(edge, "/", version, certificate=None)
    assert missing.replace(" ", "_") in " ".join(refused.messages("<<<")).replace(" ", "_")
    assert "HTTP/1.1" not in refused.text
    assert "200 OK" in s_client(edge, "/", version, certificate="foreign").text
    edge.patch(edge={"require_in_tls": "verified"})
    assert "200 OK" in s_client(edge, "/", version).text
    for certificate, alert in (("foreign", "unknown_ca"), ("expired", "certificate_expired")):
        assert f"fatal {alert}" in s_client(edge, "/", version, certificate=certificate).messages("<<<")


@pytest.mark.parametrize(("minimum", "spoken"), [("1.0", "-tls1"), ("1.2", "-tls1_2"), ("1.3", "-tls1_3")])
def test_minimum_tls_version(edge: RunningLab, minimum: str, spoken: str) -> None:
    edge.patch(settings={"minTlsVersion": minimum})
    assert "200 OK" in s_client(edge, "/", spoken, "-cipher", "DEFAULT:@SECLEVEL=0").text
    below = {"1.2": "-tls1_1", "1.3": "-tls1_2"}.get(minimum)
    if below:
        got = s_client(edge, "/", below, "-cipher", "DEFAULT:@SECLEVEL=0")
        assert "ClientHello" in got.messages(">>>")
        assert "fatal protocol_version" in got.messages("<<<")


def test_minimum_cipher_suite(edge: RunningLab) -> None:
    edge.patch(settings={"minTlsCipherSuite": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"})
    assert "200 OK" in s_client(edge, "/", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256").text
    weaker = s_client(edge, "/", "-tls1_2", "-cipher", "AES128-SHA")
    assert "fatal handshake_failure" in weaker.messages("<<<")
    edge.patch(settings={"minTlsCipherSuite": "TLS_AES_128_GCM_SHA256"})
    assert "fatal protocol_version" in s_client(edge, "/", "-tls1_2").messages("<<<")
    assert "200 OK" in s_client(edge, "/", "-tls1_3").text


def test_weak_certificate_reaches_the_app(edge: RunningLab) -> None:
    got = s_client(edge, "/debug/headers", "-tls1_2", "-quiet", "-cipher", "DEFAULT:@SECLEVEL=0", certificate="weak")
    leaf = x509.load_der_x509_certificate(base64.b64decode(echoed(got.text)["X-ARR-ClientCert"]))
    assert leaf.signature_hash_algorithm is not None
    assert leaf.signature_hash_algorithm.name == "sha1"
    assert leaf.public_key().key_size == 1024  # type: ignore[union-attr]
