"""The edge's rules on client certificates, as pure functions of the settings; nothing here touches a socket."""

import re
from typing import Literal

import msgspec

from probes.lab.ciphers import allowed
from probes.lab.state import LabState

Mode = Literal["ignore", "required", "optional", "interactive"]
_MODES: dict[str | None, Mode] = {
    None: "required",
    "Required": "required",
    "Optional": "optional",
    "OptionalInteractiveUser": "interactive",
}


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What one state means for client certificates.

    ``renegotiates`` and the exclusions follow Microsoft Learn, Configure TLS mutual authentication (2025-05-09):
    OptionalInteractiveUser and any exclusion path renegotiate, everything else asks in the first handshake.
    """

    mode: Mode
    exclusions: tuple[str, ...]
    renegotiates: bool

    @property
    def asks_in_handshake(self) -> bool:
        """Whether the first handshake carries a CertificateRequest."""
        return self.mode != "ignore" and not self.renegotiates

    def excludes(self, target: str) -> bool:
        """Whether the request target starts with an exclusion path, in any case; the query does not count."""
        path = target.partition("?")[0].lower()
        return any(path.startswith(entry) for entry in self.exclusions)

    def wants_certificate(self, target: str) -> bool:
        """Whether a certificate is asked for, and forwarded, on this request target."""
        return self.mode != "ignore" and not self.excludes(target)

    def insists(self, target: str) -> bool:
        """Whether a request without a certificate is refused on this request target."""
        return self.mode == "required" and self.wants_certificate(target)


def rules_of(state: LabState) -> Rules:
    """Return the rules that the edge follows in ``state``."""
    settings = state.in_effect
    mode: Mode = _MODES[settings.client_cert_mode] if settings.client_cert_enabled else "ignore"
    entries = re.split("[,;]", settings.client_cert_exclusion_paths or "")
    exclusions = tuple(entry.strip().lower() for entry in entries if entry.strip())
    renegotiates = mode == "interactive" or bool(exclusions)
    if state.edge.generation == "iis" and mode == "required":
        renegotiates = True
    return Rules(mode=mode, exclusions=exclusions, renegotiates=renegotiates and mode != "ignore")


def negotiates_down(state: LabState) -> bool:
    """Whether the edge offers only TLS 1.2 and http/1.1, so that it can renegotiate.

    A minimum of TLS 1.3, or of one of its suites, leaves nothing to go down to; TLS 1.3 is then spoken without a
    certificate.
    """
    settings = state.in_effect
    return (
        rules_of(state).renegotiates
        and state.edge.renegotiating_edge == "negotiate-down"
        and settings.min_tls_version != "1.3"
        and allowed(settings.min_tls_cipher_suite) != ""
    )
