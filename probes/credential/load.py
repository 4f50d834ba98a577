"""Loads a client certificate from PEM, DER or PFX files and says plainly why one cannot be used."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from probes.certificate import parse_der
from probes.credential.chain import find_leaf, order
from probes.credential.facts import facts_of
from probes.credential.files import fault, read_once, shown
from probes.credential.pem import CERTIFICATE_LABELS, KEY_LABELS, Block, blocks, plain_bytes, private_key, usable
from probes.credential.pfx import open_pfx
from probes.credential.value import ClientCertificate, PrivateKey
from probes.errors import CredentialFault, PassPhraseNeeded

Form = Literal["pem", "pfx", "der"]
CERTIFICATE, KEY = "the client certificate", "the private key"


@dataclass(frozen=True, repr=False)
class _Contents:
    """What one file holds. Keys in PEM stay unopened until it is known which one is wanted."""

    form: Form
    certificates: tuple[x509.Certificate, ...]
    key_block: Block | None = None
    key: PrivateKey | None = None


def load(
    cert: Path, key: Path | None = None, pass_phrase: bytes | None = None, *, now: datetime | None = None
) -> ClientCertificate:
    """Load a client certificate from one or two files; the files are read once.

    ``cert`` is PEM (leaf, chain in any order, with or without key), a DER certificate or a PFX; ``key`` a PEM or DER
    private key. ``now`` is aware and decides what has expired. What is merely wrong with the certificate stands in
    ``facts.faults``. Raises CredentialFault when it cannot be used, PassPhraseNeeded when a pass phrase is missing
    or wrong; no message holds the pass phrase.
    """
    contents = _contents(cert, pass_phrase)
    if not contents.certificates:
        raise fault(CERTIFICATE, cert, "it holds no certificate", _without_certificate(contents))
    secret = _key_of(cert, contents, key, pass_phrase)
    leaf = find_leaf(contents.certificates, secret.public_key() if secret else None)
    if leaf is None:
        raise CredentialFault(
            f"reading the private key in {shown(key or cert)}: it is the key of another certificate than those in "
            f"{shown(cert)}; give the two that belong together"
        )
    chain = order(leaf, contents.certificates)
    kind: Literal["pem", "pfx"] = "pfx" if contents.form == "pfx" else "pem"
    facts = facts_of(leaf, kind=kind, has_key=secret is not None, chain=chain, now=now or datetime.now(UTC))
    return ClientCertificate(leaf=leaf, chain=chain, key=secret, kind=kind, facts=facts)


def load_certificates(path: Path, pass_phrase: bytes | None = None) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a file, the leaf first; private keys in it are not opened, except in a PFX.

    Raises CredentialFault when there is none, PassPhraseNeeded when a PFX does not open.
    """
    contents = _contents(path, pass_phrase, "the certificates in")
    if not contents.certificates:
        raise fault("the certificates in", path, "it holds no certificate", "give a PEM, CER or PFX file with one")
    leaf = find_leaf(contents.certificates, contents.key.public_key() if contents.key else None)
    leaf = leaf or contents.certificates[0]
    return (leaf, *order(leaf, contents.certificates))


def _without_certificate(contents: _Contents) -> str:
    if contents.key_block or contents.key:
        return "give the certificate with --cert and this private key with --key"
    return "give the file of the certificate"


def _contents(path: Path, pass_phrase: bytes | None, what: str = CERTIFICATE) -> _Contents:
    data = plain_bytes(read_once(path, what))
    found = _take_apart(data, path, pass_phrase, what)
    if found is None and (inner := _unwrapped(data)):
        # Key Vault hands out a PFX as bare base64 (Microsoft Learn, Export certificates from Azure Key Vault).
        found = _take_apart(inner, path, pass_phrase, what)
    if found is None:
        raise fault(what, path, "it is neither PEM nor DER nor PFX", "give the file of the certificate")
    return found


def _take_apart(data: bytes, path: Path, pass_phrase: bytes | None, what: str) -> _Contents | None:
    if b"-----BEGIN " in data:
        return _pem(data, path, what)
    if data[:1] != b"\x30":
        return None
    if _is_pfx(data):
        opened = open_pfx(data, pass_phrase, shown(path))
        return _Contents("pfx", opened.certificates, key=opened.key)
    if certificate := parse_der(data):
        return _Contents("der", (certificate,))
    raise fault(what, path, "it is DER, but no certificate and no PFX", "give the certificate as PEM, CER or PFX")


def _is_pfx(data: bytes) -> bool:
    # PFX ::= SEQUENCE { version INTEGER {v3(3)}, … } (RFC 7292 section 4), its length in any form.
    start = 2 + (data[1] & 0x7F if data[1:2] > b"\x80" else 0)
    return data[start : start + 3] == b"\x02\x01\x03"


def _unwrapped(data: bytes) -> bytes | None:
    try:
        raw = base64.b64decode(b"".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if raw[:1] == b"\x30" else None


def _pem(data: bytes, path: Path, what: str) -> _Contents:
    found = blocks(data)
    labels = {block.label for block in found}
    if not labels:
        raise fault(what, path, "a PEM block in it has no end", "copy the whole file again")
    if not labels & (CERTIFICATE_LABELS | KEY_LABELS):
        raise fault(what, path, *_other_label(labels))
    certificates = tuple(_certificate(block, path) for block in found if block.label in CERTIFICATE_LABELS)
    keys = [block for block in found if block.label in KEY_LABELS]
    if len(keys) > 1:
        raise fault(what, path, f"it holds {len(keys)} private keys", "keep the one that belongs to the certificate")
    return _Contents("pem", certificates, key_block=keys[0] if keys else None)


def _other_label(labels: set[str]) -> tuple[str, str]:
    if any("REQUEST" in label for label in labels):
        return "it is a certificate request, not a certificate", "give the certificate that the CA issued for it"
    if "OPENSSH PRIVATE KEY" in labels:
        return "it is an OpenSSH key", "convert it with: ssh-keygen -p -m PEM -f FILE"
    if any("PKCS7" in label or "CMS" in label for label in labels):
        return "it is PKCS #7, which holds no key", "convert it with: openssl pkcs7 -print_certs"
    return "it holds no certificate and no private key", "give the PEM, PFX or CER file of the certificate"


def _certificate(block: Block, path: Path) -> x509.Certificate:
    body = b"".join(block.text.split(b"\n")[1:-2])
    try:
        der = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        der = b""
    if block.label == "TRUSTED CERTIFICATE" and (size := _first_element(der)):
        der = der[:size]  # OpenSSL appends its trust settings to the certificate
    certificate = parse_der(der)
    if certificate is None:
        raise fault(CERTIFICATE, path, "a certificate in it is damaged", "export it again")
    return certificate


def _first_element(der: bytes) -> int:
    if len(der) < 6 or der[1] < 0x81 or der[1] > 0x84:
        return 0
    count = der[1] & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")


def _key_of(cert: Path, contents: _Contents, key: Path | None, pass_phrase: bytes | None) -> PrivateKey | None:
    if key is not None:
        return _key_file(key, pass_phrase)
    if contents.key_block:
        return private_key(contents.key_block, pass_phrase, shown(cert))
    return contents.key


def _key_file(path: Path, pass_phrase: bytes | None) -> PrivateKey:
    data = plain_bytes(read_once(path, KEY))
    if b"-----BEGIN " in data:
        keys = [block for block in blocks(data) if block.label in KEY_LABELS]
        if len(keys) == 1:
            return private_key(keys[0], pass_phrase, shown(path))
        labels = {block.label for block in blocks(data)}
        saw, todo = _other_label(labels - CERTIFICATE_LABELS)
        raise fault(KEY, path, f"it holds {len(keys)} private keys" if keys else saw, todo)
    if data[:1] == b"\x30" and _is_pfx(data):
        raise fault(KEY, path, "it is a PFX", "give it with --cert, without --key")
    return _der_key(data, pass_phrase, path)


def _der_key(data: bytes, pass_phrase: bytes | None, path: Path) -> PrivateKey:
    try:
        return usable(serialization.load_der_private_key(data, pass_phrase or None), shown(path))
    except TypeError:
        if pass_phrase:
            return _der_key(data, None, path)
        raise PassPhraseNeeded(
            f"reading the private key in {shown(path)}: it is encrypted and no pass phrase was given; "
            "give it at the prompt or with --cert-password-env VAR"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise fault(
            KEY, path, "it is no private key, damaged, or the pass phrase is wrong", "give the key as PEM"
        ) from None
