"""Words and numbers as all screens write them: sizes, times, outcomes, symptoms."""

from datetime import datetime

from probes.model import Observation, Probe, Symptom

SYMPTOMS: dict[Symptom, str] = {
    "header-missing": "the app gets no certificate header",
    "handshake-fails": "the TLS handshake fails",
    "upload-403": "403 on large uploads",
    "always-403": "403 on every request",
    "app-refuses": "the app refuses the certificate",
    "sometimes": "it works sometimes",
    "slow": "requests hang or are slow",
    "gateway-500": "the gateway answers 500",
    "http2-tls13": "it fails with HTTP/2 or TLS 1.3",
    "unknown": "not said, so everything is asked",
}

WAITING = {
    "connect": "the connection",
    "handshake": "the TLS handshake",
    "renegotiation": "the renegotiation",
    "continue": "100 Continue",
    "response-head": "the answer",
    "response-body": "the answer's body",
}
"""What a probe waits for, in words, by ``Observation.awaiting``."""

FAILURES = {
    "dns-failure": "no name",
    "connect-failure": "no TCP",
    "proxy-failure": "no proxy",
    "tls-failure": "no TLS",
    "stream-reset": "h2 reset",
    "closed": "closed",
    "reset": "reset",
    "timeout": "timeout",
    "protocol-error": "not HTTP",
    "cancelled": "stopped",
    "not-run": "not run",
}
"""An outcome without an answer, in at most eight characters."""

ANSWERERS = {"edge": "edge", "app": "app", "gateway": "gate", "proxy": "prox", "unknown": "http"}
"""Who answered, in at most four characters; ``http`` where the answer does not tell."""

FAULTS = {
    "key-missing": "it has no private key: it cannot be sent",
    "expired": "it has expired",
    "not-yet-valid": "it is not valid yet",
    "no-client-auth": "its extended key usage leaves out client authentication",
    "weak-key": "its key is weak: RSA under 2048 bits",
    "weak-signature": "its signature is weak: SHA-1 or older",
}
"""What is wrong with a client certificate, after "the certificate:"."""


def kilobytes(size: int) -> str:
    """Return a size in kB of 1024 bytes; below that, in bytes."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{round(size / 1024)} kB"
    return f"{size / 1024 / 1024:.1f} MB"


def milliseconds(value: float | None) -> str:
    """Return milliseconds without decimals, from ten seconds on in seconds; at most five characters."""
    if value is None:
        return ""
    return f"{value:.0f}" if value < 10_000 else f"{value / 1000:.0f} s"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return ``1 probe``, ``2 probes``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def day(moment: str | None) -> str:
    """Return the date of an ISO 8601 time, as it stands when it cannot be read."""
    try:
        return datetime.fromisoformat(moment or "").date().isoformat()
    except ValueError:
        return moment or "unknown"


def clock_time(moment: str) -> str:
    """Return ``14:03:07.412 UTC`` of an ISO 8601 time, or the text itself when it cannot be read."""
    try:
        return datetime.fromisoformat(moment).strftime("%H:%M:%S.%f")[:12] + " UTC"
    except ValueError:
        return moment


def common_name(subject: str | None) -> str:
    """Return ``CN=…`` of a subject written as RFC 4514, or the whole subject when it has none."""
    parts = [part.strip() for part in (subject or "").split(",")]
    return next((part for part in parts if part.upper().startswith("CN=")), subject or "no subject")


def request_words(probe: Probe) -> str:
    """Return ``POST 300 kB, certificate ready, waits for 100`` of a probe."""
    size = f" {kilobytes(probe.body_bytes)}" if probe.body_bytes else ""
    identity = {
        "none": "no certificate",
        "given": "certificate ready",
        "throwaway": "throwaway certificate ready",
        "gateway": "gateway's certificate ready",
    }[probe.identity]
    expect = {"none": "no Expect", "wait": "waits for 100", "header-only": "Expect, not waited"}[probe.expect]
    head = ", HEAD first" if probe.head_first else ""
    return f"{probe.method}{size}, {identity}{', ' + expect if probe.body_bytes else ''}{head}"


def setting_value(value: object) -> str:
    """Return a setting's value as ARM writes it: ``true``, ``1.2``, a list as its entries."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "(empty)"
    return str(value)


def outcome_words(made: Observation) -> str:
    """Return who answered and with what: ``edge 403``, ``app  404``, ``closed``."""
    if made.outcome == "response" and made.status is not None:
        return f"{ANSWERERS[made.judged.by]:<4} {made.status}"
    if made.outcome == "protocol-error" and made.probe.http == "2" and not (made.tls and made.tls.alpn == "h2"):
        return "no h2"
    return FAILURES.get(made.outcome, "no head")


def should_have_reached(made: Observation) -> bool:
    """Whether the request ought to have reached the app, so that a refusal is the fault that is looked for.

    Where nobody said what to expect, that is every request with the certificate that was given.
    """
    if made.judged.expected is not None:
        return made.judged.expected == "reached"
    return made.probe.identity == "given"


def outcome_glyph(made: Observation) -> tuple[str, str]:
    """Return the glyph of an outcome and its role: red only where the request should have reached the app."""
    if made.outcome in ("not-run", "cancelled"):
        return "–", "muted"
    if made.judged.reached_app == "unknown":
        return "?", "warning"
    if made.judged.reached_app == "yes":
        return "✓", "warning" if made.judged.as_expected is False else "success"
    return "✗", "error" if should_have_reached(made) else "muted"
