"""What is asked about: the target, and the facts of the client certificate that was given."""

from typing import Literal

from probes.model.base import Value

CredentialKind = Literal["pfx", "pem", "none"]
CredentialFault = Literal["key-missing", "expired", "not-yet-valid", "no-client-auth", "weak-key", "weak-signature"]
Symptom = Literal[
    "header-missing",
    "handshake-fails",
    "upload-403",
    "always-403",
    "app-refuses",
    "sometimes",
    "slow",
    "gateway-500",
    "http2-tls13",
    "unknown",
]


class Target(Value, frozen=True, kw_only=True):
    """The URL that the user asked about: ``http[s]://host[:port][/path]``, without query secrets."""

    url: str


class CredentialFacts(Value, frozen=True, kw_only=True):
    """What may be told about a client certificate; never the key or its pass phrase.

    Times are ISO 8601 in UTC with a trailing ``Z``; thumbprints are upper-case hex without separators.
    ``chain`` counts the further certificates that are sent along with the leaf, ``issuers`` names the issuer of the
    leaf and of each of them.
    """

    kind: CredentialKind = "none"
    subject: str | None = None
    issuer: str | None = None
    thumbprint_sha1: str | None = None
    thumbprint_sha256: str | None = None
    not_before: str | None = None
    not_after: str | None = None
    key: str | None = None
    eku: tuple[str, ...] = ()
    chain: int = 0
    issuers: tuple[str, ...] = ()
    faults: tuple[CredentialFault, ...] = ()
