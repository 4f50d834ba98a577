"""Predicates about the forwarded header itself: the app looks for another one, or anybody can write it."""

from probes.diagnosis.facts import Facts
from probes.diagnosis.result import Result, holds, refuted, unknown
from probes.diagnosis.scope import mine


def app_reads_wrong_header(facts: Facts) -> Result:
    """Hold when the certificate header reached the app and the app says by itself that it has no certificate.

    The front end's header is X-ARR-ClientCert (Microsoft Learn, Configure TLS mutual authentication, 2025-05-09);
    ASP.NET Core by itself reads X-Client-Cert (dotnet/aspnetcore, CertificateForwardingOptions).
    """
    sees: list[str] = []
    for seen in facts.seen:
        echo = seen.echo
        if echo is None or not mine(facts.scope, seen.probe):
            continue
        arrived = echo.certificate is not None and "empty" not in echo.certificate.faults
        if echo.says_none and arrived and not echo.parse_error:
            return holds(f"obs:{seen.id}#echo.says_none", f"obs:{seen.id}#echo.certificate")
        if echo.says_none is False or echo.parse_error or not arrived:
            sees.append(f"obs:{seen.id}#echo")
    return refuted(*sees[:2]) if sees else unknown()


def header_forgeable(facts: Facts) -> Result:
    """Hold when a certificate that was only claimed in the caller's own X-ARR-ClientCert reached the app.

    Nothing documents that the front end takes a caller's own header away.
    """
    sent = facts.where("canary")
    through = [
        f"obs:{seen.id}#echo.certificate"
        for seen in sent
        if seen.echo and seen.echo.certificate and seen.echo.certificate.matches_sent
    ]
    if through:
        return holds(*through[:3])
    stopped = [f"obs:{seen.id}#echo" for seen in sent if seen.echo is not None or seen.judged.reached_app == "no"]
    return refuted(*stopped[:3]) if stopped else unknown()
