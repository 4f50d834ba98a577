"""The names of the user's own case that the texts of the findings are filled with."""

import re
import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

from probes.diagnosis import names_path
from probes.diagnosis.clients import clients
from probes.diagnosis.facts import Facts, asked
from probes.diagnosis.names_app import UNNAMED_APP, app_names
from probes.diagnosis.predicates_header import asked_after_handshake
from probes.diagnosis.predicates_path import tls_inspection_proxy
from probes.diagnosis.predicates_trust import GATE, server_fault
from probes.diagnosis.unknowns import unknowns
from probes.hosts import DEFAULT_SUFFIXES
from probes.model import Value
from probes.paths import matching_exclusion
from probes.personas import CLIENTS
from probes.plan import LARGE_BYTES
from probes.printable import printable

_LIMIT = 300
_TLS13_CONTRAST = (
    "On TLS 1.2 your request was asked for a certificate; on TLS 1.3, which your client and the site choose when "
    "left to themselves, it never was."
)

UNNAMED = {
    "site": "<site-name>",
    "resource_group": "<resource-group>",
    "excluded_paths": "<exclusion-paths>",
    "excluding_path": "<exclusion-path>",
    "remaining_paths": "<remaining-paths>",
    "mode": "<mode>",
    "client": "your client",
    "subject": "<subject>",
    "server_subject": "<subject>",
    "server_issuer": "<issuer>",
    "server_until": "<last day>",
    "server_names": "<names>",
    "parse_error": "<the app's own words>",
    "error": "no error was noted",
    "hit": "not computed yet",
    "worse": "none that is known",
    "spared": "none that is known",
    **UNNAMED_APP,
    **names_path.UNNAMED,
}
"""What stands where a name is not known."""

_RESULTS = ("fails", "fails-at-any-size", "works-if", "works")
"""What a client may be told; the worst is told apart, because no advice about large bodies helps there."""
PORTAL_MODE = {"Required": "Require", "Optional": "Allow", "OptionalInteractiveUser": "Optional"}
"""ARM's mode and the label of the portal of 2022 to 2024 (Azure/azure-functions-ux, ClientCert.tsx, 2024-10-24)."""


GENERIC = (
    UNNAMED
    | names_path.GENERIC
    | {
        "mode": "<mode>",
        "portal_mode": "<label>",
        "slot_option": "",
        "as_option": "",
        "late_setting": "the mode OptionalInteractiveUser or a certificate exclusion path",
        "tls13_contrast": _TLS13_CONTRAST,
        "refusal": "403",
        "large_bytes": str(LARGE_BYTES),
        "fix_mode": "Required",
        "fix_portal_mode": "Require",
        "lost_exemption": "callers of exempt paths are asked for a certificate too.",
        "fix_set": "clientCertMode=Required clientCertExclusionPaths=",
        "hit": "see the clients of a case",
        "worse": "see the clients of a case",
        "depends": "see the clients of a case",
        "spared": "see the clients of a case",
        "missing_evidence": "- see a case",
    }
)
"""What stands for every placeholder where there is no case at all; the others are written ``<name>``."""


class Names(Value, frozen=True, kw_only=True):
    """What the placeholders stand for. ``outside`` came from outside and is quoted in commands; ``own`` is ours."""

    outside: Mapping[str, str]
    own: Mapping[str, str]


def names_of(facts: Facts) -> Names:
    """Return the names of one case; every value is printable, on one line, and at most 300 characters long."""
    parts = urlsplit(facts.case.target.url)
    config, run = facts.case.configuration, facts.case.run
    paths = config.client_cert_exclusion_paths
    outside: dict[str, str | None] = {
        "target": facts.case.target.url,
        "host": parts.hostname,
        "path": facts.scope.path,
        "https_target": re.sub(r"^http:", "https:", facts.case.target.url),
        "site": (config.name or "").partition("/")[0] or _site_in(parts.hostname or ""),
        "resource_group": config.resource_group,
        "excluded_paths": ";".join(paths) if paths else None,
        "excluding_path": (freeing := matching_exclusion(facts.scope.path, paths or ())),
        "remaining_paths": None if paths is None else ";".join(entry for entry in paths if entry != freeing),
        "upload_target": _upload_target(facts),
        "mode": config.client_cert_mode,
        "subject": facts.case.credential.subject,
        "parse_error": next((s.echo.parse_error for s in facts.seen if s.echo and s.echo.parse_error), None),
        "error": next((f"{s.outcome}: {s.error.message}" for s in facts.seen if s.error), None),
        **_server(facts),
        **names_path.outside(facts),
        **app_names(facts),
    }
    outside["client"] = facts.client.title if facts.client else run.client
    cleaned = {
        name: printable(UNNAMED.get(name, "?") if value is None else value, limit=_LIMIT)
        for name, value in outside.items()
    }
    return Names(outside=cleaned, own=_own(facts))


def _upload_target(facts: Facts) -> str:
    sent = next((seen.probe for seen in facts.where("own-large")), None)
    if sent is not None:
        return sent.origin.removesuffix(":443") + sent.path
    return facts.case.target.url.partition("?")[0].rstrip("/") + "/mtls-triage-check"


def _site_in(host: str) -> str | None:
    suffix = next((one for one in DEFAULT_SUFFIXES if host.lower().endswith(one)), None)
    # Newer default names have the region before the suffix.
    found = re.fullmatch(r"([a-z0-9-]+)(?:\.[a-z0-9-]+)?", host.lower().removesuffix(suffix)) if suffix else None
    return found.group(1) if found else None


def _server(facts: Facts) -> dict[str, str | None]:
    leaf = next(
        (
            s.tls.server_certificate
            for s in facts.seen
            if s.tls and s.tls.server_certificate and s.probe.origin == facts.scope.origin
        ),
        None,
    )
    if leaf is None:
        return dict.fromkeys(("server_subject", "server_issuer", "server_until", "server_names"))
    dates = f"{leaf.not_before or '?'} to {leaf.not_after or '?'}"
    return {
        "server_subject": leaf.subject,
        "server_issuer": leaf.issuer,
        "server_until": dates,
        "server_names": ", ".join(leaf.san[:6]) or leaf.subject,
    }


def _own(facts: Facts) -> dict[str, str]:
    config = facts.case.configuration
    suspended = any(server_fault(facts, slug).holds for slug in GATE) and not facts.case.run.insecure
    suspended = suspended or tls_inspection_proxy(facts).holds
    lines = clients(facts, suspended=suspended)
    titles = {name: [CLIENTS[line.name].title for line in lines if line.result == name] for name in _RESULTS}
    hit, worse, depends, spared = (", ".join(titles[name]) for name in _RESULTS)
    sizes = [seen.probe.body_bytes for seen in facts.where("own-large")]
    mode = (
        "Optional" if config.client_cert_mode == "OptionalInteractiveUser" else config.client_cert_mode or "Required"
    )
    return {
        "slot_option": f" --slot {shlex.quote(slot)}" if (slot := (config.name or "").partition("/")[2]) else "",
        "as_option": f" --as {facts.client.name}" if facts.client else "",
        "hit": hit or (UNNAMED["hit"] if not worse else UNNAMED["spared"]),
        "worse": worse or UNNAMED["worse"],
        "depends": depends or UNNAMED["spared"],
        "spared": spared or UNNAMED["spared"],
        "large_bytes": str(max(sizes, default=LARGE_BYTES)),
        "refusal": next((str(seen.status) for seen in facts.where("own-large") if seen.status), "403"),
        "late_setting": _late_setting(facts),
        "tls13_contrast": _tls13_contrast(facts),
        "fix_mode": mode,
        "fix_portal_mode": PORTAL_MODE[mode],
        "portal_mode": PORTAL_MODE.get(config.client_cert_mode or "", "not known"),
        "fix_set": _fix_set(facts),
        "lost_exemption": _lost_exemption(facts),
        "missing_evidence": _missing(facts),
        **names_path.own(facts),
    }


def _late_setting(facts: Facts) -> str:
    config = facts.case.configuration
    if facts.settings_late.value is None or config.source == "none":
        return (
            "one of two settings: the mode OptionalInteractiveUser, or a certificate exclusion path "
            "(the settings were not read, so it is not known which)"
        )
    found = []
    if config.client_cert_mode == "OptionalInteractiveUser":
        found.append("the client certificate mode OptionalInteractiveUser")
    if config.client_cert_exclusion_paths:
        found.append("the certificate exclusion paths")
    return " and ".join(found) or "a setting that the settings which were read do not show"


def _tls13_contrast(facts: Facts) -> str:
    here = facts.where("here")
    if any(asked(seen) == "renegotiation" for seen in here):
        return _TLS13_CONTRAST
    if asked_after_handshake(facts):
        return (
            "The request was asked for a certificate on TLS 1.3 where post-handshake authentication was offered; "
            "your client does not offer it, and is never asked."
        )
    return "On TLS 1.3 your request was never asked for a certificate; the site speaks nothing older to compare with."


def _lost_exemption(facts: Facts) -> str:
    paths = facts.case.configuration.client_cert_exclusion_paths
    if paths == ():
        return "none from exclusion paths, since there are none."
    which = "any exempt paths" if paths is None else f"the exempt paths ({';'.join(paths)})"
    return printable(
        f"callers of {which} are asked for a certificate too; under Required they get 403 without one. That hits "
        "health probes first.",
        limit=_LIMIT * 2,
    )


def _fix_set(facts: Facts) -> str:
    config = facts.case.configuration
    changes = []
    if config.client_cert_mode in (None, "OptionalInteractiveUser"):
        changes.append("clientCertMode=Optional" if config.client_cert_mode else "clientCertMode=Required")
    if config.client_cert_exclusion_paths is None or config.client_cert_exclusion_paths:
        changes.append("clientCertExclusionPaths=")
    return " ".join(changes) or "clientCertMode=Required clientCertExclusionPaths="


def _missing(facts: Facts) -> str:
    lines = [f"- {printable(line.what, limit=_LIMIT)}: {line.how_to_get}" for line in unknowns(facts.case)[:6]]
    return "\n".join(lines) or "- nothing that the tool can still ask for by itself"
