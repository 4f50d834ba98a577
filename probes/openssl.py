"""The calls of pyOpenSSL's binding that have no public face yet, each guarded and with a word on its fallback."""

import sys
from collections.abc import Callable
from typing import Any

from OpenSSL import SSL

# pyOpenSSL publishes neither the cffi library nor the pointers of its objects. Everything that reaches for them
# stands in this module; a call that an upgrade took away returns False and its caller says "unknown".
_lib: Any = getattr(SSL, "_lib", None)
_ffi: Any = getattr(SSL, "_ffi", None)

OP_NO_RENEGOTIATION = 1 << 30
"""SSL_OP_NO_RENEGOTIATION: answer a HelloRequest with the alert no_renegotiation (OpenSSL ssl.h)."""
OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION = 1 << 16
"""SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION: a renegotiation is a full handshake (OpenSSL ssl.h)."""

MessageHandler = Callable[[int, bool, int, bytes], None]
"""Called with (address of the SSL object, is outgoing, record content type, message bytes)."""


def ssl_address(connection: SSL.Connection) -> int | None:
    """Return the address of the connection's SSL object, the key under which messages are reported."""
    if _ffi is None or not hasattr(connection, "_ssl"):
        return None
    return int(_ffi.cast("uintptr_t", connection._ssl))


def on_messages(context: SSL.Context, handler: MessageHandler) -> bool:
    """Report every decrypted handshake message and alert of the context's connections to ``handler``.

    Returns False when the binding lacks the call (SSL_CTX_set_msg_callback); the state strings of the public
    info callback are the fallback. ``handler`` never sees an exception of its own again: it must not raise.
    """
    if _lib is None or not hasattr(_lib, "SSL_CTX_set_msg_callback") or not hasattr(context, "_context"):
        return False

    @_ffi.callback("void(int,int,int,const void*,size_t,SSL*,void*)")  # type: ignore[untyped-decorator]
    def callback(is_write: int, _version: int, content: int, data: Any, size: int, ssl: Any, _arg: Any) -> None:
        if content in (21, 22):
            handler(int(_ffi.cast("uintptr_t", ssl)), bool(is_write), content, bytes(_ffi.buffer(data, size)))

    _lib.SSL_CTX_set_msg_callback(context._context, callback)
    context._mtls_triage_messages = callback  # type: ignore[attr-defined]  # cffi frees a callback nobody holds
    return True


def offer_post_handshake_auth(connection: SSL.Connection) -> bool:
    """Offer TLS 1.3 post-handshake authentication (RFC 8446 section 4.2.6); False when it cannot be offered."""
    if _lib is None or not hasattr(_lib, "SSL_set_post_handshake_auth"):
        return False
    _lib.SSL_set_post_handshake_auth(connection._ssl, 1)
    return True


def require_host(connection: SSL.Connection, host: str) -> bool:
    """Let verification compare the server's certificate with ``host`` (a DNS name or an IP literal).

    False when the binding lacks X509_VERIFY_PARAM_set1_host; the caller then compares the names itself.
    """
    if _lib is None or not hasattr(_lib, "X509_VERIFY_PARAM_set1_host"):
        return False
    parameters = _lib.SSL_get0_param(connection._ssl)
    try:
        address = _packed_address(host)
    except ValueError:
        name = host.encode("ascii")
        return bool(_lib.X509_VERIFY_PARAM_set1_host(parameters, name, len(name)) == 1)
    return bool(_lib.X509_VERIFY_PARAM_set1_ip(parameters, address, len(address)) == 1)


def _packed_address(host: str) -> bytes:
    import ipaddress

    return ipaddress.ip_address(host).packed


def limit_groups(connection: SSL.Connection, groups: str) -> bool:
    """Offer only these key-exchange groups, which makes the ClientHello small; False when it cannot be done."""
    if _lib is None or not hasattr(_lib, "SSL_set1_curves_list"):
        return False
    return bool(_lib.SSL_set1_curves_list(connection._ssl, groups.encode("ascii")) == 1)


def request_certificate_after_handshake(connection: SSL.Connection) -> bool:
    """On a TLS 1.3 server: send a post-handshake CertificateRequest; False when the client did not offer it."""
    if _lib is None or not hasattr(_lib, "SSL_verify_client_post_handshake"):
        return False
    if _lib.SSL_verify_client_post_handshake(connection._ssl) == 1:
        return True
    _lib.ERR_clear_error()
    return False


def share_trust(context: SSL.Context, filled: SSL.Context) -> bool:
    """Let ``context`` trust what ``filled`` trusts, without reading hundreds of roots again; False when it cannot."""
    if _lib is None or not hasattr(_lib, "SSL_CTX_set_cert_store") or not hasattr(_lib, "X509_STORE_up_ref"):
        return False
    store = _lib.SSL_CTX_get_cert_store(filled._context)
    _lib.X509_STORE_up_ref(store)
    _lib.SSL_CTX_set_cert_store(context._context, store)
    return True


def version_text() -> str:
    """Return the text of the OpenSSL that is really used, for example ``OpenSSL 4.0.3 29 Sep 2026``."""
    text = SSL.SSLeay_version(SSL.SSLEAY_VERSION)
    return text.decode("ascii", "replace") if isinstance(text, bytes) else str(text)


if sys.flags.dev_mode and _lib is None:  # pragma: no cover - says in development that every fallback is in use
    sys.stderr.write("pyOpenSSL hides its binding: message callback, PHA and host check fall back\n")
