"""What was not learned about a case, why, and how to learn it; "could not check" is never "no"."""

from collections.abc import Callable, Iterator

from probes.diagnosis.facts import Facts, last_attempts
from probes.diagnosis.predicates_path import tls_inspection_proxy
from probes.diagnosis.predicates_size import large_problem
from probes.diagnosis.unknowns_transport import transport
from probes.model import Case, Unknown
from probes.personas import CLIENTS

_SITE = "az webapp show --resource-group <resource-group> --name <site-name> > site.json, then --config site.json"
_READ = (
    ("client_cert_enabled", "whether client certificates are switched on (clientCertEnabled)"),
    ("client_cert_mode", "the client certificate mode (clientCertMode)"),
    ("client_cert_exclusion_paths", "the certificate exclusion paths (clientCertExclusionPaths)"),
)
_BEHIND_PROXY = (
    Unknown(
        what="anything about the site itself: it was a proxy that answered",
        why="not-observable",
        how_to_get="run it again from another network, or from a machine whose connections are not opened",
    ),
    Unknown(
        what="which proxy on the way it is: --proxy and HTTPS_PROXY are obeyed, a proxy script (PAC) is not read",
        why="not-observable",
        how_to_get="ask who runs the network; the issuer of the certificate that was shown may name the product",
    ),
)


def unknowns(case: Case) -> tuple[Unknown, ...]:
    """Return everything that bears on client certificates and was not checked."""
    facts = Facts(case)
    if tls_inspection_proxy(facts).holds:
        return (*_BEHIND_PROXY, *_settings(facts))
    parts: tuple[Callable[[Facts], Iterator[Unknown]], ...] = (
        _network,
        _settings,
        _app,
        _uploads,
        _protocols,
        _client,
        transport,
    )
    found = [line for part in parts for line in part(facts)]
    found += _not_run(case)
    return tuple(dict.fromkeys(found))


def _network(facts: Facts) -> Iterator[Unknown]:
    there = [seen for seen in facts.seen if seen.probe.origin == facts.scope.origin]
    if not there:
        yield Unknown(what="what the site does", why="not-run", how_to_get="send the plan's probes")
        return
    if all(seen.outcome != "response" for seen in there):
        said = next((seen.error.message for seen in there if seen.error), there[0].outcome)
        what = f"what the site does: no request got an answer ({said})"
        how = "check the name, the port, the proxy (--proxy) and the network, or try from another machine"
        yield Unknown(what=what, why="not-observable", how_to_get=how)


def _settings(facts: Facts) -> Iterator[Unknown]:
    config = facts.case.configuration
    missing = [words for field, words in _READ if getattr(config, field) is None]
    if facts.settings_late.value is None and large_problem(facts).holds:
        what = (
            "which setting makes the site ask after the request: the mode OptionalInteractiveUser, an exclusion "
            "path, or none of them and an older front end"
        )
        yield Unknown(what=what, why="not-run", how_to_get=_SITE)
    elif config.source == "none":
        yield Unknown(what="the site's settings", why="not-run", how_to_get=_SITE)
    else:
        for words in missing:
            yield Unknown(what=words, why="not-observable", how_to_get=_SITE)


def _app(facts: Facts) -> Iterator[Unknown]:
    if not facts.scope.https:
        return
    if facts.forwarded.value is None:
        asked = facts.where("debug")
        what = "whether the app receives the certificate, and whether it can read it"
        how = "give --debug-path PATH of an endpoint that returns the headers that the app received"
        if facts.case.run.symptom != "unknown":
            how += ", with --symptom header-missing or without a symptom"
        if asked:
            what += ": the debug endpoint did not return its headers"
        yield Unknown(what=what, why="not-observable" if asked else "not-run", how_to_get=how)
    for fault in facts.case.credential.faults:
        if fault != "key-missing":
            what = f"whether the app accepts a certificate with the fault {fault}: App Service does not judge it"
            yield Unknown(what=what, why="not-observable", how_to_get="try a certificate without the fault")


def _uploads(facts: Facts) -> Iterator[Unknown]:
    if facts.ended("own-large").value is None:
        tried = facts.where("own-large")
        what = "whether a large upload gets through" + (": it was sent and not answered" if tried else "")
        how = "allow the plan's uploads (--allow-uploads) with --symptom upload-403, or without a symptom"
        yield Unknown(what=what, why="not-observable" if tried else "not-run", how_to_get=how)


def _protocols(facts: Facts) -> Iterator[Unknown]:
    if facts.scope.https and not facts.where("here-13"):
        how = "run the whole plan, or --symptom http2-tls13"
        yield Unknown(what="what the site does on TLS 1.3", why="not-run", how_to_get=how)


def _client(facts: Facts) -> Iterator[Unknown]:
    name = facts.case.run.client
    if name is None and facts.answer("client") is None:
        how = f"--as NAME, one of {', '.join(CLIENTS)}"
        yield Unknown(
            what="which client is used, and whether it waits before a body", why="no-answer", how_to_get=how
        )
    elif name is not None and facts.client is None:
        how = f"--as with one of {', '.join(CLIENTS)}"
        yield Unknown(what=f"how the client {name} behaves", why="not-observable", how_to_get=how)


def _not_run(case: Case) -> list[Unknown]:
    done = {seen.probe.id for seen in last_attempts(case.observations)}
    found = []
    for seen in case.observations:
        if seen.outcome in ("not-run", "cancelled") and seen.probe.id not in done:
            why = f": {seen.error.message}" if seen.error else ""
            what = f"what the probe {seen.probe.id} would have shown ({seen.outcome}{why})"
            found.append(Unknown(what=what, why="not-run", how_to_get="run the plan again"))
    return found
