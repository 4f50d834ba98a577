"""Predicates about the value of the certificate header: read in a wrong form, or damaged behind the front end."""

import re

from probes.diagnosis.facts import Facts
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.diagnosis.scope import mine
from probes.model import Observation

# What parsers of hexadecimal text say: Python "non-hexadecimal number found in fromhex()", .NET "not a valid hex
# string" and "additional non-parsable characters", Java's HexFormat "not a hexadecimal digit", Go "encoding/hex:".
_HEX_WORDS = re.compile(r"hex|base.?16|additional non-parsable characters|odd.length string", re.IGNORECASE)
DAMAGES = frozenset(
    {
        "truncated",
        "plus-became-space",
        "url-encoded",
        "url-encoded-twice",
        "folded",
        "doubled",
        "padding-missing",
        "illegal-characters",
        "trailing-data",
    }
)
"""Faults of a value that a hop made; the others may come from the way in which an endpoint prints it."""


def _echoes(facts: Facts) -> list[Observation]:
    return [seen for seen in facts.seen if seen.echo and seen.echo.certificate and mine(facts.scope, seen.probe)]


def header_parsed_as_hex(facts: Facts) -> Result:
    """Hold when the app's own error speaks of hexadecimal digits and the header is sound Base64 of the certificate.

    An early sample of ASP.NET Core decoded hex and failed on App Service's header (dotnet/AspNetCore.Docs, pull
    request 17657).
    """
    fine: list[str] = []
    for seen in _echoes(facts):
        assert seen.echo is not None
        assert seen.echo.certificate is not None
        error, value = seen.echo.parse_error, seen.echo.certificate
        if error and _HEX_WORDS.search(error) and value.encoding == "base64-der" and not value.faults:
            return holds(f"obs:{seen.id}#echo.parse_error", f"obs:{seen.id}#echo.certificate.encoding")
        fine.append(f"obs:{seen.id}#echo")
    return refuted(*fine[:2]) if fine else unknown()


def header_damaged(facts: Facts) -> Result:
    """Hold when the value of the certificate header is damaged as the app's code reads it.

    The front end writes Base64 of the DER on one line; whatever else stands there was made behind it, or by the
    endpoint that prints it. So it is certain only where the app itself complains.
    """
    fine: list[str] = []
    for seen in _echoes(facts):
        assert seen.echo is not None
        assert seen.echo.certificate is not None
        if DAMAGES.intersection(seen.echo.certificate.faults):
            evidence = [f"obs:{seen.id}#echo.certificate.faults"]
            evidence += [f"obs:{seen.id}#echo.parse_error"] if seen.echo.parse_error else []
            return holds(*evidence, strength="wire" if seen.echo.parse_error else "settings")
        fine.append(f"obs:{seen.id}#echo.certificate.faults")
    return refuted(*fine[:2]) if fine else unknown()
