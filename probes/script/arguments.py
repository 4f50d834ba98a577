"""The arguments of curl that make it do what a probe does, and which probes curl cannot do."""

from dataclasses import dataclass
from typing import Literal

from probes.model import Probe

Part = Literal["identity", "body", "authorities"]

WAIT_S = 10
"""Seconds that curl waits for 100 Continue where a probe waits until its deadline."""


@dataclass(frozen=True)
class Slot:
    """An argument, or several, that the script fills in where it runs; ``size`` is the body's in bytes."""

    part: Part
    size: int = 0


Argument = str | Slot


def left_out(probe: Probe) -> str | None:
    """Return why curl cannot send this probe, None when it can."""
    if probe.identity == "throwaway":
        return "needs a certificate that is made for it"
    if probe.canary:
        return "claims a certificate in a header"
    if probe.expect == "header-only":
        return "curl waits when it sends Expect"
    if not probe.renegotiate:
        return "curl cannot refuse a renegotiation"
    if not probe.offer_pha:
        return "curl cannot leave post-handshake authentication out"
    if probe.writes == "together":
        return "curl cannot put head and body into one record"
    if probe.persona is not None and not probe.persona.startswith("curl"):
        return "plays another client"
    return None


def playable(probes: tuple[Probe, ...]) -> tuple[tuple[Probe, ...], tuple[tuple[Probe, str], ...]]:
    """Return the probes that curl can send, and the others each with the reason."""
    reasons = [(probe, left_out(probe)) for probe in probes]
    return (
        tuple(probe for probe, why in reasons if why is None),
        tuple((probe, why) for probe, why in reasons if why is not None),
    )


def arguments(probe: Probe, *, insecure: bool) -> list[Argument]:
    """Return the arguments of one call; HEAD first is a transfer before the other, on the same connection."""
    connection = _connection(probe, insecure=insecure)
    url = f"{probe.origin}{probe.path}"
    last = [*connection, *_request(probe), url]
    if not probe.head_first:
        return last
    again: list[Argument] = ["--next", "--verbose", "--silent", "--show-error", "--path-as-is"]
    return [*connection, "--head", url, *again, *last]


def _connection(probe: Probe, *, insecure: bool) -> list[Argument]:
    found: list[Argument] = []
    if probe.origin.startswith("https://"):
        found += [Slot("authorities"), *(["--insecure"] if insecure else [])]
        found += [Slot("identity")] if probe.identity == "given" else []
        found += ["--ciphers", probe.ciphers] if probe.ciphers else []
        found += [] if probe.tls == "free" else [f"--tlsv{probe.tls}", "--tls-max", probe.tls]
        found += {"1.1": ["--http1.1"], "2": ["--http2"], "free": []}[probe.http]
    authority = probe.origin.partition("://")[2]
    found += ["--connect-to", f"{authority}:{probe.connect_to}"] if probe.connect_to else []
    return found


def _request(probe: Probe) -> list[Argument]:
    if not probe.body_bytes:
        return [] if probe.method == "GET" else ["--request", probe.method]
    found: list[Argument] = ["--request", probe.method, "--header", "Content-Type: application/octet-stream"]
    found += ["--data-binary", Slot("body", probe.body_bytes)]
    if probe.expect == "none":
        return [*found, "--header", "Expect:"]
    limit = f"{WAIT_S if probe.wait_ms is None else probe.wait_ms / 1000:g}"
    return [*found, "--header", "Expect: 100-continue", "--expect100-timeout", limit]
