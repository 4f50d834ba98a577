"""What the debug app makes of the certificate header, rightly or wrongly, and how it judges the certificate."""

import base64
import binascii

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from probes.lab.judging import Known, complaint
from probes.lab.messages import Request
from probes.lab.state import App, Validator


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """The app's view: no certificate, or an error in its own parser's words, or the certificate."""

    present: bool
    error: str | None = None
    certificate: x509.Certificate | None = None

    def facts(self) -> dict[str, str] | None:
        """Return the certificate's facts as the debug endpoint prints them; None when there is none."""
        if self.certificate is None:
            return None
        return {
            "subject": self.certificate.subject.rfc4514_string(),
            "issuer": self.certificate.issuer.rfc4514_string(),
            "thumbprint": self.certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 - Azure's own
            "notBefore": self.certificate.not_valid_before_utc.isoformat().replace("+00:00", "Z"),
            "notAfter": self.certificate.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
        }


def received(app: App, request: Request) -> Received:
    """Return what the app's own parser makes of the header that it reads."""
    value = request.first(app.reads_header)
    if value is None:
        return Received(present=False)
    try:
        return Received(present=True, certificate=_parse(app, value))
    except (ValueError, binascii.Error) as fault:
        return Received(present=True, error=str(fault)[:300])


def _parse(app: App, value: str) -> x509.Certificate:
    if app.parser == "pem":
        return x509.load_pem_x509_certificate(value.encode("latin-1"))
    if app.parser == "hex":
        return x509.load_der_x509_certificate(bytes.fromhex(value))
    return x509.load_der_x509_certificate(base64.b64decode(value, validate=True))


def refusal(validator: Validator | None, seen: Received, known: Known) -> tuple[int, str] | None:
    """Return status and reason when the app does not accept what it received, None when it does.

    ``known`` are the certificates that the app has of its own.
    """
    if validator is None:
        return None
    if seen.certificate is None:
        return validator.status, seen.error or "no client certificate"
    why = complaint(validator, seen.certificate, known)
    if why is None:
        return None
    return validator.status, why if validator.says_why else "no"
