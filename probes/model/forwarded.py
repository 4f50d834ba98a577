"""What an app received of the client certificate, field by field."""

from typing import Literal

import msgspec

from probes.model.base import Value

Encoding = Literal["base64-der", "pem", "url-encoded-pem", "hex", "xfcc", "rfc9440"]


class Check(Value, frozen=True, kw_only=True):
    """One rule of a validator: what it saw, what it wanted; ``ok`` None could not be checked."""

    rule: str
    ok: bool | None
    saw: str | None = None
    wanted: str | None = None


class ForwardedCertificate(Value, frozen=True, kw_only=True):
    """A client certificate as it stood in a header; fields that could not be read are None.

    Thumbprints are upper-case hex without separators; times are ISO 8601 in UTC with ``Z``; ``serial`` is
    upper-case hex. ``faults`` names what is wrong with the header's value. ``matches_sent`` compares the
    SHA-256 thumbprint with the certificate that was sent; None when it is not known what was sent. An empty
    ``san`` or ``eku`` says that the certificate has none.
    """

    header: str | None = None
    encoding: Encoding | None = None
    faults: tuple[str, ...] = ()
    matches_sent: bool | None = None
    subject: str | None = None
    issuer: str | None = None
    serial: str | None = None
    thumbprint_sha1: str | None = None
    thumbprint_sha256: str | None = None
    not_before: str | None = None
    not_after: str | None = None
    san: tuple[str, ...] | None = None
    eku: tuple[str, ...] | None = None
    key: str | None = None
    signature: str | None = None


class DecodeResult(ForwardedCertificate, frozen=True, kw_only=True):
    """A decoded certificate with the rules it was checked against, as ``decode --json`` prints it."""

    checks: tuple[Check, ...] = ()


class Echo(Value, frozen=True, kw_only=True):
    """What a debug endpoint returned: the headers that the app received, and the certificate in them.

    ``headers`` holds the names as the endpoint printed them; secrets are redacted, certificate headers are
    whole. ``parse_error`` is an error that the endpoint itself reported about the certificate. ``says_none`` is
    whether it said by itself that the request had no certificate; None when it said nothing of that.
    """

    headers: dict[str, str] = msgspec.field(default_factory=dict)
    certificate: ForwardedCertificate | None = None
    parse_error: str | None = None
    says_none: bool | None = None
