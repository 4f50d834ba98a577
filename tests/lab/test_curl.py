"""curl meets on the lab what it is documented to meet on App Service."""

import base64
import socket
from pathlib import Path

import pytest

from tests.lab.curl import curl, curl_raw, identity
from tests.lab.fixture import RENEGOTIATES, RunningLab

LIMIT = 102_400
LARGE = 307_200
NO_EXPECT = ("-H", "Expect:")
EXPECT = ("-H", "Expect: 100-continue")


@pytest.fixture
def body(tmp_path: Path) -> "BodyFile":
    return BodyFile(tmp_path)


class BodyFile:
    """Makes upload options of a size."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, size: int) -> list[str]:
        path = self._folder / str(size)
        path.write_bytes(b"\0" * size)
        return ["--data-binary", f"@{path}"]


def leaf_of(path: str) -> bytes:
    """Return the first certificate of a PEM file as DER."""
    text = Path(path).read_text()
    return base64.b64decode(text.split("-----BEGIN CERTIFICATE-----")[1].split("-----END")[0])


def test_small_upload_passes_by_renegotiation(edge: RunningLab, body: BodyFile) -> None:
    edge.patch(settings=RENEGOTIATES)
    before = edge.seen()["renegotiations"]
    got = curl(edge, "/upload", *body(1024))
    assert (got.status, got.body) == (200, b"received 1024 bytes\n")
    assert edge.seen()["renegotiations"] == before + 1


def test_large_upload_is_refused_and_never_lost(edge: RunningLab, body: BodyFile) -> None:
    edge.patch(settings=RENEGOTIATES)
    upload = body(LARGE)
    for _ in range(20):
        got = curl(edge, "/upload", *NO_EXPECT, *upload)
        assert (got.exit, got.status) == (0, 403), got.trace
        assert b"Client Certificate Required" in got.body
        assert "x-powered-by" not in got.trace.lower()


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 403)])
@pytest.mark.parametrize("framing", [(), ("-H", "Transfer-Encoding: chunked")], ids=["length", "chunked"])
def test_limit_is_exact(edge: RunningLab, body: BodyFile, size: int, status: int, framing: tuple[str, ...]) -> None:
    edge.patch(settings=RENEGOTIATES)
    before = edge.seen()["renegotiations"]
    assert curl(edge, "/upload", *NO_EXPECT, *framing, *body(size)).status == status
    assert edge.seen()["renegotiations"] - before == (status == 200)


def test_expect_cures(edge: RunningLab, body: BodyFile) -> None:
    edge.patch(settings=RENEGOTIATES)
    got = curl(edge, "/upload", *EXPECT, *body(LARGE))
    assert (got.status, got.body) == (200, b"received 307200 bytes\n")
    assert "100 Continue" in got.trace


def test_head_first_cures_on_one_connection(edge: RunningLab, body: BodyFile) -> None:
    edge.patch(settings=RENEGOTIATES)
    before = edge.seen()
    url = edge.ready.front_end
    first = [*identity(edge), "--head", f"{url}/"]
    second = [*identity(edge), "--silent", "-w", "%{stderr}%{json}\n", *NO_EXPECT, *body(LARGE), f"{url}/upload"]
    got = curl_raw(*first, "--next", *second)
    assert [report["http_code"] for report in got.reports] == [200, 200]
    assert [report["num_connects"] for report in got.reports] == [1, 0]
    after = edge.seen()
    assert after["connections"] - before["connections"] == 1
    assert after["renegotiations"] - before["renegotiations"] == 1


@pytest.mark.parametrize("settings", [{}, RENEGOTIATES], ids=["handshake", "renegotiation"])
@pytest.mark.parametrize("certificate", ["certificate", "from_root", "expired", "self_signed", "foreign"])
def test_the_leaf_reaches_the_app_unjudged(edge: RunningLab, settings: dict[str, str], certificate: str) -> None:
    edge.patch(settings=settings)
    got = curl(edge, "/debug/headers", certificate=certificate)
    forwarded = got.echo["headers"]["X-ARR-ClientCert"]
    assert base64.b64decode(forwarded, validate=True) == leaf_of(getattr(edge.ready, certificate))


def test_public_certificate_alone_is_useless_to_curl(edge: RunningLab) -> None:
    assert curl(edge, "/", certificate="public").exit == 58


def test_pfx(edge: RunningLab) -> None:
    pfx = ["--cert-type", "P12", "--cert", f"{edge.ready.pfx}:{edge.ready.pfx_password}"]
    assert curl_raw("--cacert", edge.ready.ca, *pfx, f"{edge.ready.front_end}/").status == 200


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("expired", "expired"),
        ("not-yet-valid", "not yet valid"),
        ("wrong-host", "localhost"),
        ("untrusted", "issuer"),
    ],
)
def test_bad_server_certificates(edge: RunningLab, name: str, said: str) -> None:
    edge.patch(edge={"server_certificate": name})
    got = curl(edge, "/")
    assert got.exit in (51, 60)  # 51 until curl 7.62, which then made one code of the two
    assert said in got.trace


def test_unbound_name_gets_the_default_certificate(edge: RunningLab) -> None:
    port = edge.ready.front_end.rpartition(":")[2]
    elsewhere = ["--resolve", f"unbound.test:{port}:127.0.0.1", f"https://unbound.test:{port}/"]
    got = curl_raw("--cacert", edge.ready.ca, *elsewhere)
    assert got.exit in (51, 60)
    assert "*.default.test" in got.trace
    edge.patch(edge={"unknown_sni": "site-certificate"})
    assert "*.default.test" not in curl_raw("--cacert", edge.ready.ca, *elsewhere).trace
    edge.reset(settings={"hostNames": ["localhost", "Unbound.test"]})
    assert "*.default.test" not in curl_raw("--cacert", edge.ready.ca, *elsewhere).trace


@pytest.mark.parametrize("tls", ["1.2", "1.3"])
def test_certificate_in_the_first_handshake(edge: RunningLab, tls: str) -> None:
    got = curl(edge, "/debug/headers", f"--tlsv{tls}", "--tls-max", tls)
    assert got.echo["headers"]["X-Forwarded-TlsVersion"] == tls
    assert "X-ARR-ClientCert" in got.echo["headers"]


def test_http2(edge: RunningLab, body: BodyFile) -> None:
    edge.patch(settings={"http20Enabled": True})
    got = curl(edge, "/debug/headers", "--http2")
    assert got.reports[-1]["http_version"] == "2"
    assert "X-ARR-ClientCert" in got.echo["headers"]
    assert curl(edge, "/upload", "--http2", *body(LARGE)).body == b"received 307200 bytes\n"


def test_http2_answer_larger_than_the_first_window(edge: RunningLab) -> None:
    edge.patch(settings={"http20Enabled": True})
    many = [option for number in range(14) for option in ("-H", f"X-Long-{number}: {'x' * 4000}")]
    got = curl(edge, "/debug/headers", "--http2", *many)
    assert got.reports[-1]["http_version"] == "2"
    assert sum(len(value) for value in got.echo["headers"].values()) > 56_000


@pytest.mark.parametrize(("mode", "status"), [("Required", 403), ("Optional", 200)])
def test_http2_never_obtains_a_certificate_late(edge: RunningLab, body: BodyFile, mode: str, status: int) -> None:
    edge.patch(
        settings={**RENEGOTIATES, "clientCertMode": mode, "http20Enabled": True},
        edge={"renegotiating_edge": "no-certificate"},
    )
    got = curl(edge, "/upload", "--http2", *NO_EXPECT, *body(LARGE))
    assert (got.status, got.reports[-1]["http_version"]) == (status, "2")
    assert curl(edge, "/upload", "--http2", "--tls-max", "1.2", *body(1024)).status == status
    assert curl(edge, "/upload", "--http1.1", "--tls-max", "1.2", *body(1024)).status == 200
    edge.patch(edge={"renegotiating_edge": "reset"})
    assert curl(edge, "/", "--http2").status == 0


def test_http2_is_not_offered_when_off(edge: RunningLab) -> None:
    assert curl(edge, "/", "--http2").reports[-1]["http_version"] == "1.1"


def test_without_certificate_required_refuses_and_optional_passes(edge: RunningLab, body: BodyFile) -> None:
    for settings in ({}, RENEGOTIATES):
        edge.reset(settings=settings)
        assert curl(edge, "/", certificate=None).status == 403
        edge.patch(settings={"clientCertMode": "Optional"})
        assert "X-ARR-ClientCert" not in curl(edge, "/debug/headers", certificate=None).echo["headers"]
    assert curl(edge, "/upload", *NO_EXPECT, *body(LARGE), certificate=None).status == 403


def test_disabled_ignores_the_mode(edge: RunningLab) -> None:
    edge.patch(settings={"clientCertEnabled": False})
    assert "X-ARR-ClientCert" not in curl(edge, "/debug/headers").echo["headers"]


def test_excluded_paths(edge: RunningLab, body: BodyFile) -> None:
    edge.patch(settings={"clientCertExclusionPaths": "/debug, /UPLOAD"})
    before = edge.seen()["renegotiations"]
    assert "X-ARR-ClientCert" not in curl(edge, "/Debug/headers".lower()).echo["headers"]
    assert curl(edge, "/upload", *NO_EXPECT, *body(LARGE), certificate=None).status == 200
    assert curl(edge, "/uploadx?a=/", certificate=None).status == 404
    assert edge.seen()["renegotiations"] == before
    assert curl(edge, "/?/upload", certificate=None).status == 403


def test_certificate_of_the_connection_is_not_forwarded_on_an_excluded_path(edge: RunningLab) -> None:
    edge.patch(settings={"clientCertExclusionPaths": "/debug"})
    before = edge.seen()["connections"]
    url = edge.ready.front_end
    got = curl_raw(*identity(edge), f"{url}/", "-o", "/dev/null", f"{url}/debug/headers")
    assert "X-ARR-ClientCert" not in got.echo["headers"]
    assert edge.seen()["connections"] == before + 1


def test_certificate_is_asked_for_once_on_a_connection(edge: RunningLab) -> None:
    edge.patch(settings={**RENEGOTIATES, "clientCertMode": "Optional"})
    before = edge.seen()
    url = edge.ready.front_end
    got = curl_raw(*identity(edge, None), f"{url}/", f"{url}/", f"{url}/")
    assert [report["http_code"] for report in got.reports] == [200, 200, 200]
    after = edge.seen()
    assert after["connections"] == before["connections"] + 1
    assert after["renegotiations"] == before["renegotiations"] + 1


def test_legacy_edge_hangs_then_refuses(edge: RunningLab, body: BodyFile) -> None:
    edge.patch(edge={"generation": "iis", "hang_seconds": 1})
    got = curl(edge, "/upload", *NO_EXPECT, *body(LARGE))
    assert got.status == 403
    assert got.reports[-1]["time_total"] >= 1
    assert curl(edge, "/upload", *EXPECT, *body(LARGE)).status == 200
    assert curl(edge, "/upload", *body(1024)).status == 200


def test_forged_header(edge: RunningLab) -> None:
    edge.patch(settings={"clientCertMode": "Optional"})
    forged = ("-H", "x-arr-clientcert: canary")
    assert "canary" not in curl(edge, "/debug/headers", *forged, certificate=None).body.decode()
    edge.patch(edge={"forged_header": "pass"})
    assert "canary" in curl(edge, "/debug/headers", *forged, certificate=None).body.decode()
    assert "canary" not in curl(edge, "/debug/headers", *forged).body.decode()


def test_both_address_families(edge: RunningLab) -> None:
    ip4 = curl(edge, "/debug/headers", "-4").echo["headers"]["X-Client-IP"]
    assert ip4 == "127.0.0.1"
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    assert curl(edge, "/debug/headers", "-6").echo["headers"]["X-Client-IP"] == "::1"
