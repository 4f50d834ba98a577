"""What the settings for client certificates mean together, and in the words of both generations of the portal."""

from types import MappingProxyType
from typing import Literal

from probes.model import SiteConfig, Value

Asked = Literal["never", "handshake", "renegotiation", "unknown"]

LEARN = "Microsoft Learn, Configure TLS mutual authentication, 2025-05-09"
PORTAL_2024 = MappingProxyType({"Required": "Require", "Optional": "Allow", "OptionalInteractiveUser": "Optional"})
"""ARM's mode and the label of the portal of 2022 to 2024 (Azure/azure-functions-ux, ClientCert.tsx, 2024-10-24)."""
PORTAL_2025 = MappingProxyType(
    {"Required": "Required", "Optional": "Optional", "OptionalInteractiveUser": "Optional Interactive User"}
)
"""The label in the documentation of 2025 (the same article of Microsoft Learn)."""


class Effective(Value, frozen=True, kw_only=True):
    """One row of the combination table, the one that applies. ``asked`` says when the certificate is asked for.

    ``portal`` is the label of the portal of 2022 to 2024, ``portal_2025`` that of the documentation of 2025.
    """

    asked: Asked
    certificate: Literal["ignored", "required", "accepted", "unknown"]
    means: str
    portal: str | None = None
    portal_2025: str | None = None
    source: str = LEARN

    @property
    def labels(self) -> str | None:
        """Both labels in one text, or one where they are the same."""
        if self.portal is None:
            return None
        if self.portal == self.portal_2025:
            return self.portal
        return f"{self.portal} (portal of 2022 to 2024), {self.portal_2025} (2025)"


_NEVER = "Certificates are ignored: nobody is asked for one, and the app gets no X-ARR-ClientCert, whatever the mode."
_IN_HANDSHAKE = "It is asked for in the TLS handshake, before the request."
_LATE = (
    "It is asked for after the request has arrived, by TLS renegotiation: that works on TLS 1.2 with HTTP/1.1 only, "
    "and bodies over 100 KB are refused unless the client waits for 100 Continue or sends HEAD first."
)


def effective(config: SiteConfig) -> Effective:
    """Return the row that the settings select; ``unknown`` where a setting that decides was not read.

    A mode that is absent while certificates are on acts as Required: the documented way to enforce certificates by
    the CLI sets clientCertEnabled alone (the same article).
    """
    enabled, mode, paths = config.client_cert_enabled, config.client_cert_mode, config.client_cert_exclusion_paths
    if enabled is None:
        means = "Whether certificates are used is not known: clientCertEnabled was not read."
        return Effective(asked="unknown", certificate="unknown", means=means)
    if not enabled:
        return Effective(asked="never", certificate="ignored", means=_NEVER, portal="Ignore", portal_2025="Ignore")
    labels = {"portal": PORTAL_2024[mode or "Required"], "portal_2025": PORTAL_2025[mode or "Required"]}
    if mode == "OptionalInteractiveUser":
        means = f"A certificate is passed on if there is one; browsers are not prompted by default. {_LATE}"
        return Effective(asked="renegotiation", certificate="accepted", means=means, **labels)
    must = "Every request needs a certificate" if mode != "Optional" else "A certificate is passed on if there is one"
    kind: Literal["required", "accepted"] = "accepted" if mode == "Optional" else "required"
    if paths:
        what = (
            "except on the excluded paths, where none is asked for" if kind == "required" else "not on excluded paths"
        )
        return Effective(asked="renegotiation", certificate=kind, means=f"{must}, {what}. {_LATE}", **labels)
    if paths is None:
        means = f"{must}. When it is asked for is not known: clientCertExclusionPaths was not read."
        return Effective(asked="unknown", certificate=kind, means=means, **labels)
    return Effective(asked="handshake", certificate=kind, means=f"{must}. {_IN_HANDSHAKE}", **labels)


def is_small(config: SiteConfig) -> bool:
    """Say whether the plan is Free or Shared, which have no client certificates (portal source, 2024-10-24)."""
    return (config.plan_tier or "").lower() in ("free", "shared")
