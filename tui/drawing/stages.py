"""What is known in the stages that have no page of their own: configuration, certificate, report."""

from probes.model import Case
from tui.drawing.frame import settings_read, stage_states
from tui.drawing.parts import Line, wrap
from tui.drawing.words import common_name, count, day, setting_value
from tui.store import Store


def told(store: Store, stage: int, width: int) -> list[Line]:
    """Return what is known in stage 1, 3 or 5, in ``width`` cells."""
    if store.case is None:
        return []
    words = {1: _configuration, 3: _certificate, 5: _report}[stage](store.case)
    glyph, _, role = stage_states(store)[stage - 1]
    lines = wrap(words, width - 2)
    return [((f"{glyph} ", role), *lines[0]), *((("  ", ""), *line) for line in lines[1:])]


def _configuration(case: Case) -> str:
    read = case.configuration
    if read.source == "none":
        return "The settings of the site were not read; what is said rests on the wire alone."
    values = {
        "clientCertEnabled": read.client_cert_enabled,
        "clientCertMode": read.client_cert_mode,
        "clientCertExclusionPaths": read.client_cert_exclusion_paths,
        "httpsOnly": read.https_only,
        "http20Enabled": read.http20_enabled,
        "minTlsVersion": read.min_tls_version,
    }
    said = ", ".join(f"{name} {setting_value(value)}" for name, value in values.items() if value is not None)
    where = "Azure" if read.source == "arm" else "a saved file"
    return f"{count(settings_read(read), 'setting')} read from {where}: {said or 'none of those about certificates'}."


def _certificate(case: Case) -> str:
    given = case.credential
    sent = "No client certificate was given."
    if given.kind != "none":
        sent = (
            f"Given: {common_name(given.subject)}, issued by {given.issuer or 'unknown'}, "
            f"valid until {day(given.not_after)}, SHA-1 thumbprint {given.thumbprint_sha1 or 'unknown'}."
        )
    echoes = [made.echo for made in case.observations if made.echo]
    arrived = next((echo.certificate for echo in echoes if echo.certificate), None)
    if arrived is not None:
        same = {True: "the one that was given", False: "not the one that was given", None: "not known whether ours"}
        faults = f", {', '.join(arrived.faults)}" if arrived.faults else ""
        got = f"The app received {common_name(arrived.subject)} in {arrived.header or 'a header'}: "
        return f"{sent} {got}{same[arrived.matches_sent]}{faults}."
    if echoes:
        return f"{sent} The debug endpoint answered, and no certificate header was among what it returned."
    return f"{sent} What the app received is not known: no debug endpoint has answered (--debug-path)."


def _report(_: Case) -> str:
    return "No report was written. `mtls-triage diagnose TARGET --json` prints the whole case."
