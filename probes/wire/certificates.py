"""Reads the server's certificate into values: names, dates, thumbprint; and compares host names."""

import ipaddress
from functools import lru_cache

from cryptography import x509
from cryptography.x509.oid import NameOID

from probes.certificate import der_of, name_text, quietly, thumbprints, utc_text
from probes.model import ServerCertificate
from probes.printable import printable

_CHAIN_KEPT = 10


def server_certificate(leaf: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> ServerCertificate:
    """Return the values of the leaf and the subjects of what was sent with it."""
    return _read(der_of(leaf), tuple(_name(other.subject) for other in chain[:_CHAIN_KEPT]))


@lru_cache(maxsize=64)
def _read(der: bytes, chain: tuple[str, ...]) -> ServerCertificate:
    with quietly():
        leaf = x509.load_der_x509_certificate(der)
        return ServerCertificate(
            subject=_name(leaf.subject),
            issuer=_name(leaf.issuer),
            not_before=utc_text(leaf.not_valid_before_utc),
            not_after=utc_text(leaf.not_valid_after_utc),
            san=tuple(printable(name, limit=260) for name in alternative_names(leaf)[:100]),
            thumbprint_sha1=thumbprints(der)[0],
            thumbprint_sha256=thumbprints(der)[1],
            chain=chain,
        )


def _name(name: x509.Name) -> str:
    try:
        return name_text(name)
    except ValueError:
        return "unreadable"


def alternative_names(leaf: x509.Certificate) -> list[str]:
    """Return DNS names and addresses of the subject alternative names; empty when there are none or unreadable."""
    try:
        extension = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError, x509.DuplicateExtension):
        return []
    names = [str(name) for name in extension.get_values_for_type(x509.DNSName)]
    return names + [str(address) for address in extension.get_values_for_type(x509.IPAddress)]


def matches_host(leaf: x509.Certificate, host: str) -> bool:
    """Say whether the certificate is for ``host`` (RFC 9525 section 6: exact, or one wildcard as the first label).

    The common name counts only where there is no alternative name, as OpenSSL does it.
    """
    names = alternative_names(leaf) or [
        str(attribute.value) for attribute in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    ]
    wanted = host.lower().rstrip(".")
    if is_address(host):
        return any(is_address(name) and ipaddress.ip_address(name) == ipaddress.ip_address(host) for name in names)
    parent = wanted.partition(".")[2]
    return any(name.lower() == wanted or (parent != "" and name.lower() == f"*.{parent}") for name in names)


def is_address(host: str) -> bool:
    """Say whether ``host`` is an IP literal, which has no place in SNI (RFC 6066 section 3)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
