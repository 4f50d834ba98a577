"""From one connection of a curl trace to an observation of the case."""

import base64
import re
from typing import Literal

import msgspec

from probes.curltrace.reader import CurlConnection, CurlTurn, Message
from probes.model import (
    Alert,
    Body,
    CertificateRequest,
    Connection,
    Continue,
    ErrorFacts,
    Exchange,
    Observation,
    Outcome,
    Probe,
    ServerCertificate,
    TlsFacts,
    Verification,
    VerificationError,
)
from probes.model.probe import HttpChoice
from probes.printable import printable
from probes.redact import Redactor, hide_query_secrets
from probes.wire.messages import alert_name

When = Literal["handshake", "renegotiation", "post-handshake"]
_HELLO_REQUEST, _CLIENT_HELLO, _CERTIFICATE, _REQUEST, _VERIFY, _FINISHED = 0, 1, 11, 13, 15, 20
_NO_RENEGOTIATION = 100
_LOOKED_AT = 20_000
_UNSAFE = "unsafe legacy renegotiation disabled"
"""What OpenSSL says of a server without RFC 5746 (sslerr.h), and curl repeats."""
_EMPTY_CERTIFICATE = 40
"""Bytes. An empty Certificate message is no longer, with the context of a post-handshake request in it."""

# curl's words for OpenSSL's X509_V_ERR codes (openssl/x509_vfy.h), which it prints as text.
_CODES = (
    ("certificate has expired", 10, "certificate_expired"),
    ("certificate is not yet valid", 9, "certificate_not_yet_valid"),
    ("self-signed certificate in certificate chain", 19, "self_signed_certificate_in_chain"),
    ("self signed certificate in certificate chain", 19, "self_signed_certificate_in_chain"),
    ("self-signed certificate", 18, "self_signed_certificate"),
    ("self signed certificate", 18, "self_signed_certificate"),
    ("unable to get local issuer", 20, "unable_to_get_issuer_certificate_locally"),
    ("unable to get issuer", 2, "unable_to_get_issuer_certificate"),
    ("unable to verify the first", 21, "unable_to_verify_leaf_signature"),
    ("no alternative certificate subject name", 62, "hostname_mismatch"),
)
# What every client sends, and what names nobody; anything else that was sent may be a secret.
_PLAIN = frozenset(
    {"host", "user-agent", "accept", "accept-encoding", "content-type", "content-length", "transfer-encoding",
     "expect", "connection", "upgrade", "te", "date", "traceparent"}
)  # fmt: skip
_BASIC = re.compile(r"Basic\s+([A-Za-z0-9+/=_-]{2,4000})\s*$", re.IGNORECASE)


def secrets_of(seen: CurlConnection) -> Redactor:
    """Return what takes the values that curl sent out of what came back: an app may repeat them anywhere."""
    found: list[str] = []
    for name, value in ((name, value) for turn in seen.turns for name, value in turn.sent.items()):
        if name not in _PLAIN:
            found += [value, *_parts(value)]
    return Redactor(found)


def _parts(value: str) -> list[str]:
    """Return the secrets inside a value: those of a cookie, and name and password of Basic (RFC 7617)."""
    parts = [pair.partition("=")[2] for pair in value.split("; ") if "=" in pair]
    if basic := _BASIC.match(value):
        coded = basic[1].rstrip("=")
        try:
            plain = base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-8", "replace")
        except ValueError:
            return [coded]
        parts += [coded, plain, plain.partition(":")[2]]
    return parts


def observation(probe: Probe, seen: CurlConnection, number: int, body: bytes = b"", at: str = "") -> Observation:
    """Return what ``seen`` shows of ``probe``; ``body`` is the last answer's, if curl printed it."""
    redact = secrets_of(seen)
    turns = tuple(_exchange(turn, probe if turn is seen.turns[-1] else None, redact) for turn in seen.turns)
    if turns and body:
        # More than is kept, so that no secret is cut in its middle and then not recognised.
        text = redact.text(body[:_LOOKED_AT].decode("utf-8", "replace"))
        excerpt = printable(text, limit=2000, lines=True)
        turns = (*turns[:-1], msgspec.structs.replace(turns[-1], body_bytes=len(body), body_excerpt=excerpt))
    status = seen.turns[-1].status if seen.turns else None
    outcome: Outcome = "response" if status is not None else seen.failure or "closed"
    error = None
    if probe.http == "2" and outcome == "response" and seen.alpn != "h2":
        outcome, status = "protocol-error", None
        error = ErrorFacts(kind="http2-not-offered", message="The server does not offer HTTP/2 (ALPN h2) here.")
    elif outcome != "response":
        error = ErrorFacts(
            kind=_error_kind(seen, outcome),
            message=redact.text(seen.said) or "curl's trace ends without an answer",
        )
    return Observation(
        id=f"o{number}",
        attempt=1,
        at=at,
        probe=probe,
        outcome=outcome,
        status=status,
        connection=Connection(ip=seen.ip, port=seen.port) if seen.ip else None,
        tls=tls_facts(seen) if probe.origin.startswith("https://") and seen.ip else None,
        exchanges=turns,
        error=error,
    )


def _error_kind(seen: CurlConnection, outcome: str) -> str:
    if outcome == "stream-reset":
        return "HTTP_1_1_REQUIRED" if "HTTP_1_1_REQUIRED" in seen.said else "stream-reset"
    return "server-not-verified" if seen.verified is False and not seen.turns else outcome


def _exchange(turn: CurlTurn, probe: Probe | None, redact: Redactor) -> Exchange:
    asked = turn.sent.get("expect", "").lower() == "100-continue"
    declared = _number(turn.sent.get("content-length")) or (probe.body_bytes if probe else 0)
    # curl does not say how much of a body went out; only that all of it did.
    written = declared if turn.uploaded else 0
    return Exchange(
        method=turn.method,
        path=hide_query_secrets(turn.path),
        continue_=Continue(state=_continue(turn, asked=asked)),
        body=Body(declared=declared, written=written),
        status=turn.status,
        http_version=turn.http,
        reason=redact.text(turn.reason),
        headers=tuple((name, redact.header(name, value)) for name, value in turn.headers),
    )


def _continue(turn: CurlTurn, *, asked: bool) -> Literal["not-asked", "received", "timed-out", "final-first"]:
    if not asked:
        return "not-asked"
    if 100 in turn.interim:
        return "received"
    return "timed-out" if turn.gave_up_waiting or turn.uploaded else "final-first"


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else 0


def tls_facts(seen: CurlConnection) -> TlsFacts:
    """Return what the trace shows of TLS; without handshake messages the question of the certificate stays open."""
    verification = None
    if seen.verified is not None:
        errors = tuple(_error(line) for line in seen.trouble)
        # curl says that the chain verifies and not by which authorities it does.
        trusted: Literal["unknown", "none"] = "unknown" if seen.verified else "none"
        verification = Verification(ok=seen.verified, errors=errors, trusted_by=trusted)
    certificate = None
    if "subject" in seen.certificate:
        certificate = ServerCertificate(
            subject=seen.certificate["subject"],
            issuer=seen.certificate.get("issuer", "?"),
            not_before=seen.certificate.get("start date"),
            not_after=seen.certificate.get("expire date"),
        )
    requests = _requests(seen.messages)
    sent = any(not one.incoming and one.kind == "handshake" and one.code == _VERIFY for one in seen.messages)
    return TlsFacts(
        version=seen.version,
        cipher=seen.cipher,
        alpn=seen.alpn,
        verification=verification,
        server_certificate=certificate,
        certificate_request=requests[-1].when if requests else _not_asked(seen),
        certificate_requests=requests,
        certificate_sent=("yes" if sent else "no") if seen.messages else "unknown",
        renegotiation=_renegotiation(seen.messages),
        secure_renegotiation=False if _UNSAFE in seen.said.lower() else None,
        alerts=tuple(_alert(one) for one in seen.messages if one.kind == "alert" and one.code % 256),
        seen_by="curl-trace",
    )


def _not_asked(seen: CurlConnection) -> Literal["none"] | None:
    """Return ``none`` where the handshake was seen to its end without a request; before that nothing is known."""
    over = any(one.incoming and one.kind == "handshake" and one.code == _FINISHED for one in seen.messages)
    return "none" if over or (seen.messages and seen.turns) else None


def _error(line: str) -> VerificationError:
    lower = line.lower()
    code, name = next(((code, name) for words, code, name in _CODES if words in lower), (1, "unspecified"))
    return VerificationError(code=code, name=name, depth=0)


def _alert(one: Message) -> Alert:
    # curl prints the two bytes of an alert as one number: level times 256 plus description.
    level, description = divmod(one.code, 256)
    return Alert(
        at_ms=0.0,
        direction="received" if one.incoming else "sent",
        level="warning" if level == 1 else "fatal",
        name=alert_name(description),
    )


def _requests(messages: list[Message]) -> tuple[CertificateRequest, ...]:
    found: list[CertificateRequest] = []
    asked_again = False
    for place, one in enumerate(messages):
        if one.kind != "handshake" or not one.incoming:
            continue
        asked_again |= one.code == _HELLO_REQUEST
        if one.code == _REQUEST:
            when: When = "handshake"
            if one.after_request:
                when = "renegotiation" if asked_again else "post-handshake"
            found.append(CertificateRequest(when=when, answered=_answer(messages[place + 1 :])))
    return tuple(found)


def _answer(later: list[Message]) -> Literal["certificate", "empty"] | None:
    for one in later:
        if one.incoming or one.kind != "handshake":
            continue
        if one.code == _VERIFY:
            return "certificate"
        if one.code == _CERTIFICATE and one.size is not None and one.size <= _EMPTY_CERTIFICATE:
            return "empty"
        if one.code == _FINISHED:
            return "empty"
    return None


def _renegotiation(messages: list[Message]) -> Literal["none", "completed", "refused", "failed"]:
    starts = [at for at, one in enumerate(messages) if one.incoming and one.kind == "handshake" and one.code == 0]
    if not starts:
        return "none"
    after = messages[starts[0] :]
    if any(not one.incoming and one.kind == "alert" and one.code % 256 == _NO_RENEGOTIATION for one in after):
        return "refused"
    done = any(one.incoming and one.kind == "handshake" and one.code == _FINISHED for one in after)
    return "completed" if done else "failed"


def probe_of(seen: CurlConnection, number: int, *, identity: Literal["none", "given"]) -> Probe | None:
    """Return the probe that a pasted trace amounts to; None when no request and no host is in it."""
    if not seen.turns and seen.host is None:
        return None
    turn = seen.turns[-1] if seen.turns else CurlTurn("GET", "/")
    secure = bool(seen.messages) or seen.version is not None or seen.port == 443
    host = seen.host or turn.sent.get("host", "").rpartition(":")[0] or turn.sent.get("host", "unknown")
    http: HttpChoice = "free"
    return Probe(
        id=f"trace-{number}",
        question="What did curl see?",
        origin=f"{'https' if secure else 'http'}://{host}:{seen.port or (443 if secure else 80)}",
        path=hide_query_secrets(turn.path),
        method=turn.method,
        body_bytes=_number(turn.sent.get("content-length")),
        identity=identity,
        expect="wait" if turn.sent.get("expect", "").lower() == "100-continue" else "none",
        head_first=len(seen.turns) > 1 and seen.turns[0].method == "HEAD",
        http=http,
        tls="free",
    )
