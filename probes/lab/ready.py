"""What the lab says when it is ready: one line of JSON, the same for a person, a script and the app."""

from typing import Any

import msgspec

from probes.errors import MtlsTriageError

OWN_FIELDS = (
    "public",
    "from_root",
    "expired",
    "not_yet_valid",
    "no_client_auth",
    "weak",
    "self_signed",
    "foreign",
    "foreign_ca",
    "service_principal",
    "federated_token",
    "azure_tenant_id",
    "azure_client_id",
    "azure_client_secret",
    "identity_endpoint",
    "identity_header",
)
"""Further files that options can name in braces."""


class LabFailed(MtlsTriageError):
    """The lab's process did not start, or does not answer."""


class LabReady(msgspec.Struct, frozen=True, kw_only=True):
    """The ready line. Paths are absolute; URLs have no path, ``target`` has one.

    ``refusing`` and ``silent`` are URLs at which no connection comes about, ``nameless`` one that has no address.
    ``arm`` and ``entra`` are the lab's Azure, ``site_id`` is the site's resource id there. It takes the service
    principal ``azure_client_id`` with ``azure_client_secret``, with the certificate and key in ``service_principal``,
    or with the text in ``federated_token`` (workload identity). ``identity_endpoint`` and ``identity_header`` are of
    App Service's managed identity. ``options`` and ``env`` are what a diagnosis of ``target`` needs
    beside it; ``certificate`` holds chain and key, ``public`` neither key nor chain.
    """

    scenario: str
    front_end: str
    http: str
    control: str
    ca: str
    certificate: str
    pfx: str
    pfx_password: str
    config: str
    target: str
    expected_finding: str
    path: str = "/"
    debug_path: str = "/debug/headers"
    upload_path: str = "/upload"
    options: tuple[str, ...] = ()
    env: dict[str, str] = msgspec.field(default_factory=dict)
    arm: str | None = None
    entra: str | None = None
    site_id: str | None = None
    public: str | None = None
    from_root: str | None = None
    expired: str | None = None
    not_yet_valid: str | None = None
    no_client_auth: str | None = None
    weak: str | None = None
    self_signed: str | None = None
    foreign: str | None = None
    foreign_ca: str | None = None
    refusing: str | None = None
    silent: str | None = None
    nameless: str | None = None
    service_principal: str | None = None
    federated_token: str | None = None
    azure_tenant_id: str | None = None
    azure_client_id: str | None = None
    azure_client_secret: str | None = None
    identity_endpoint: str | None = None
    identity_header: str | None = None

    def __repr__(self) -> str:
        """Leave the pass phrase and the environment out."""
        return f"<LabReady {self.scenario} {self.target}>"

    def filled(self, options: tuple[str, ...]) -> tuple[str, ...]:
        """Return ``options`` with ``{ca}``, ``{certificate}`` … replaced by this line's fields."""
        return tuple(fill(option, msgspec.to_builtins(self)) for option in options)


def fill(text: str, fields: dict[str, Any]) -> str:
    """Replace every ``{name}`` that is a field with text; other braces stay as they are."""
    for name, value in fields.items():
        if isinstance(value, str):
            text = text.replace(f"{{{name}}}", value)
    return text
