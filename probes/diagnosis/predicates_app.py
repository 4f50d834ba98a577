"""Predicates about an app that receives the certificate and cannot read it."""

import re

from probes.diagnosis.facts import Facts
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.diagnosis.scope import mine

# What parsers say when they miss the PEM markers: OpenSSL "no start line", cryptography "Unable to load PEM file"
# and "MalformedFraming", Go "failed to find any PEM data", node-forge "Invalid PEM formatted message".
_PEM_WORDS = re.compile(r"\bPEM\b|no start line|BEGIN CERTIFICATE|MalformedFraming|PEM[_ ]", re.IGNORECASE)
_HEX_WORDS = re.compile(r"\bhex|hexadecimal|base.?16|odd.length string|fromhex", re.IGNORECASE)


def header_parsed_as_pem(facts: Facts) -> Result:
    """Hold when the app's own error speaks of PEM and the header is a sound, bare Base64 of the DER certificate.

    App Service forwards Base64 without PEM markers; samples add them before they parse (Microsoft Learn, Configure
    TLS mutual authentication, 2025-05-09).
    """
    fine: list[str] = []
    for seen in facts.seen:
        echo = seen.echo
        if echo is None or echo.certificate is None or not mine(facts.scope, seen.probe):
            continue
        if not echo.parse_error or _HEX_WORDS.search(echo.parse_error):
            fine.append(f"obs:{seen.id}#echo")
        elif echo.certificate.encoding == "base64-der" and not echo.certificate.faults:
            if _PEM_WORDS.search(echo.parse_error):
                return holds(f"obs:{seen.id}#echo.parse_error", f"obs:{seen.id}#echo.certificate.encoding")
        elif echo.certificate.encoding in ("pem", "url-encoded-pem"):
            fine.append(f"obs:{seen.id}#echo.certificate.encoding")
    return refuted(*fine[:2]) if fine else unknown()
