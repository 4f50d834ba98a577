"""Which probes a question is about, told by their properties and never by their names."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from probes.model import Case, HttpChoice, Identity, Probe, TlsChoice, Value
from probes.model.probe import OwnExpect
from probes.personas import CLIENTS, spoken
from probes.plan import ABOVE_LIMIT_BYTES, BELOW_LIMIT_BYTES, origin_of, path_of

SMALL_UP_TO = 16_384
"""Bytes. A body of this size fits into every front end's buffer that is documented (the least is IIS's 49,152)."""


class Scope(Value, frozen=True, kw_only=True):
    """What the user asked about: origin, path without query, own identity, and the client when it is known.

    ``own_tls``, ``own_ciphers`` and ``own_http`` are what the user's client speaks, ``own_expect`` what it was told.
    """

    origin: str
    path: str
    identity: Identity
    https: bool
    client: str | None = None
    own_tls: TlsChoice = "free"
    own_ciphers: str | None = None
    own_http: HttpChoice = "free"
    own_expect: OwnExpect = "client"


Selector = Callable[[Scope, Probe], bool]


def scope_of(case: Case) -> Scope:
    """Return the scope of a case; over http nobody can send a certificate, so the identity is ``none`` there."""
    url = case.target.url
    https = not url.lower().startswith("http://")
    usable = case.credential.kind != "none" and "key-missing" not in case.credential.faults
    own_tls, own_http = spoken(CLIENTS.get(case.run.client or ""), case.run.own_tls, case.run.own_http)
    return Scope(
        origin=origin_of(url),
        path=path_of(url),
        identity="given" if usable and https else "none",
        https=https,
        client=case.run.client,
        own_tls=own_tls,
        own_ciphers=case.run.own_ciphers,
        own_http=own_http,
        own_expect=case.run.own_expect,
    )


def at_target(scope: Scope, probe: Probe) -> bool:
    """Whether the probe went to the target's scheme, host and port, as nobody in particular."""
    return probe.origin == scope.origin and not probe.canary and probe.persona is None


def mine(scope: Scope, probe: Probe) -> bool:
    """Whether the probe showed the certificate that the user gave (or none, if none was given)."""
    return at_target(scope, probe) and probe.identity == scope.identity


def as_client(scope: Scope, probe: Probe) -> bool:
    """Whether the probe did as the user's client does."""
    same = probe.origin == scope.origin and probe.identity == scope.identity
    return same and scope.client is not None and probe.persona == scope.client


def _get_here(scope: Scope, probe: Probe) -> bool:
    return at_target(scope, probe) and probe.method == "GET" and not probe.body_bytes and probe.path == scope.path


def _free(scope: Scope, probe: Probe) -> bool:
    """Whether the probe speaks TLS and HTTP as the user's client does."""
    own = (scope.own_tls, scope.own_ciphers, scope.own_http)
    return (probe.tls, probe.ciphers, probe.http) == own or not scope.https


def is_small(probe: Probe) -> bool:
    """Whether the body is there and small."""
    return 0 < probe.body_bytes <= SMALL_UP_TO


def is_large(probe: Probe) -> bool:
    """Whether the body is the plan's large one; the two sizes that feel for the limit are not."""
    return probe.body_bytes > SMALL_UP_TO and probe.body_bytes not in (BELOW_LIMIT_BYTES, ABOVE_LIMIT_BYTES)


def unasked(scope: Scope, probe: Probe) -> bool:
    """Whether the probe sends Expect just where the client that it plays does so by itself."""
    persona = CLIENTS.get(probe.persona or "")
    if persona is not None and persona.name == scope.client:
        persona = persona.told(scope.own_expect)
    return (probe.expect != "none") == (persona is not None and persona.expects(probe.body_bytes))


def _bare_large(probe: Probe) -> bool:
    return is_large(probe) and probe.expect == "none" and not probe.head_first


def _elsewhere(scope: Scope, probe: Probe) -> bool:
    return at_target(scope, probe) and not probe.path.lower().startswith(scope.path.partition("?")[0].lower())


def _debug(scope: Scope, probe: Probe) -> bool:
    return mine(scope, probe) and probe.method == "GET" and _free(scope, probe) and probe.path != scope.path


SELECTORS: Mapping[str, Selector] = MappingProxyType(
    {
        "anything": at_target,
        "own-get": lambda scope, p: _get_here(scope, p) and mine(scope, p) and _free(scope, p),
        "here": lambda scope, p: _get_here(scope, p) and p.http != "2",
        "here-12": lambda scope, p: _get_here(scope, p) and p.tls == "1.2",
        "here-13": lambda scope, p: _get_here(scope, p) and mine(scope, p) and p.tls == "1.3",
        "here-h2": lambda scope, p: _get_here(scope, p) and mine(scope, p) and p.http == "2",
        "throwaway": lambda scope, p: _get_here(scope, p) and p.identity == "throwaway",
        "canary": lambda scope, p: p.canary,
        "elsewhere": _elsewhere,
        "debug": _debug,
        "small": lambda scope, p: mine(scope, p) and is_small(p) and p.expect == "none",
        "own-large": lambda scope, p: mine(scope, p) and _bare_large(p) and _free(scope, p),
        "large-wait": lambda scope, p: mine(scope, p) and is_large(p) and p.expect == "wait",
        "large-head-first": lambda scope, p: mine(scope, p) and is_large(p) and p.head_first,
        "large-header-only": lambda scope, p: (
            (mine(scope, p) or as_client(scope, p)) and is_large(p) and p.expect == "header-only"
        ),
        "client-get": lambda scope, p: as_client(scope, p) and not p.body_bytes,
        "client-small": lambda scope, p: as_client(scope, p) and is_small(p),
        "client-large": lambda scope, p: (
            as_client(scope, p) and is_large(p) and unasked(scope, p) and not p.head_first
        ),
        "client-kept": lambda scope, p: as_client(scope, p) and is_large(p) and unasked(scope, p) and p.head_first,
    }
)
"""Every kind of probe that a question or a predicate asks for, by name; the tree's ``needs`` use these names."""
