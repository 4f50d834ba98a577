"""Finds the roots that this machine trusts, on Linux, macOS and Windows."""

import os
import ssl
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

# Where Linux distributions and the BSDs keep the bundle of roots.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/openssl/cert.pem",
)
_KEYCHAINS = (
    "/System/Library/Keychains/SystemRootCertificates.keychain",
    "/Library/Keychains/System.keychain",
)
_PEM_END = b"-----END CERTIFICATE-----"


def pem_certificates(data: bytes) -> Iterable[x509.Certificate]:
    """Yield the certificates of a PEM bundle; one that cannot be parsed is left out, the others stay."""
    for part in data.split(_PEM_END)[:-1]:
        begin = part.rfind(b"-----BEGIN CERTIFICATE-----")
        if begin >= 0:
            found = _lenient(x509.load_pem_x509_certificate, part[begin:] + _PEM_END + b"\n")
            if found is not None:
                yield found


def _lenient(load: Callable[[bytes], x509.Certificate], data: bytes) -> x509.Certificate | None:
    # Some roots in real stores break RFC 5280 (a serial number of zero); that is not the user's concern.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            return load(data)
        except ValueError:
            return None


def _der_certificates(stores: Iterable[tuple[bytes, str, Any]]) -> Iterable[x509.Certificate]:
    for data, encoding, _trust in stores:
        found = _lenient(x509.load_der_x509_certificate, data) if encoding == "x509_asn" else None
        if found is not None:
            yield found


def windows_roots(enumerate_store: Callable[[str], Any] | None = None) -> tuple[x509.Certificate, ...]:
    """Return the certificates of the Windows stores ROOT and CA (``ssl.enum_certificates``)."""
    read = enumerate_store or getattr(ssl, "enum_certificates", None)
    if read is None:
        return ()
    return tuple(certificate for name in ("ROOT", "CA") for certificate in _der_certificates(read(name)))


def macos_roots(run: Callable[[list[str]], bytes] | None = None) -> tuple[x509.Certificate, ...]:
    """Return the certificates of the macOS system keychains, read with ``security find-certificate``."""
    command = ["security", "find-certificate", "-a", "-p", *_KEYCHAINS]
    try:
        data = (run or _output)(command)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(pem_certificates(data))


def _output(command: list[str]) -> bytes:
    return subprocess.run(command, capture_output=True, timeout=10, check=True).stdout


def _file_roots() -> tuple[x509.Certificate, ...]:
    # SSL_CERT_FILE replaces the bundle, as it does for OpenSSL itself (SSL_CTX_set_default_verify_paths).
    named = os.environ.get("SSL_CERT_FILE")
    default = ssl.get_default_verify_paths().cafile
    for candidate in (named,) if named else (*_BUNDLES, default):
        if candidate and Path(candidate).is_file():
            try:
                return tuple(pem_certificates(Path(candidate).read_bytes()))
            except OSError:
                continue
    return ()


def machine_roots() -> tuple[x509.Certificate, ...]:
    """Return the roots that this machine's own store trusts; empty when the store cannot be read."""
    # The lab gives its scenarios a store of their own through the variable, so it is part of what is remembered.
    return _machine_roots(os.environ.get("SSL_CERT_FILE"))


@lru_cache(maxsize=2)
def _machine_roots(_named: str | None) -> tuple[x509.Certificate, ...]:
    if sys.platform == "win32":
        return windows_roots()
    if sys.platform == "darwin":
        return macos_roots() or _file_roots()
    return _file_roots()
