"""What can be wrong with a forwarded certificate's value: the stable words, and what each means."""

from types import MappingProxyType
from typing import NamedTuple


class Meaning(NamedTuple):
    """One fault in words: what happened to the value, and what to do about it."""

    what: str
    todo: str


FAULTS = MappingProxyType(
    {
        "empty": Meaning(
            "the header is there and holds nothing",
            "find out who sets it: no certificate was sent, or a proxy cleared it",
        ),
        "placeholder": Meaning(
            "the header holds a word for nothing, such as (null)",
            "whoever sets the header had no certificate: look at the TLS side of that proxy",
        ),
        "too-long": Meaning(
            "the value is longer than 256 KiB and was read only up to there",
            "give the value of the one header",
        ),
        "quoted": Meaning(
            "quotation marks stand around the value",
            "remove them where the header is set or logged; a decoder refuses them",
        ),
        "folded": Meaning(
            "the value is folded over several lines, which HTTP no longer allows (RFC 9112 section 5.2)",
            "send the value on one line; many servers cut it at the first line end",
        ),
        "escaped-line-breaks": Meaning(
            "line breaks are written as the two characters \\n",
            "turn \\n into line feeds before parsing, or send the value without them",
        ),
        "json-escaped": Meaning(
            "JSON's escapes stand in the value (\\u002B for +, \\/ for /)",
            "let a JSON parser read the text that it was copied from",
        ),
        "html-escaped": Meaning(
            "HTML's escapes stand in the value (&#43; for +)",
            "copy the value from the page as it is shown, or unescape it first",
        ),
        "plus-became-space": Meaning(
            "+ became a space: the value passed through a form decoder",
            "use a URL decoder that leaves + alone, or none: X-ARR-ClientCert is not URL-encoded",
        ),
        "url-encoded": Meaning(
            "the Base64 is URL-encoded (%2B, %2F, %3D)",
            "URL-decode it once before decoding the Base64, or stop whoever encodes it",
        ),
        "url-encoded-twice": Meaning(
            "the value is URL-encoded twice (%252B)",
            "one of two proxies must stop encoding; until then decode twice",
        ),
        "base64url": Meaning(
            "the Base64 uses - and _ instead of + and / (RFC 4648 section 5)",
            "use a base64url decoder, or translate the two characters first",
        ),
        "padding-missing": Meaning(
            "the = at the end is gone: a parser that splits at = took it",
            "take all that stands after the first separator, or add = up to a multiple of four",
        ),
        "illegal-characters": Meaning(
            "characters stand in the value that Base64 does not have",
            "compare the value hop by hop: something rewrote it",
        ),
        "truncated": Meaning(
            "the value is cut off: the certificate is longer than what arrived",
            "raise the header size limit of the hop that cuts it, or look at the field that it was copied from",
        ),
        "doubled": Meaning(
            "the value stands there twice",
            "two hops add the header: let one replace it instead of adding it",
        ),
        "two-certificates": Meaning(
            "more than one certificate stands in the value; the first was read",
            "read only the first, or let one hop alone set the header",
        ),
        "trailing-data": Meaning(
            "more bytes follow the certificate",
            "cut the value at the end of the certificate; something was appended to it",
        ),
        "malformed": Meaning(
            "all bytes are there, but a strict X.509 parser refuses them",
            "compare with the certificate that was sent; if they are equal, have it issued again",
        ),
        "thumbprint-only": Meaning(
            "the value is a thumbprint, not a certificate",
            "let the proxy forward the certificate, or compare this thumbprint only",
        ),
        "subject-only": Meaning(
            "the value is a subject name, not a certificate",
            "let the proxy forward the certificate itself",
        ),
        "hash-only": Meaning(
            "the element names the certificate by its hash and leaves the certificate out",
            "let Envoy add it: set_current_client_cert_details with cert: true",
        ),
        "hash-mismatch": Meaning(
            "the element's Hash is not the SHA-256 of its certificate",
            "somebody changed one of the two: do not trust this header",
        ),
        "private-key": Meaning(
            "the value holds a private key",
            "take it out of circulation now: revoke the certificate and make a new key",
        ),
        "certificate-request": Meaning(
            "the value is a certificate request, not a certificate",
            "give the client the certificate that was issued for it",
        ),
        "not-a-certificate": Meaning(
            "the value could not be read as a certificate in any known encoding",
            "look at the raw value and at who sets the header",
        ),
        "no-certificate-found": Meaning(
            "nothing in the input looks like a forwarded certificate",
            "give the header's value, a header dump, or the answer of a debug endpoint",
        ),
    }
)
"""Every word that ``ForwardedCertificate.faults`` may hold, in the order in which they are reported.

A value in a form that a known front end writes has no fault: Base64 of the DER in one line (App Service), PEM with
or without its line breaks (Apache httpd, Traefik), URL-encoded PEM (nginx, AWS), hex, Envoy's XFCC, RFC 9440.
"""

CONCLUSIVE = frozenset(
    {"empty", "placeholder", "thumbprint-only", "subject-only", "hash-only", "private-key", "certificate-request"}
)
"""Faults that explain by themselves why there is no certificate to read."""


def in_order(words: set[str]) -> tuple[str, ...]:
    """Return the words in the catalogue's order."""
    return tuple(word for word in FAULTS if word in words)
