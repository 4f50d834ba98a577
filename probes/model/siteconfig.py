"""What the site is told to do, in the words of ARM; None is "not known", never "no"."""

from typing import Literal

from probes.model.base import Value

ClientCertMode = Literal["Required", "Optional", "OptionalInteractiveUser"]


class SiteConfig(Value, frozen=True, kw_only=True):
    """The settings of one site that bear on client certificates (Microsoft.Web/sites and its config/web).

    ``client_cert_exclusion_paths`` is the list that the one ARM string holds, split at ``,`` and ``;``;
    an empty tuple means that it was read and is empty. ``source`` says where the settings came from.
    """

    source: Literal["arm", "file", "none"] = "none"
    name: str | None = None
    resource_group: str | None = None
    default_host_name: str | None = None
    host_names: tuple[str, ...] | None = None
    kind: str | None = None
    state: str | None = None
    client_cert_enabled: bool | None = None
    client_cert_mode: ClientCertMode | None = None
    client_cert_exclusion_paths: tuple[str, ...] | None = None
    https_only: bool | None = None
    http20_enabled: bool | None = None
    min_tls_version: str | None = None
    min_tls_cipher_suite: str | None = None
    public_network_access: str | None = None
    notes: tuple[str, ...] = ()
