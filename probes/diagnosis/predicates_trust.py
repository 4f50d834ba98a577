"""Predicates of gate 0: why the server's certificate does not verify, each reason told apart."""

from probes.diagnosis.facts import Facts
from probes.diagnosis.result import Result, holds, refuted, unknown

# X509_V_ERR numbers of OpenSSL (include/openssl/x509_vfy.h): 9 not yet valid, 10 expired, 13 and 14 malformed dates,
# 62 host name mismatch, 63 e-mail mismatch, 64 IP address mismatch. Every other number is a chain that leads nowhere.
DATES = frozenset({9, 10, 13, 14})
NAMES = frozenset({62, 63, 64})

GATE = ("server-certificate-wrong-host", "server-certificate-untrusted", "server-certificate-expired")
"""The findings that come before every other one, in the order of their ranks."""


def _reason(code: int) -> str:
    if code in DATES:
        return "server-certificate-expired"
    return "server-certificate-wrong-host" if code in NAMES else "server-certificate-untrusted"


def server_fault(facts: Facts, slug: str) -> Result:
    """Say whether connections to the target met the fault ``slug``, one of ``GATE``."""
    good: list[str] = []
    bad: list[str] = []
    for seen in facts.seen:
        verification = seen.tls.verification if seen.tls else None
        if verification is None or seen.probe.origin != facts.scope.origin:
            continue
        errors = {_reason(error.code) for error in verification.errors}
        if not verification.ok and not errors:
            errors = {"server-certificate-untrusted"}
        (bad if slug in errors else good).append(f"obs:{seen.id}#tls.verification")
    if bad:
        # Front ends that differ: some connections verified. It is true, but not of every connection.
        return holds(*bad[:3], strength="settings" if good else "wire")
    return refuted(*good[:3]) if good else unknown()


def server_certificate_expired(facts: Facts) -> Result:
    """Hold when the server's chain is past its last day, or before its first."""
    return server_fault(facts, "server-certificate-expired")


def server_certificate_wrong_host(facts: Facts) -> Result:
    """Hold when the server's certificate is not for the name that was asked for."""
    return server_fault(facts, "server-certificate-wrong-host")


def server_certificate_untrusted(facts: Facts) -> Result:
    """Hold when the server's chain leads to no root that is trusted here."""
    return server_fault(facts, "server-certificate-untrusted")
