"""Makes the OpenSSL contexts of one state: certificate, versions, suites, ALPN, and who is asked when."""

from OpenSSL import SSL, crypto

from probes.lab.ciphers import allowed
from probes.lab.pki import Issued, Pki
from probes.lab.rules import negotiates_down, rules_of
from probes.lab.state import LabState, Settings
from probes.lab.tls_server import accept_any
from probes.openssl import OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION

_VERSIONS = {
    "1.0": SSL.TLS1_VERSION,
    "1.1": SSL.TLS1_1_VERSION,
    "1.2": SSL.TLS1_2_VERSION,
    "1.3": SSL.TLS1_3_VERSION,
}


def server_context(state: LabState, pki: Pki) -> SSL.Context:
    """Return the context for new connections in ``state``; it switches to the default certificate by SNI."""
    context = _context(state, pki, certificate_shown(state, pki, None))
    if state.edge.unknown_sni == "default-certificate" and not state.edge.intercepted:
        names = bound_names(state.settings)
        default = _context(state, pki, pki.servers["default"])

        def choose(connection: SSL.Connection) -> None:
            asked = connection.get_servername()
            if asked is not None and asked.decode("ascii", "replace").lower() not in names:
                connection.set_context(default)

        context.set_tlsext_servername_callback(choose)
    return context


def certificate_shown(state: LabState, pki: Pki, name: str | None) -> Issued:
    """Return the certificate that a client is shown which asks for ``name``, None for one without SNI."""
    if state.edge.intercepted:
        # A proxy on the way shows a certificate of its own authority, whatever the site shows to it.
        return pki.servers["untrusted"]
    if (
        name is not None
        and state.edge.unknown_sni == "default-certificate"
        and name not in bound_names(state.settings)
    ):
        return pki.servers["default"]
    return pki.servers[state.edge.server_certificate]


def bound_names(settings: Settings) -> set[str]:
    """Return the host names, lower case, for which the edge has the site's certificate."""
    unbound = {name.lower() for name in settings.unbound_host_names}
    return {name.lower() for name in settings.host_names} - unbound


def _context(state: LabState, pki: Pki, issued: Issued) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    # A resumed session would renegotiate without asking for anything, and hide what a fresh connection shows.
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_options(SSL.OP_NO_TICKET | OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION)
    context.use_certificate(crypto.X509.from_cryptography(issued.certificate))
    context.use_privatekey(crypto.PKey.from_cryptography_key(issued.key))
    for certificate in issued.chain:
        context.add_extra_chain_cert(crypto.X509.from_cryptography(certificate))
    _set_versions(context, state)
    _set_alpn(context, state)
    _set_client_certificates(context, state, pki)
    return context


def _set_versions(context: SSL.Context, state: LabState) -> None:
    settings = state.in_effect
    context.set_min_proto_version(_VERSIONS[settings.min_tls_version])
    if negotiates_down(state):
        context.set_max_proto_version(SSL.TLS1_2_VERSION)
    suites = allowed(settings.min_tls_cipher_suite)
    if not suites:
        context.set_min_proto_version(SSL.TLS1_3_VERSION)
        suites = "DEFAULT"
    # Security level 0 lets TLS 1.0 and 1.1 be spoken, and weak client certificates through: the platform judges none.
    context.set_cipher_list(f"{suites}:@SECLEVEL=0".encode("ascii"))


def _set_alpn(context: SSL.Context, state: LabState) -> None:
    h2 = state.in_effect.http20_enabled and not negotiates_down(state)
    spoken = [b"h2", b"http/1.1"] if h2 else [b"http/1.1"]

    def select(_connection: SSL.Connection, offered: list[bytes]) -> object:
        for protocol in spoken:
            if protocol in offered:
                return protocol
        return SSL.NO_OVERLAPPING_PROTOCOLS

    context.set_alpn_select_callback(select)  # type: ignore[arg-type]  # the sentinel has no public type


def _set_client_certificates(context: SSL.Context, state: LabState, pki: Pki) -> None:
    authorities = {"lab": pki.root, "foreign": pki.foreign_root}
    if state.edge.intercepted:
        return
    names = [authorities[name].certificate for name in state.edge.ca_names]
    context.set_client_ca_list([crypto.X509.from_cryptography(certificate).get_subject() for certificate in names])
    if not rules_of(state).asks_in_handshake and state.edge.require_in_tls == "no":
        return
    if state.edge.require_in_tls == "no":
        context.set_verify(SSL.VERIFY_PEER, accept_any)
        return
    verify = SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
    if state.edge.require_in_tls == "any":
        context.set_verify(verify, accept_any)
        return
    store = context.get_cert_store()
    assert store is not None
    store.add_cert(crypto.X509.from_cryptography(pki.root.certificate))
    context.set_verify(verify)
