"""The oracle: what is true of an example, which of it may be the verdict, and when nothing else may.

A request meets one thing after the other: the way, the server's certificate, TLS, the door, the question for the
certificate, the app. What refuses it first is the verdict. A request that gets through may still lack its
certificate, and a larger one may fail; these are separate complaints, and where the user names none, each may be the
verdict. What is true and refuses nothing is the verdict only where nothing else is wrong.
"""

from collections.abc import Set as AbstractSet

import msgspec

from tests.random_states.example import Example
from tests.random_states.true_of import asks_late, on_in_another_slot, true_of
from tests.random_states.world import World

Slugs = AbstractSet[str]
UPLOADING = frozenset({"unknown", "upload-403", "sometimes", "slow"})
"""Complaints for which bodies are sent at all."""
_CERTIFICATE = frozenset(
    {"certificate-expired", "certificate-not-yet-valid", "certificate-wrong-eku", "weak-certificate"}
)
_BY_RULE = {"dates": {"certificate-expired", "certificate-not-yet-valid"}, "purpose": {"certificate-wrong-eku"},
            "strength": {"weak-certificate"}, "chain": {"chain-incomplete", "self-signed-refused"}}  # fmt: skip
_IMPOSSIBLE = frozenset({"renegotiation-impossible-http2", "renegotiation-impossible-tls13"})
_AT_TLS = _IMPOSSIBLE | {"issuer-not-acceptable", "renegotiation-refused-by-client", "certificate-without-key"}
"""Reasons for a missing header that are met in TLS."""
_VALUES = frozenset({"app-reads-wrong-header", "header-damaged", "header-parsed-as-pem", "header-parsed-as-hex"})
_LARGE = ("expect-not-awaited", "curl-below-threshold")
"""The large body's failure, told of a client that is known, in the order in which they go before each other."""


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement: ``true`` of the state, ``permitted`` as the verdict, ``must`` when only one thing may be said.

    ``inconclusive`` is always honest where ``must`` is None, and is not listed.
    """

    true: frozenset[str]
    permitted: frozenset[str]
    must: str | None


def truth(example: Example) -> Truth:
    """Return what may be said of ``example``."""
    world = World(example)
    true = true_of(world)
    permitted = _permitted(world, true) or frozenset({"healthy"})
    return Truth(true=true, permitted=permitted, must=_must(world, true, permitted))


def _permitted(world: World, true: frozenset[str]) -> frozenset[str]:
    symptom = world.example.symptom
    first = _refused(world, true)
    if first & {"tls-version-refused", "cipher-refused"} and symptom not in ("unknown", "handshake-fails"):
        # The user speaks of something that his client cannot have met; what he may have met is as good an answer.
        first = first | _latent(world, true) | _header(world, true)
    if not first:
        app, header = _app(world, true), _header(world, true)
        large = _large(world, true) if symptom in UPLOADING else set()
        heard = {
            # Where the certificate can never be asked for, some of the uploads may go without, and some fail. Of a
            # certificate without its key nobody knows what would come after.
            "upload-403": large | (header & (_IMPOSSIBLE | {"certificate-without-key"})),
            "sometimes": large | (header & _IMPOSSIBLE),
            "slow": large,
            "handshake-fails": header & _AT_TLS,
            "always-403": app | header,
            "header-missing": app | header,
            "app-refuses": app | header,
        }
        latent = set() if app | header | large else _latent(world, true)
        # Who goes on although the server does not verify is told so where nothing else is found.
        latent |= _unverified(world, true) - app - header - large
        first = heard.get(symptom, app | header | large) | latent
        if not first and app | header | large:
            # Something is wrong, and it is not what the user complains of.
            first = {"inconclusive"}
        there = app | large | header
        if there and not there - _unseen(world, true):
            first = first | (_latent(world, true) or {"healthy"})
    if "settings-not-in-effect" in true and world.example.read != "none":
        # Why the edge does not do what was read explains all the rest as well; not every difference can be seen.
        first = (first or {"healthy"}) | {"settings-not-in-effect"}
    return frozenset(first)


def _refused(world: World, true: frozenset[str]) -> Slugs:
    """What refuses the user's GET before any app, the first of it."""
    example = world.example
    if example.origin == "refusing":
        return {"network-unreachable"}
    if not example.https:
        # Nobody documents whether the door or the redirect comes first; http is wrong behind either.
        return true & {"plain-http-request", "http-redirected"} | ({world.door} if world.door else set())
    spoken = true & {"tls-version-refused", "cipher-refused"}
    if world.server_faults and not example.insecure:
        # Whoever calls with a version that is refused does not come to see the certificate, the others do.
        return _unverified(world, true) | spoken
    if world.state.edge.intercepted:
        return {"tls-inspection-proxy"}
    return spoken or _asked_in_vain(world, true)


def _unverified(world: World, true: frozenset[str]) -> Slugs:
    """What is wrong with the server's certificate, as far as it can be told."""
    return world.server_faults | (true & {"host-name-unbound"} if world.example.read != "none" else set())


def _asked_in_vain(world: World, true: frozenset[str]) -> Slugs:
    path, key_missing = world.example.path, true & {"certificate-without-key"}
    if world.tls_insists:
        # With the certificate's own fault named, why TLS refuses it is named.
        faults = true & _CERTIFICATE if world.state.edge.require_in_tls == "verified" else set()
        return {"certificate-required-alert"} | key_missing | faults
    if world.door:
        looks = {"access-restricted"} if world.example.read == "none" else set()
        return {world.door} | (true & looks)
    insists, wants = world.rules.insists(path), world.rules.wants_certificate(path)
    if "renegotiation-refused-by-client" in true and wants:
        return {"renegotiation-refused-by-client"} | key_missing
    resets = world.state.edge.renegotiating_edge == "reset"
    if world.impossible(world.user, path) and (insists or resets):
        # Without a certificate it fails on every protocol: both must be mended.
        return true & (_IMPOSSIBLE | {"certificate-missing", "issuer-not-acceptable"}) | key_missing
    if insists and not world.has_key:
        return true & {"certificate-missing"} | key_missing
    if insists and world.unlisted:
        return {"issuer-not-acceptable"}
    if not world.login(path):
        return set()
    # A bare 403 may be anybody's: then what else is wrong with the certificate is as good an answer.
    return {"easy-auth-refused"} | (_header(world, true) if _is_bare(world) else set())


def _app(world: World, true: frozenset[str]) -> Slugs:
    """What in the app refuses the user's GET."""
    if world.state.app.web_config_refuses:
        return {"web-config-ip-security"}
    if world.key_missing:
        return {"functions-key-missing"}
    if "app-rejects-certificate" not in true:
        return set()
    if world.wrong_header or world.unreadable:
        # Only the debug endpoint could show why.
        return set() if world.example.debug else {"app-rejects-certificate"}
    return true & _BY_RULE.get(world.complaint or "", set()) or {"app-rejects-certificate"}


def _header(world: World, true: frozenset[str]) -> Slugs:
    """Why the app has no certificate that it can use, of a GET that got through."""
    example = world.example
    key_missing = true & {"certificate-without-key"}
    if world.rules.mode == "ignore":
        known = true & {"plan-too-small", "http2-disables-certificates"} if example.read == "arm" else set()
        known |= true & {"plan-too-small"} if example.read == "file" else set()
        known |= {"slot-differs"} if example.read == "arm" and on_in_another_slot(world) else set()
        by_record = "http2-disables-certificates" in known and not world.state.azure.past_changes
        if not known or by_record:
            # What the lab was before decides whether its record shows a change.
            known |= {"client-certs-disabled"}
        return known | key_missing
    if "path-excluded" in true:
        return {"path-excluded"} | key_missing | (true & {"client-certs-disabled"})
    nobody_asks = true & {"interactive-mode-not-prompted"}
    if world.impossible(world.user, example.path):
        both = {"client-sent-no-certificate", "issuer-not-acceptable"}
        return true & (_IMPOSSIBLE | both) | nobody_asks | key_missing
    if world.unlisted:
        return {"issuer-not-acceptable"} | nobody_asks
    if not world.has_key:
        return (key_missing or {"client-sent-no-certificate"}) | nobody_asks
    return nobody_asks or _value(world, true)


def _value(world: World, true: frozenset[str]) -> Slugs:
    """What is wrong with a header that arrives."""
    if world.wrong_header:
        return {"app-reads-wrong-header"}
    # A damaged value that is also read in a wrong form needs both mended.
    return true & {"header-damaged", "header-parsed-as-pem", "header-parsed-as-hex"}


def _large(world: World, true: frozenset[str]) -> Slugs:
    """Why a large body fails, of a user whose GET gets through."""
    if world.login(world.upload_path):
        return {"easy-auth-refused"}
    blocked = true & {"expect-blocked-on-the-way"}
    if "large-body-renegotiation" in true and world.asked(world.user, world.upload_path) != "never":
        site = "large-body-legacy-edge" if _is_legacy(world) else "large-body-renegotiation"
        own = [slug for slug in _LARGE if slug in true][:1]
        if world.example.symptom == "sometimes" and "reused-connection-hides-it" in true:
            own.append("reused-connection-hides-it")
        if world.waits_in_vain or site == "large-body-legacy-edge" or not own:
            # Where waiting does not help either, or the edge is out of date, the site's finding is as good.
            own.append(site)
        return set(own) | blocked
    return true & {"app-body-limit"} | blocked


def _is_legacy(world: World) -> bool:
    """Whether settings were read that ask in the handshake, and the edge asks late all the same."""
    stated = world.state.settings
    return world.example.read != "none" and stated.client_cert_enabled and not asks_late(stated)


def _unseen(world: World, true: frozenset[str]) -> frozenset[str]:
    """What only the debug endpoint shows, where it is not asked and the app does not mind."""
    example = world.example
    asked = example.debug and example.symptom not in ("upload-403", "sometimes", "slow", "handshake-fails")
    if asked or "app-rejects-certificate" in true:
        return frozenset()
    # A gateway that insists in TLS asks, so that only the app knows that nothing is forwarded.
    forwards_nothing = {"client-certs-disabled"} if world.state.edge.require_in_tls != "no" else set()
    return _VALUES | (forwards_nothing if example.read == "none" else set())


def _latent(world: World, true: frozenset[str]) -> Slugs:
    """What is true and has refused nothing yet, as far as it was looked at."""
    return set(true & _CERTIFICATE) | (true & {"header-forgeable"} if world.example.forgery else set())


_COMES_WITH = {
    "certificate-expired": {"app-rejects-certificate"},
    "certificate-not-yet-valid": {"app-rejects-certificate"},
    "certificate-wrong-eku": {"app-rejects-certificate"},
    "weak-certificate": {"app-rejects-certificate"},
    "chain-incomplete": {"app-rejects-certificate"},
    "self-signed-refused": {"app-rejects-certificate"},
    "app-reads-wrong-header": {"app-rejects-certificate"},
    "header-parsed-as-pem": {"app-rejects-certificate"},
    "header-parsed-as-hex": {"app-rejects-certificate"},
    "header-damaged": {"app-rejects-certificate"},
    "host-name-unbound": {"server-certificate-wrong-host"},
    "plan-too-small": {"client-certs-disabled"},
    "http2-disables-certificates": {"client-certs-disabled"},
    "certificate-without-key": {"client-sent-no-certificate", "certificate-missing"},
    "large-body-legacy-edge": {"large-body-renegotiation"},
    "expect-not-awaited": {"large-body-renegotiation"},
    "curl-below-threshold": {"large-body-renegotiation"},
    "renegotiation-refused-by-client": {"large-body-renegotiation"},
    "interactive-mode-not-prompted": {"large-body-renegotiation"},
}
"""What one fault brings along by itself."""


def _must(world: World, true: frozenset[str], permitted: frozenset[str]) -> str | None:
    """Return the verdict that must be, where everything was asked and read and one fault alone decides."""
    example = world.example
    if example.symptom != "unknown" or example.read == "none" or not example.debug or example.insecure:
        return None
    if world.state.edge.stale_settings is not None or world.state.edge.require_in_tls != "no":
        # What of it is not in effect, and whether that can be seen, is not always one thing.
        return None
    unseen = set() if example.read == "arm" else {"slot-differs", "http2-disables-certificates"}
    unseen |= set() if example.forgery else {"header-forgeable"}
    # A pool of connections is looked at only where the user says that it fails sometimes.
    seen = true - unseen - {"reused-connection-hides-it"}
    if not seen:
        return "healthy"
    only = next(iter(permitted)) if len(permitted) == 1 else None
    if only is None or seen - _COMES_WITH.get(only, set()) != {only} or _undecidable(world, only):
        return None
    return only


def _is_bare(world: World) -> bool:
    """Whether a login is demanded by a bare 403, and nobody read that it is: az webapp show does not say so."""
    bare = world.settings.auth.unauthenticated_client_action == "Return403"
    return bare and world.example.read != "arm"


def _undecidable(world: World, only: str) -> bool:
    """Whether not even everything tells: one line for each, with the reason."""
    settings = world.settings
    if only == "easy-auth-refused":
        # Which paths a sign-in spares, nobody documents to the letter.
        return _is_bare(world) or bool(settings.auth.excluded_paths)
    if only == "header-damaged":
        # HTML makes one blank of a line end, so that a fold cannot be seen in a page.
        return world.state.app.damage == "folded" and world.state.app.shape == "html"
    if only in _IMPOSSIBLE:
        # Without TLS 1.2 there is nothing to compare with.
        return "1.2" not in world.versions
    return False
