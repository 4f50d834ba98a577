"""What findings need to be told: each need with its words, and its test in the lab's own terms."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from probes.personas import CLIENTS
from probes.plan import LARGE_BYTES
from tests.pairs.situation import Situation

ITS_CERTIFICATE = {
    "certificate-expired": "{expired}",
    "certificate-not-yet-valid": "{not_yet_valid}",
    "certificate-wrong-eku": "{no_client_auth}",
    "weak-certificate": "{weak}",
}
JUDGED_BAD_BY: Mapping[str, Callable[[Situation], bool]] = {
    "dates": lambda at: at.one("--cert") in ("{expired}", "{not_yet_valid}"),
    "purpose": lambda at: at.one("--cert") == "{no_client_auth}",
    "strength": lambda at: at.one("--cert") == "{weak}",
    "chain": lambda at: at.one("--cert") != "{from_root}" and not has_its_issuer(at),
    "thumbprint": lambda _: True,
    "revocation": lambda _: True,
}


class Need(NamedTuple):
    """One thing that a finding needs; ``words`` say what is so when it is met."""

    words: str
    met: Callable[[Situation], bool]


def has_its_issuer(at: Situation) -> bool:
    """Whether the app itself has what the edge does not forward."""
    known = at.app.validator is not None and at.app.validator.has_intermediate
    return known and at.one("--cert") not in ("{self_signed}", "{foreign}")


def authority(at: Situation) -> str | None:
    """Return whose certificate is given, by the lab's names; None for one that signed itself."""
    return {"{self_signed}": None, "{foreign}": "foreign"}.get(at.one("--cert") or "", "lab")


def large_bytes(at: Situation) -> int:
    """Return the size of the large body."""
    return int(at.one("--large-bytes") or LARGE_BYTES)


def client_is(at: Situation, **properties: bool) -> bool:
    """Whether the user's client is known and has these properties of the product's table of clients."""
    return at.client is not None and all(getattr(CLIENTS[at.client], k) == v for k, v in properties.items())


def settings_late(at: Situation) -> bool:
    """Whether the settings make the front end ask after the request."""
    interactive = at.settings.client_cert_mode == "OptionalInteractiveUser"
    return at.settings.client_cert_enabled and (interactive or bool(at.settings.client_cert_exclusion_paths))


def keyed_call(at: Situation) -> bool:
    """Whether the call brings the Functions key."""
    return at.one("--header") is not None


def takes_strangers(at: Situation) -> bool:
    """Whether the app answers well whoever calls."""
    keyed = at.app.functions_key is None or keyed_call(at)
    # A stranger's certificate is sound, and too short to be cut off.
    unread = at.app.parser != "right" or at.app.damage not in ("none", "truncated")
    sound = at.app.validator is None or at.app.validator.rule in ("dates", "purpose", "strength")
    return sound and keyed and not (unread and at.app.parse_error_status is not None)


def readable(at: Situation) -> bool:
    """Whether the app's code can read the certificate."""
    return at.app.reads_header == "X-ARR-ClientCert" and at.app.parser == "right" and not at.damaged


def parsed_as(parser: str) -> tuple[Need, ...]:
    """Return the needs of an app that takes the header for what it is not."""
    return (
        Need(f"the app takes the header for {parser}", lambda at: at.app.parser == parser),
        ECHOED,
        Need("the app reads the right header", lambda at: at.app.reads_header == "X-ARR-ClientCert"),
        Need("the header is whole", lambda at: not at.damaged),
    )


def of_certificate(finding: str) -> tuple[Need, ...]:
    """Return the needs of a fault of the certificate itself, which the file tells too."""
    return (Need("it is that certificate", lambda at: at.one("--cert") == ITS_CERTIFICATE[finding]), NOT_SUSPENDED)


def uploads_pass(at: Situation) -> bool:
    """Whether uploads pass the front end on some version of TLS."""
    return at.https and at.passes_in_comparison(at.uploads)


HTTPS = Need("the call goes over https", lambda at: at.https)
NOT_SUSPENDED = Need("the server is trusted, or nobody was asked", lambda at: at.genuine or not at.https)
GENUINE = Need("the site itself answers over https", lambda at: at.https and at.genuine)
SHAKEN = Need("the user's own requests get through the TLS handshake, or go over http", lambda at: at.shaken)
OPEN = Need("the door of the site is open", lambda at: at.open)
KNOWS_RFC_5746 = Need("the server knows RFC 5746", lambda at: at.edge.secure_renegotiation)
SITE_SPEAKS = Need("the site's own front end speaks TLS", lambda at: at.edge.require_in_tls == "no")
NO_LOGIN = Need("no login stands before the app", lambda at: not at.effect.auth.enabled)
NO_WEB_CONFIG = Need("web.config refuses nobody", lambda at: not at.app.web_config_refuses)
PASSES = Need("the user's own GET passes the front end", lambda at: at.passes(at.path))
IN_CODE = Need("it comes as far as the app's code", lambda at: at.in_code(at.path))
OBTAINED = Need("the app gets the certificate with it", lambda at: at.obtained(at.path))
READABLE = Need("the app can read the certificate", readable)
ECHOED = Need("the debug endpoint shows the user's certificate", lambda at: at.echoed)
LATE = Need("nothing but the late question stands in the way of uploads", lambda at: at.late)
SETTINGS_LATE = Need("the settings make the site ask late", settings_late)
ENABLED = Need("the settings ask for certificates", lambda at: at.settings.client_cert_enabled)
DISABLED = Need("certificates are switched off", lambda at: not at.settings.client_cert_enabled)
UPLOADS_PASS = Need("uploads pass the front end on some version of TLS", uploads_pass)
FROM_AZURE = Need("the settings are read from Azure", lambda at: at.one("--arm-endpoint") is not None)
ASKED_LATE_HERE = Need(
    "the path is asked for late", lambda at: at.rules.renegotiates and at.rules.wants_certificate(at.path)
)
REJECTED = Need(
    "the app's rule is against the certificate",
    lambda at: at.app.validator is not None and JUDGED_BAD_BY[at.app.validator.rule](at),
)
JUDGED = (IN_CODE, OBTAINED, READABLE)

STRANGER_LET_IN = Need(
    "a stranger's certificate is let in and obtained",
    lambda at: at.genuine and at.https and at.open and at.rules.wants_certificate(at.path),
)
