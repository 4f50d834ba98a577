"""Names for the texts about the way to the site, its TLS, and who is asked for what."""

import ipaddress
from collections.abc import Iterator

from probes.diagnosis.facts import Facts
from probes.diagnosis.scope import mine
from probes.model import Observation
from probes.personas import CLIENTS

UNNAMED = {
    "addresses": "no address",
    "listed_issuers": "none",
    "own_issuers": "<issuer>",
    "own_suites": "<cipher suites>",
    "works_suite": "<cipher suite>",
    "works_tls": "a newer version",
    "min_tls": "not known",
    "min_suite": "not known",
    "alert": "<alert>",
    "forged_on": "<path>",
    "echo_path": "/debug",
}
"""What stands where a name is not known."""
UNABLE = ", ".join(one.title for one in CLIENTS.values() if not one.renegotiates)
"""The clients that refuse a renegotiation unless they are told otherwise."""
GENERIC = UNNAMED | {
    "own_tls": "<version>",
    "unreachable_hint": "See a case for which of these it is.",
    "unable_to_renegotiate": UNABLE,
}

_LISTED = 6


def outside(facts: Facts) -> dict[str, str | None]:
    """Return the names that came from outside; None where one is not known."""
    config = facts.case.configuration
    return {
        "addresses": ", ".join(_addresses(facts)) or None,
        "listed_issuers": "; ".join(list(_listed(facts))[:_LISTED]) or None,
        "own_issuers": "; ".join(facts.case.credential.issuers) or facts.case.credential.issuer,
        "own_suites": next((seen.probe.ciphers for seen in facts.where("own-get") if seen.probe.ciphers), None),
        "works_suite": next((seen.tls.cipher for seen in _there(facts) if seen.tls and seen.tls.cipher), None),
        "works_tls": next((seen.tls.version for seen in _there(facts) if seen.tls and seen.tls.version), None),
        "min_tls": config.min_tls_version,
        "min_suite": config.min_tls_cipher_suite,
        "alert": next((_alert(seen) for seen in facts.where("own-get") if _alert(seen)), None),
        "echo_path": next((seen.probe.path for seen in facts.where("debug")), None),
        "forged_on": ", ".join(seen.probe.path for seen in facts.where("canary") if _through(seen)) or None,
    }


def own(facts: Facts) -> dict[str, str]:
    """Return the words that are ours."""
    limited = [*facts.where("own-get"), *facts.where("client-get")]
    versions = [seen.probe.tls for seen in limited if seen.probe.tls != "free"]
    return {
        "own_tls": versions[0] if versions else "1.3",
        "unreachable_hint": _hint(facts),
        "unable_to_renegotiate": UNABLE,
    }


def _there(facts: Facts) -> list[Observation]:
    """Return what was seen at the target; a probe that was answered in front."""
    there = [seen for seen in facts.seen if seen.probe.origin == facts.scope.origin]
    return sorted(there, key=lambda seen: seen.outcome != "response")


def _addresses(facts: Facts) -> tuple[str, ...]:
    return next((seen.connection.addresses for seen in _there(facts) if seen.connection), ())


def _listed(facts: Facts) -> Iterator[str]:
    known = set()
    for seen in facts.seen:
        for one in seen.tls.certificate_requests if seen.tls and mine(facts.scope, seen.probe) else ():
            for name in one.issuers:
                if name not in known:
                    known.add(name)
                    yield name


def _alert(seen: Observation) -> str | None:
    alerts = seen.tls.alerts if seen.tls else ()
    return next((one.name for one in alerts if one.direction == "received" and one.level == "fatal"), None)


def _through(seen: Observation) -> bool:
    return seen.echo is not None and seen.echo.certificate is not None and bool(seen.echo.certificate.matches_sent)


def _hint(facts: Facts) -> str:
    """Return what the names and addresses themselves say about why nobody answers."""
    canonical = next((s.connection.canonical_name for s in _there(facts) if s.connection), None) or ""
    if any(seen.outcome == "dns-failure" for seen in _there(facts)):
        return "The name has no address here: it is misspelt, deleted, or known to another network's DNS only."
    private = [address for address in _addresses(facts) if _is_private(address)]
    if ".privatelink." in f".{canonical.lower()}":
        where = "a private address" if private else "a public address, so the private DNS zone is not used here"
        return f"The name goes through a private endpoint (privatelink), and leads to {where}."
    if private:
        return "The address is a private one: it can be reached only from inside its network or over a VPN."
    kinds = {seen.error.kind for seen in _there(facts) if seen.error}
    if "refused" in kinds:
        return "The address is there and refuses: nobody listens at that port, or a firewall says so."
    return "Nothing came back: mostly a firewall or a route, not the site."


def _is_private(address: str) -> bool:
    """Whether an address is of RFC 1918 or RFC 4193; a loopback address is this machine itself."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return parsed.is_private and not parsed.is_loopback and not parsed.is_link_local
