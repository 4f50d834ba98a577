"""The helpers themselves: a missing program, the certificates, and the reading of a curl trace."""

import subprocess

import pytest

from tests.peers.certs import Pki
from tests.peers.curltrace import Alert, CurlTrace
from tests.peers.need import need

_HANDSHAKE = """\
* Connected to localhost (127.0.0.1) port 1 (#0)
* TLSv1.2 (IN), TLS handshake, Request CERT (13):
* SSL connection using TLSv1.2 / ECDHE-ECDSA-AES256-GCM-SHA384
"""
_REQUEST = "> GET / HTTP/1.1\n"
_RENEGOTIATION = """\
* TLSv1.2 (IN), TLS handshake, Hello request (0):
* TLSv1.2 (IN), TLS handshake, Request CERT (13):
* TLSv1.2 (OUT), TLS handshake, Certificate (11):
"""
_VERIFY = "* TLSv1.2 (OUT), TLS handshake, CERT verify (15):\n"
_POST_HANDSHAKE = "* TLSv1.3 (IN), TLS handshake, Request CERT (13):\n"


def _read(text: str) -> CurlTrace:
    trace = CurlTrace(exit_code=0)
    trace.read(text.splitlines())
    return trace


@pytest.mark.parametrize(
    ("text", "when"),
    [
        (_HANDSHAKE + _REQUEST, "handshake"),
        (_REQUEST + _RENEGOTIATION, "renegotiation"),
        (_REQUEST + _POST_HANDSHAKE, "post-handshake"),
        (_REQUEST + "< HTTP/1.1 200 OK\n", "none"),
    ],
)
def test_when_the_certificate_was_asked_for_follows_from_the_order_of_the_lines(text: str, when: str) -> None:
    assert _read(text).certificate_request == when


def test_an_empty_certificate_is_not_one_that_was_sent() -> None:
    assert not _read(_REQUEST + _RENEGOTIATION).certificate_sent
    assert _read(_REQUEST + _RENEGOTIATION + _VERIFY).certificate_sent


def test_alerts_keep_their_level_and_number_and_close_notify_is_none() -> None:
    seen = _read(
        "* TLSv1.2 (IN), TLS alert, handshake failure (552):\n"
        "* TLSv1.2 (OUT), TLS alert, no renegotiation (356):\n"
        "* TLSv1.3 (OUT), TLS alert, close notify (256):\n"
    )
    assert seen.alerts == [Alert("received", "fatal", 40), Alert("sent", "warning", 100)]


def test_a_second_connection_starts_anew_and_interim_answers_are_not_the_status() -> None:
    seen = _read(_HANDSHAKE + _REQUEST + _HANDSHAKE.replace("Request CERT (13)", "Finished (20)") + _REQUEST)
    assert (seen.connections, seen.certificate_request) == (2, "none")
    answered = _read("< HTTP/1.1 100 Continue\n< HTTP/1.1 413 Request Entity Too Large\n")
    assert (answered.status, answered.continued) == (413, True)


def test_a_missing_program_is_a_skip_and_in_ci_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        need("no-such-program")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        need("no-such-program")


@pytest.mark.peer("openssl")
@pytest.mark.parametrize(
    ("holder", "said"),
    [
        ("good", "OK"),
        ("foreign", "unable to get local issuer certificate"),
        ("expired", "certificate has expired"),
        ("server_only", "unsuitable certificate purpose"),
    ],
)
def test_openssl_says_of_each_client_certificate_what_it_is_for(pki: Pki, holder: str, said: str) -> None:
    command = [need("openssl"), "verify", "-purpose", "sslclient", "-CAfile", str(pki.ca)]
    done = subprocess.run(
        [*command, str(getattr(pki, holder).certificate)], capture_output=True, text=True, check=False
    )
    assert said in done.stdout + done.stderr
