"""Splits PEM text into its blocks and loads the certificates and keys in them."""

import codecs
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from probes.credential.value import PrivateKey
from probes.errors import CredentialFault, PassPhraseNeeded

CERTIFICATE_LABELS = frozenset({"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
"""RFC 7468 section 5, and OpenSSL's older and extended labels."""
KEY_LABELS = frozenset(
    {"PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"}
)
"""PKCS#8 (RFC 7468 sections 10 and 11) and the traditional forms."""

_BEGIN, _END, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"


@dataclass(frozen=True, repr=False)
class Block:
    """One PEM block: its label and its whole text."""

    label: str
    text: bytes


def plain_bytes(data: bytes) -> bytes:
    """Return the text without a byte order mark; UTF-16, as PowerShell's ``>`` writes it, becomes UTF-8."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace").encode("utf-8", "replace")
    return data.removeprefix(codecs.BOM_UTF8)


def blocks(data: bytes) -> tuple[Block, ...]:
    """Return the complete PEM blocks in order; text around them is skipped. Linear in the size of ``data``."""
    found: list[Block] = []
    start = data.find(_BEGIN)
    while start >= 0:
        label_end = data.find(_DASHES, start + len(_BEGIN), start + 100)
        end = data.find(_END, start)
        if label_end < 0 or end < 0:
            break
        label = data[start + len(_BEGIN) : label_end]
        closing = _END + label + _DASHES
        if data.startswith(closing, end):
            stop = end + len(closing)
            found.append(Block(label.decode("ascii", "replace").strip(), _upright(data[start:stop]) + b"\n"))
        else:
            stop = end + len(_END)
        start = data.find(_BEGIN, stop)
    return tuple(found)


def _upright(text: bytes) -> bytes:
    # Pasted files come with indented lines and old line ends; both are refused by strict parsers.
    return b"\n".join(line.strip() for line in text.replace(b"\r\n", b"\n").split(b"\n"))


def private_key(block: Block, pass_phrase: bytes | None, where: str) -> PrivateKey:
    """Load one private key. ``where`` names the file in errors.

    Raises PassPhraseNeeded when the key is encrypted and the pass phrase is missing or wrong, CredentialFault when
    the key is damaged or of a kind that TLS cannot use.
    """
    return usable(_load(block, pass_phrase, where), where)


def _load(block: Block, pass_phrase: bytes | None, where: str) -> object:
    try:
        return serialization.load_pem_private_key(block.text, pass_phrase or None)
    except TypeError:
        if not pass_phrase:
            raise PassPhraseNeeded(
                f"reading the private key in {where}: it is encrypted and no pass phrase was given; "
                "give it at the prompt or with --cert-password-env VAR"
            ) from None
        return _load(block, None, where)  # the key is not encrypted: the pass phrase is for something else
    except UnsupportedAlgorithm:
        raise _unsupported(where) from None
    except ValueError as why:
        raise _why(block, bool(pass_phrase), str(why).lower(), where) from None


def _unsupported(where: str) -> CredentialFault:
    return CredentialFault(
        f"reading the private key in {where}: its kind or its encryption is not supported; "
        "convert it with: openssl pkcs8 -topk8 -v2 aes256"
    )


def _why(block: Block, phrase_given: bool, reason: str, where: str) -> CredentialFault:
    if "unknown key encryption" in reason or "unknown cipher" in reason:
        return _unsupported(where)
    encrypted = block.label.startswith("ENCRYPTED") or b"ENCRYPTED" in block.text[:200]
    if encrypted and phrase_given:
        return PassPhraseNeeded(
            f"reading the private key in {where}: the pass phrase is wrong, or the key is damaged; "
            "give the pass phrase again"
        )
    return CredentialFault(
        f"reading the private key in {where}: it is damaged, or of a kind that is not supported; "
        "export certificate and key again"
    )


def usable(key: object, where: str) -> PrivateKey:
    """Return the key if TLS client authentication can use its kind; raises CredentialFault otherwise."""
    if isinstance(key, PrivateKey):
        return key
    raise CredentialFault(
        f"reading the private key in {where}: a key of this kind ({type(key).__name__.removesuffix('PrivateKey')}) "
        "cannot authenticate a TLS client; use an RSA, EC or Ed25519 certificate"
    )
