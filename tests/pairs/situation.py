"""What a joined state of the lab means for one call: what is asked, what gets through, what the app receives.

Told from the lab's settings and the call's options alone, with nothing of the diagnosis in it.
"""

from functools import cached_property

from probes.lab.change import changed
from probes.lab.rules import Rules, negotiates_down, rules_of
from probes.lab.state import LabState
from probes.personas import CLIENTS
from tests.pairs.joining import FLAGS, Joined, options_of

KEYLESS = "{public}"


class Situation:
    """One joined state with its call."""

    def __init__(self, joined: Joined) -> None:
        self.state: LabState = changed(LabState(), joined.state)
        self.options: dict[str, tuple[str, ...]] = options_of(joined.options)
        self.target = joined.target
        self.settings, self.edge, self.app = self.state.settings, self.state.edge, self.state.app
        self.effect = self.state.in_effect
        self.rules: Rules = rules_of(self.state)

    def one(self, option: str) -> str | None:
        """Return the value of an option, None where it is left out."""
        return self.options.get(option, (None,))[0] if option not in FLAGS else None

    @cached_property
    def path(self) -> str:
        """The target's path."""
        return self.target.partition("}")[2]

    @cached_property
    def connects(self) -> bool:
        """Whether the address is the lab's."""
        return self.target.startswith(("{front_end}", "{http}"))

    @cached_property
    def https(self) -> bool:
        """Whether the call goes over TLS."""
        return self.connects and self.target.startswith("{front_end}")

    @cached_property
    def intercepted(self) -> bool:
        """Whether a proxy answers in the site's place."""
        return self.https and self.edge.intercepted

    @cached_property
    def unbound(self) -> bool:
        """Whether the edge shows its default certificate for want of a binding."""
        return self.https and not self.intercepted and "localhost" in self.settings.unbound_host_names

    @cached_property
    def shown(self) -> str:
        """The server certificate that is shown by its name in the lab."""
        return "default" if self.unbound else self.edge.server_certificate

    @cached_property
    def trusted(self) -> bool:
        """Whether the call knows the authority of what is shown; the machine's store holds the proxy's."""
        return self.intercepted or self.one("--ca") is not None

    @cached_property
    def genuine(self) -> bool:
        """Whether the server's certificate gives no reason to stop; over http there is none."""
        if not self.https:
            return self.connects
        return not self.intercepted and self.shown == "good" and self.trusted

    @cached_property
    def client(self) -> str | None:
        """The user's client, where it is known."""
        return "curl" if self.one("--curl") else self.one("--as")

    @cached_property
    def held(self) -> str | None:
        """The TLS version that the user's own requests are held at: he said so, or his client speaks no other."""
        said = "1.2" if self.one("--curl") else self.one("--own-tls")
        by_client = None if self.client is None else CLIENTS[self.client].tls
        return said or (by_client if by_client != "free" else None)

    @cached_property
    def version_spoken(self) -> bool:
        """Whether the user's own requests speak a version that the site takes."""
        return not (self.held == "1.2" and self.effect.min_tls_version == "1.3")

    @cached_property
    def speaks_h2(self) -> bool:
        """Whether the user's own requests come to speak HTTP/2."""
        offers = self.client is None or CLIENTS[self.client].http != "1.1"
        return offers and self.effect.http20_enabled and not negotiates_down(self.state)

    @cached_property
    def suite_taken(self) -> bool:
        """Whether the site takes the one suite that the client was told to offer."""
        return "--ciphers" not in (self.one("--curl") or "") or self.effect.min_tls_cipher_suite is None

    @cached_property
    def certificate(self) -> bool:
        """Whether a certificate with its key can be sent."""
        return self.https and self.one("--cert") not in (None, KEYLESS)

    @cached_property
    def tls_refuses(self) -> bool:
        """Whether TLS itself refuses the certificate."""
        asks = self.https and not self.intercepted and self.edge.require_in_tls != "no"
        verified = self.one("--cert") == "{certificate}"
        return asks and not (self.certificate and (verified or self.edge.require_in_tls == "any"))

    @cached_property
    def shaken(self) -> bool:
        """Whether the user's own requests get through the TLS handshake, with somebody they trust."""
        greets = not self.https or self.edge.secure_renegotiation
        return self.genuine and greets and self.version_spoken and self.suite_taken and not self.tls_refuses

    @cached_property
    def speaks_too_new(self) -> bool:
        """Whether the user's own requests speak TLS 1.3 or HTTP/2 to a site that would renegotiate."""
        if not self.rules.renegotiates or negotiates_down(self.state):
            return False
        newer = self.held != "1.2" and self.edge.renegotiating_edge != "post-handshake"
        return self.speaks_h2 or newer

    def asked(self, path: str) -> bool:
        """Whether the user's own request for ``path`` is asked for a certificate, early or late."""
        if self.edge.require_in_tls != "no":
            return self.shaken and self.https
        if not (self.shaken and self.https and self.open and self.rules.mode != "ignore"):
            return False
        if self.rules.asks_in_handshake:
            return True
        return self.rules.wants_certificate(path) and not self.speaks_too_new

    @cached_property
    def open(self) -> bool:
        """Whether the door of the site is open to this address."""
        barred = self.effect.ip_security_restrictions or self.effect.public_network_access == "Disabled"
        return self.effect.state == "Running" and not barred

    @cached_property
    def damaged(self) -> bool:
        """Whether the certificate header is damaged; the weak certificate is too short to be cut off."""
        short = self.app.damage == "truncated" and self.one("--cert") == "{weak}"
        return self.app.damage != "none" and not short

    def obtained(self, path: str) -> bool:
        """Whether the app gets the certificate with the user's own request for ``path``."""
        return self.asked(path) and self.certificate and self.rules.wants_certificate(path)

    def passes(self, path: str) -> bool:
        """Whether the user's own GET of ``path`` passes the edge."""
        if not (self.shaken and self.open):
            return False
        if not self.https:
            return not self.effect.https_only
        return self.obtained(path) or not self.rules.insists(path)

    def in_code(self, path: str) -> bool:
        """Whether it comes as far as the app's own code."""
        if not self.passes(path) or self.effect.auth.enabled or self.app.web_config_refuses:
            return False
        keyless = self.app.functions_key is not None and self.one("--header") is None
        return not (keyless and path in self.app.routes)

    @cached_property
    def echoed(self) -> bool:
        """Whether the debug endpoint shows the user's own certificate."""
        return self.in_code(DEBUG) and self.obtained(DEBUG)

    @cached_property
    def uploads(self) -> str:
        """A path that uploads go to."""
        return f"{self.path.rstrip('/')}/below"

    @cached_property
    def late(self) -> bool:
        """Whether uploads are asked for a certificate late, and nothing but their size stops them."""
        asked_late = self.rules.renegotiates and self.rules.wants_certificate(self.uploads)
        through = self.asked(self.uploads) and self.passes(self.uploads) and not self.effect.auth.enabled
        return asked_late and through and self.edge.require_in_tls == "no"

    def passes_in_comparison(self, path: str) -> bool:
        """Whether the user's certificate passes the edge for ``path`` on TLS 1.2, whatever his own requests speak."""
        if not self.https or not self.genuine or not self.open or self.tls_refuses:
            return self.passes(path)
        obtained = self.certificate and self.rules.wants_certificate(path)
        return self.edge.secure_renegotiation and (obtained or not self.rules.insists(path))


DEBUG = "/debug/headers"
