"""Observations, evidence and settings in words, as every report writes them."""

from datetime import UTC, datetime
from typing import Any

from probes.model import Case, Continue, Observation, Probe
from probes.report.document import Inline, Span, code, plain

_WHEN = {
    "handshake": "asked for in the handshake",
    "renegotiation": "asked for after the request (renegotiation)",
    "post-handshake": "asked for after the request (post-handshake)",
    "none": "never asked for",
}
_IDENTITY = {
    "none": "no certificate",
    "given": "the certificate",
    "throwaway": "a throwaway certificate",
    "gateway": "the gateway's certificate",
}
_EXPECT = {"wait": "waits for 100 Continue", "header-only": "sends Expect and does not wait"}
_EXCERPT = 80
GLYPHS = {"yes": "✓", "no": "✗", "unknown": "?"}


def size(count: int) -> str:
    """Return a size in bytes as a person reads it; 1 kB is 1,024 bytes."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.0f} kB" if count < 1_048_576 else f"{count / 1_048_576:.1f} MiB"


def request(probe: Probe) -> str:
    """Return what a probe sends: ``POST 300 kB, the certificate, waits for 100 Continue, TLS 1.2``."""
    words = [probe.method + (f" {size(probe.body_bytes)}" if probe.body_bytes else ""), _IDENTITY[probe.identity]]
    if probe.expect != "none":
        words.append(_EXPECT[probe.expect])
    if probe.head_first:
        words.append("HEAD first")
    if probe.tls != "free":
        words.append(f"TLS {probe.tls}")
    if probe.http == "2":
        words.append("HTTP/2")
    if probe.persona:
        words.append(f"as {probe.persona}")
    return ", ".join(words)


def outcome(seen: Observation) -> str:
    """Return who answered and with what: ``edge 403``, ``app 404``, ``reset``."""
    if seen.outcome == "response":
        return f"{'answer' if seen.judged.by == 'unknown' else seen.judged.by} {seen.status}"
    return seen.outcome.replace("-", " ")


def certificate(seen: Observation) -> str:
    """Return when the certificate was asked for, and what was sent."""
    tls = seen.tls
    if tls is None:
        return "no TLS"
    if tls.renegotiation == "refused":
        return "renegotiation refused"
    if tls.certificate_request is None:
        return "not known"
    if tls.certificate_request == "none":
        return _WHEN["none"]
    sent = {"yes": "sent", "no": "none sent", "unknown": "not known what was sent"}[tls.certificate_sent]
    return f"{_WHEN[tls.certificate_request]}, {sent}"


def place(seen: Observation) -> Inline:
    """Return address and port that the connection went to, the path, and the proxy on the way."""
    where = seen.connection
    if where is None or where.ip is None:
        return plain("no connection")
    address = f"[{where.ip}]" if ":" in where.ip else where.ip
    return code(f"{address}:{where.port}")


def time(moment: str) -> str:
    """Return ``2026-11-22 07:00:01.234`` of an ISO 8601 time, in UTC, or the text as it is."""
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    read = read.astimezone(UTC) if read.tzinfo else read
    return read.strftime("%Y-%m-%d %H:%M:%S.%f")[:23]


def evidence(piece: str, case: Case) -> Inline:
    """Return one piece of evidence with the value that it points at.

    ``obs:o7#tls.version`` becomes ``o7 get-12: tls.version TLSv1.2``.
    """
    kind, _, rest = piece.partition(":")
    if kind == "obs":
        key, _, field = rest.partition("#")
        seen = next((one for one in case.observations if one.id == key), None)
        if seen is None:
            return code(rest)
        value = _value(seen, field)
        return (
            Span(text=f"{key} {seen.probe.id}"),
            Span(text=f": {field.rpartition('.')[2].replace('_', ' ')} "),
            *code(value),
        )
    if kind == "config":
        return (Span(text=f"setting {rest}: "), *code(_shown(getattr(case.configuration, rest, None))))
    if kind == "credential":
        return (Span(text=f"certificate, {rest}: "), *code(_shown(getattr(case.credential, rest, None))))
    if kind == "answer":
        given = next((one for one in reversed(case.answers) if one.node == rest), None)
        return (Span(text=f"answer to {rest}: "), *code(given.answer if given else "?"))
    return code(piece)


def _value(seen: Observation, field: str) -> str:
    if field.startswith("echo"):
        if seen.echo is None:
            return "nothing was printed"
        return "certificate received" if seen.echo.certificate else "no certificate received"
    if field == "tls.verification":
        verified = seen.tls.verification if seen.tls else None
        if verified is None:
            return "not known"
        return "ok" if verified.ok else ", ".join(error.name for error in verified.errors) or "failed"
    value: Any = seen
    for name in field.split("."):
        if isinstance(value, tuple):
            value = value[-1] if value else None
        value = getattr(value, name, getattr(value, f"{name}_", None))
    if isinstance(value, Continue):
        return value.state
    if field.endswith(".headers") and isinstance(value, tuple):
        return f"{len(value)} of the answer"
    text = " ".join(_shown(value).split())
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


def _shown(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "none"
    return value if isinstance(value, str) else str(value)


def settings(case: Case) -> list[tuple[str, str]]:
    """Return the settings that were read, by their names in ARM."""
    config = case.configuration
    named = (
        ("clientCertEnabled", config.client_cert_enabled),
        ("clientCertMode", config.client_cert_mode),
        ("clientCertExclusionPaths", config.client_cert_exclusion_paths),
        ("httpsOnly", config.https_only),
        ("http20Enabled", config.http20_enabled),
        ("minTlsVersion", config.min_tls_version),
        ("publicNetworkAccess", config.public_network_access),
        ("state", config.state),
    )
    return [(name, _shown(value)) for name, value in named]
