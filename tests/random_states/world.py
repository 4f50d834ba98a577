"""What an example's requests meet in the lab, told from its state alone: who speaks what, who asks when, who refuses.

The lab's own rules are read (probes.lab); nothing of the diagnosis is.
"""

from functools import cached_property
from typing import Literal

import msgspec

from probes.lab.ciphers import allowed
from probes.lab.contexts import bound_names
from probes.lab.gate import refused as shut
from probes.lab.rules import negotiates_down, rules_of
from probes.lab.state import LabState
from probes.model.persona import Persona
from probes.personas import CLIENTS
from tests.random_states.example import UPLOAD, Example

HEADER = "X-ARR-ClientCert"
DEBUG = "/debug/headers"
HOST = "localhost"
CALLER = "127.0.0.1"
Asked = Literal["never", "handshake", "renegotiation", "post-handshake"]


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """How one client speaks; ``tls`` and ``http`` are what it offers."""

    tls: str = "free"
    http: str = "free"
    offers_pha: bool = True
    renegotiates: bool = True


class World:
    """The facts of one example that decide what is true of it."""

    def __init__(self, example: Example) -> None:
        self.example = example
        self.state = example.lab
        self.settings = self.state.in_effect
        self.rules = rules_of(self.state)

    # Who calls, and what he shows.

    @cached_property
    def client(self) -> Persona | None:
        """The user's client, None when nobody said which it is."""
        return CLIENTS[self.example.client] if self.example.client else None

    @cached_property
    def user(self) -> Speaker:
        """How the user's own client speaks; unknown clients offer everything, as today's do."""
        known, own = self.client, self.example.own_tls
        if known is None:
            return Speaker(tls=own)
        tls = own if own != "free" else known.tls
        return Speaker(tls=tls, http=known.http, offers_pha=known.offers_pha, renegotiates=known.renegotiates)

    @property
    def has_key(self) -> bool:
        """Whether the user can prove a certificate at all."""
        return self.example.sent not in ("none", "public")

    # The handshake.

    @cached_property
    def versions(self) -> set[str]:
        """The versions of TLS that the edge speaks, of those that are used here."""
        least = self.settings.min_tls_version
        if allowed(self.settings.min_tls_cipher_suite) == "":
            least = "1.3"
        return ({"1.2"} if least != "1.3" else set()) | (set() if negotiates_down(self.state) else {"1.3"})

    @property
    def version_refused(self) -> bool:
        """Whether the edge speaks no version that the user's client speaks."""
        return self.user.tls == "1.2" and "1.2" not in self.versions

    @property
    def suite_refused(self) -> bool:
        """Whether the edge takes none of the suites that the user's client offers."""
        suites = allowed(self.settings.min_tls_cipher_suite)
        own = self.example.own_ciphers
        return own is not None and not self.version_refused and suites != "DEFAULT" and own not in suites.split(":")

    def version(self, who: Speaker) -> str:
        """The version of TLS that is spoken with ``who``; empty when there is none."""
        common = self.versions & ({"1.2", "1.3"} if who.tls == "free" else {who.tls})
        return max(common, default="")

    def speaks_h2(self, who: Speaker) -> bool:
        """Whether HTTP/2 is spoken with ``who``."""
        return who.http != "1.1" and self.settings.http20_enabled and not negotiates_down(self.state)

    @cached_property
    def shown(self) -> str:
        """The server certificate that is shown, by its name in the lab."""
        if HOST not in bound_names(self.state.settings):
            return "default"
        return "untrusted" if self.state.edge.intercepted else self.state.edge.server_certificate

    @cached_property
    def server_faults(self) -> set[str]:
        """What is wrong with the server certificate in the eyes of the machine that calls."""
        found = set()
        foreign = self.shown in ("untrusted", "self-signed")
        known_here = self.shown == "untrusted" and self.example.machine_trusts_proxy
        if (foreign or not self.example.trusted) and not known_here:
            found.add("server-certificate-untrusted")
        if self.shown in ("expired", "not-yet-valid"):
            found.add("server-certificate-expired")
        if self.shown in ("wrong-host", "default"):
            found.add("server-certificate-wrong-host")
        return found

    @property
    def tls_insists(self) -> bool:
        """Whether TLS itself breaks the connection off for the certificate, or for want of one."""
        kind = self.state.edge.require_in_tls
        if kind == "no" or self.state.edge.intercepted:
            return False
        known = ("certificate", "from_root", "weak")
        return not self.has_key or (kind == "verified" and self.example.sent not in known)

    # Who is asked for a certificate, and when.

    @property
    def late(self) -> bool:
        """Whether the edge asks after the request."""
        return self.rules.renegotiates and self.state.edge.require_in_tls == "no" and not self.state.edge.intercepted

    def asked(self, who: Speaker, path: str) -> Asked:
        """When ``who`` is asked on ``path``."""
        edge = self.state.edge
        if edge.intercepted:
            return "never"
        if self.rules.asks_in_handshake or edge.require_in_tls != "no":
            return "handshake"
        if not self.rules.wants_certificate(path):
            return "never"
        if self.version(who) == "1.2" and not self.speaks_h2(who):
            return "renegotiation"
        by_pha = edge.renegotiating_edge == "post-handshake" and who.offers_pha and not self.speaks_h2(who)
        return "post-handshake" if by_pha else "never"

    def impossible(self, who: Speaker, path: str) -> bool:
        """Whether the edge wants to ask ``who`` after the request, and cannot."""
        return self.late and self.rules.wants_certificate(path) and self.asked(who, path) == "never"

    def gives(self, who: Speaker, path: str) -> bool:
        """Whether the edge has the user's certificate when it decides on ``path``."""
        if not self.has_key or (who is self.user and self.unlisted):
            return False
        when = self.asked(who, path)
        return when in ("handshake", "post-handshake") or (when == "renegotiation" and who.renegotiates)

    @cached_property
    def unlisted(self) -> bool:
        """Whether the edge lists authorities, the user's certificate is under none, and his client obeys the list."""
        names = self.state.edge.ca_names
        if not names or not self.has_key or self.client is None or not self.client.obeys_ca_list:
            return False
        of = {"foreign": "foreign", "self_signed": "itself"}.get(self.example.sent, "lab")
        return of not in names

    # Who refuses.

    @property
    def door(self) -> str | None:
        """The refusal that stands before every certificate, by the finding that is about it."""
        return self.door_of(self.state)

    @staticmethod
    def door_of(state: LabState) -> str | None:
        """The same of any state. The lab looks at the site first, then at public access, then at the address."""
        if state.in_effect.state == "Stopped":
            return "site-stopped"
        if state.in_effect.public_network_access == "Disabled":
            return "public-access-disabled"
        return "access-restricted" if shut(state, CALLER) else None

    def login(self, path: str) -> bool:
        """Whether App Service Authentication answers on ``path`` in the app's place."""
        auth = self.settings.auth
        demands = auth.enabled and auth.require_authentication
        spared = path.lower() in {one.lower() for one in auth.excluded_paths}
        return demands and auth.unauthenticated_client_action != "AllowAnonymous" and not spared

    @property
    def upload_path(self) -> str:
        """Where the uploads go."""
        return self.example.path.rstrip("/") + UPLOAD

    @property
    def waits_in_vain(self) -> bool:
        """Whether ``Expect: 100-continue`` does not work on the way."""
        return self.state.edge.interim != "pass"

    @property
    def too_large(self) -> bool:
        """Whether the large body is over what the edge holds while it asks for a certificate."""
        return self.example.size > self.state.edge.buffer_bytes

    @property
    def over_app_limit(self) -> bool:
        """Whether the large body is over what the app takes."""
        limit = self.state.app.body_limit
        return limit is not None and self.example.size > limit

    # What the app makes of the certificate.

    @property
    def header_arrives(self) -> bool:
        """Whether the app gets the certificate with the user's GET."""
        path = self.example.path
        return self.example.https and self.rules.wants_certificate(path) and self.gives(self.user, path)

    @property
    def can_arrive(self) -> bool:
        """Whether the app gets the certificate of some client that shows the user's."""
        path, anybody = self.example.path, (Speaker(), Speaker(tls="1.2", http="1.1"))
        return (
            self.example.https
            and self.rules.wants_certificate(path)
            and any(self.gives(who, path) for who in anybody)
        )

    @property
    def app_refuses(self) -> bool:
        """Whether the app answers the user's GET with a refusal once the certificate is there."""
        app = self.state.app
        if self.example.path not in app.routes:
            return False
        if self.wrong_header or self.unreadable:
            return app.validator is not None or (self.unreadable and app.parse_error_status is not None)
        return self.complaint is not None

    @property
    def complaint(self) -> str | None:
        """The rule by which the app refuses the certificate that it got, None when it takes it or has no rule."""
        judge, sent = self.state.app.validator, self.example.sent
        if judge is None or self.example.path not in self.state.app.routes:
            return None
        under_intermediate = ("certificate", "expired", "not_yet_valid", "no_client_auth", "weak")
        refuses = {
            "thumbprint": True,
            "subject": True,
            "issuer": True,
            "revocation": True,
            "dates": sent in ("expired", "not_yet_valid"),
            "purpose": sent == "no_client_auth",
            "strength": sent == "weak",
            "chain": sent in ("self_signed", "foreign")
            or (sent in under_intermediate and not judge.has_intermediate),
        }
        return judge.rule if refuses[judge.rule] else None

    @property
    def unreadable(self) -> bool:
        """Whether the app cannot make a certificate of the header that it reads."""
        app = self.state.app
        return app.reads_header.lower() == HEADER.lower() and (app.parser != "right" or app.damage != "none")

    @property
    def wrong_header(self) -> bool:
        """Whether the app looks for the certificate in another header than the front end's."""
        return self.state.app.reads_header.lower() != HEADER.lower()

    @property
    def key_missing(self) -> bool:
        """Whether the Functions host refuses the user's GET for want of a key."""
        app = self.state.app
        return app.functions_key is not None and not self.example.key and self.example.path in app.routes
