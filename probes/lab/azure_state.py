"""What the lab's Azure is told to be: slots, neighbours, past changes, sign-in, and faults; all immutable."""

from typing import Annotated, Literal

import msgspec

from probes.lab.settings import Settings

Service = Literal["arm", "entra", "identity"]
Kind = Literal[
    "claims-challenge",
    "claims-challenge-for-ever",
    "expired-token",
    "forbidden",
    "not-found",
    "not-registered",
    "throttled",
    "server-error",
    "unavailable",
    "slow",
    "silent",
    "dripping",
    "malformed",
    "deep",
    "empty",
    "null",
    "list",
    "wrong-types",
    "truncated",
    "reset",
    "endless-body",
    "next-link-other-host",
    "next-link-other-port",
    "next-link-http",
    "next-link-for-ever",
    "redirect-other-host",
]
"""What can go wrong, by name; :mod:`probes.lab.azure_faults` says what each does."""

_Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2_000)]


class AzureFault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault of the lab's Azure; the first that matches a request strikes.

    ``path`` is a pattern with ``*`` for the request's path, any case. ``times`` is for how many requests it stands,
    None for all. ``seconds`` is the Retry-After of ``throttled``, the delay of ``slow``, the pause between two bytes
    of ``dripping``.
    """

    kind: Kind
    path: str = "*"
    service: Service = "arm"
    times: _Count | None = None
    seconds: _Seconds = 1.0


class Slot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A deployment slot beside production, with settings of its own (Microsoft.Web/sites/slots).

    The edge follows them for the slot's own host names, told apart by SNI on https and by Host on http. A slot that
    names none is at ``NAME.localhost``; the lab's server certificate has ``staging.localhost``.
    """

    name: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]{1,59}$")]
    settings: Settings = Settings()

    def __post_init__(self) -> None:
        """Give the slot a name of its own where its settings name none: no two sites share a default host name."""
        if self.settings.host_names == Settings().host_names:
            own = msgspec.structs.replace(self.settings, host_names=(f"{self.name.lower()}.localhost",))
            msgspec.structs.force_setattr(self, "settings", own)


class PastChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change that was made before the lab started, for ``Microsoft.Resources/changes``.

    ``path`` is the property's path in the resource's body. ``slot`` None is production.
    """

    hours_ago: Annotated[float, msgspec.Meta(ge=0, le=24 * 365)]
    path: str
    before: str | None = None
    after: str | None = None
    by: str = "someone@lab.test"
    by_type: Literal["User", "Application", "System"] = "User"
    client: str = "Azure Portal"
    slot: str | None = None


class Azure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lab's Azure beside the site's own settings.

    - ``kind``: the site's ``kind`` as ARM has it, for example ``app,linux`` or ``functionapp``.
    - ``neighbours``: how many further sites there are, in two subscriptions by turns. ``page_size``: items on a page.
    - ``private_endpoints`` and ``public_certificates`` are names; each of the latter is the lab's root certificate.
    - ``past_changes`` come before those that were made in the lab itself, which are recorded as they are made.
    - ``device_login``: what the person at the login page does. ``device_seconds`` and ``token_seconds``: how long
      device codes and tokens live; codes of Entra live for 900 s (Microsoft Learn, OAuth 2.0 device authorization
      grant).
    - ``faults``: see :class:`AzureFault`.
    """

    kind: str = "app"
    slots: tuple[Slot, ...] = (Slot(name="staging"),)
    neighbours: _Count = 3
    page_size: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 100
    private_endpoints: tuple[str, ...] = ()
    public_certificates: tuple[str, ...] = ()
    past_changes: tuple[PastChange, ...] = ()
    device_login: Literal["pending", "approved", "declined", "expired"] = "approved"
    device_seconds: Annotated[int, msgspec.Meta(ge=1, le=900)] = 900
    token_seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 3_599
    faults: tuple[AzureFault, ...] = ()
