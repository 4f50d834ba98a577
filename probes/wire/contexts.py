"""TLS contexts, one for each identity and cipher set, shared by all probes of a run."""

from collections.abc import Mapping
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from OpenSSL import SSL

from probes import openssl
from probes.errors import CredentialFault
from probes.model import Identity, Probe
from probes.printable import printable
from probes.wire.keylog import KeyLog
from probes.wire.tls import LEGACY_CIPHERS, SessionRegistry, TlsOptions, TlsSession
from probes.wire.trace import Trace
from probes.wire.trust import Trust


class ClientIdentity(Protocol):
    """A client certificate with its private key, as far as TLS needs it; ``key`` None cannot be sent."""

    @property
    def leaf(self) -> x509.Certificate:
        """The client's own certificate."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """What is sent along with it, the issuer of the leaf first."""

    @property
    def key(self) -> PrivateKeyTypes | None:
        """The private key of the leaf."""


class TlsContexts:
    """Makes contexts when they are first needed; a context costs milliseconds, a connection on it does not.

    ``use_messages`` False forces the fallback that reads OpenSSL's state strings. ``keylog`` gets the session keys.
    """

    def __init__(
        self,
        trust: Trust,
        identities: Mapping[Identity, ClientIdentity],
        *,
        use_messages: bool = True,
        keylog: KeyLog | None = None,
    ) -> None:
        self._trust = trust
        self._identities = dict(identities)
        self._use_messages = use_messages
        self._keylog = keylog
        self._filled: SSL.Context | None = None
        self._made: dict[tuple[Identity, str | None], tuple[SSL.Context, SessionRegistry | None]] = {}

    def session(self, probe: Probe, options: TlsOptions, clock: Trace) -> TlsSession:
        """Return a new client session for this probe.

        Raises CredentialFault when OpenSSL refuses the client certificate or the cipher list.
        """
        ciphers = LEGACY_CIPHERS if probe.tls in ("1.0", "1.1") else probe.ciphers
        key = (probe.identity, ciphers)
        if key not in self._made:
            self._made[key] = self._make(probe.identity, ciphers)
        context, registry = self._made[key]
        return TlsSession(context, registry, options, clock, self._trust)

    def _make(self, identity: Identity, ciphers: str | None) -> tuple[SSL.Context, SessionRegistry | None]:
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_min_proto_version(SSL.TLS1_VERSION)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        if self._keylog is not None:
            context.set_keylog_callback(self._keylog)
        self._fill(context)
        try:
            if ciphers:
                context.set_cipher_list(ciphers.encode("ascii"))
            self._use_identity(context, identity, ciphers)
        except SSL.Error as fault:
            raise CredentialFault(f"OpenSSL refuses the client certificate: {_reason(fault)}.") from None
        registry = SessionRegistry()
        if self._use_messages and openssl.on_messages(context, registry.message):
            return context, registry
        return context, None

    def _fill(self, context: SSL.Context) -> None:
        if self._filled is None or not openssl.share_trust(context, self._filled):
            self._trust.fill(context)
        self._filled = self._filled or context

    def _use_identity(self, context: SSL.Context, identity: Identity, ciphers: str | None) -> None:
        known = self._identities.get(identity)
        if known is None or known.key is None:
            return
        try:
            context.use_certificate(known.leaf)
        except SSL.Error:
            # A weak certificate is a finding, not a reason to send nothing: security level 0 lets it through.
            context.set_cipher_list(_weakest(ciphers).encode("ascii"))
            context.use_certificate(known.leaf)
        context.use_privatekey(known.key)  # type: ignore[arg-type]
        for issuer in known.chain:
            context.add_extra_chain_cert(issuer)


def _weakest(ciphers: str | None) -> str:
    """Return a cipher list that lets a weak certificate through, unless the user's own list names a level."""
    if ciphers is None:
        return LEGACY_CIPHERS
    return ciphers if "@SECLEVEL" in ciphers.upper() else f"{ciphers}:@SECLEVEL=0"


def _reason(fault: SSL.Error) -> str:
    reasons = fault.args[0] if fault.args and isinstance(fault.args[0], list) else []
    return printable("; ".join(str(reason[-1]) for reason in reasons if reason) or "no reason given", limit=200)
