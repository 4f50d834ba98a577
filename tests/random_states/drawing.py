"""Draws examples: a few twists of a lab that is all right, and how much of it the diagnosis is told."""

from typing import Any

import msgspec
from hypothesis import strategies as st

from probes.personas import CLIENTS
from tests.random_states.example import Example

Twist = dict[str, Any]
_AES_128 = "ECDHE-RSA-AES128-GCM-SHA256"
_OFFICE = [{"ipAddress": "203.0.113.0/24", "action": "Allow", "priority": 100, "name": "office"}]
_LOOPBACK = [{"ipAddress": "127.0.0.0/8", "action": "Allow", "priority": 50, "name": "here"}]
_TOGETHER = [
    {"hours_ago": 20, "path": "properties.siteConfig.http20Enabled", "before": "false", "after": "true"},
    {"hours_ago": 20, "path": "properties.clientCertEnabled", "before": "true", "after": "false"},
]


def _settings(**more: Any) -> Twist:
    return {"state": {"settings": more}}


def _edge(**more: Any) -> Twist:
    return {"state": {"edge": more}}


def _app(**more: Any) -> Twist:
    return {"state": {"app": more}}


def _judge(rule: str, **more: Any) -> Twist:
    return _app(validator={"rule": rule, **more})


def _auth(action: str, *excluded: str) -> Twist:
    return _settings(auth={"enabled": True, "unauthenticatedClientAction": action, "excludedPaths": list(excluded)})


SETTINGS = (
    _settings(clientCertEnabled=False),
    _settings(clientCertEnabled=False, clientCertMode="Optional"),
    _settings(clientCertEnabled=False, sku="Free"),
    _settings(clientCertMode=None),
    _settings(clientCertMode="Optional"),
    _settings(clientCertMode="OptionalInteractiveUser"),
    _settings(clientCertExclusionPaths="/health"),
    _settings(clientCertExclusionPaths="/api;/health"),
    _settings(clientCertExclusionPaths="/health,/API", clientCertMode="Optional"),
    _settings(clientCertExclusionPaths="/"),
    _settings(clientCertExclusionPaths="/debug"),
    _settings(http20Enabled=True),
    _settings(httpsOnly=False),
    _settings(minTlsVersion="1.3"),
    _settings(minTlsCipherSuite="TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    _settings(minTlsCipherSuite="TLS_AES_128_GCM_SHA256"),
    {
        "state": {
            "settings": {"http20Enabled": True, "clientCertEnabled": False},
            "azure": {"past_changes": _TOGETHER},
        }
    },
)
DOORS = (
    _settings(state="Stopped"),
    _settings(publicNetworkAccess="Disabled"),
    _settings(publicNetworkAccess=None),
    _settings(ipSecurityRestrictions=_OFFICE),
    _settings(ipSecurityRestrictions=_LOOPBACK),
    _settings(ipSecurityRestrictionsDefaultAction="Deny"),
    _auth("RedirectToLoginPage"),
    _auth("Return401"),
    _auth("Return403"),
    _auth("AllowAnonymous"),
    _auth("RedirectToLoginPage", "/"),
)
EDGE = (
    _edge(generation="iis", hang_seconds=0.1),
    _edge(renegotiating_edge="no-certificate"),
    _edge(renegotiating_edge="reset"),
    _edge(renegotiating_edge="post-handshake"),
    _edge(buffer_bytes=49_152),
    _edge(ca_names=["foreign"]),
    _edge(ca_names=["lab"]),
    _edge(require_in_tls="any"),
    _edge(require_in_tls="verified"),
    _edge(interim="refuse"),
    _edge(plain_http="refuse"),
    _edge(stale_settings={"clientCertEnabled": False}),
    _edge(stale_settings={"clientCertMode": "Optional"}),
    _edge(stale_settings={"clientCertExclusionPaths": "/health"}),
    _edge(stale_settings={}),
    {"state": {"azure": {"slots": [{"name": "staging", "settings": {"clientCertMode": "Optional"}}]}}, "read": "arm"},
    {"state": {"azure": {"slots": [{"name": "staging"}]}}, "read": "arm"},
    {"state": {"edge": {"forged_header": "pass"}}, "forgery": True},
    {"forgery": True},
)
SERVER = (
    _edge(server_certificate="expired"),
    _edge(server_certificate="not-yet-valid"),
    _edge(server_certificate="wrong-host"),
    _edge(server_certificate="untrusted"),
    _edge(server_certificate="self-signed"),
    _settings(hostNames=["lab-site.lab.test", "localhost"], unboundHostNames=["localhost"]),
    {"trusted": False},
    {"insecure": True},
    {"state": {"edge": {"intercepted": True}}, "machine_trusts_proxy": True},
    _edge(intercepted=True),
)
APP = (
    _app(parser="pem"),
    _app(parser="pem", parse_error_status=500),
    _app(parser="hex", parse_error_status=403),
    _app(reads_header="X-Client-Cert"),
    _app(reads_header="X-ARR-Client-Cert", naming="django", shape="text"),
    _app(damage="truncated", parse_error_status=500),
    _app(damage="plus-became-space"),
    _app(damage="url-encoded", parse_error_status=401),
    _app(damage="doubled"),
    _app(damage="folded", shape="html"),
    _app(body_limit=200_000),
    _app(body_limit=1_000_000),
    _app(web_config_refuses=True),
    {"state": {"app": {"functions_key": "lab-function-key"}, "azure": {"kind": "functionapp"}}},
    {"state": {"app": {"functions_key": "lab-function-key"}, "azure": {"kind": "functionapp"}}, "key": True},
    *(_judge(rule) for rule in ("dates", "purpose", "strength", "chain")),
    _judge("thumbprint", wanted="0123456789ABCDEF0123456789ABCDEF01234567"),
    _judge("issuer", wanted="CN=nobody", status=401),
    _judge("revocation", status=500),
    _judge("chain", has_intermediate=True),
    _judge("dates", says_why=False),
    *(_app(shape=shape) for shape in ("text", "html")),
    *(_app(naming=naming) for naming in ("flask", "django", "express", "java", "php")),
)
IDENTITY = tuple(
    {"sent": sent}
    for sent in (
        "none", "public", "from_root", "expired", "not_yet_valid", "no_client_auth", "weak", "self_signed", "foreign",
    )
)  # fmt: skip
CLIENT = (
    *({"client": name} for name in CLIENTS),
    {"own_tls": "1.2"},
    {"own_tls": "1.2", "client": "curl"},
    {"own_tls": "1.2", "client": "curl", "own_ciphers": _AES_128},
    {"client": "browser", "prompted": "it did not"},
    {"client": "curl", "size": 1_048_577},
    {"client": "dotnet", "symptom": "sometimes"},
    {"size": 150_000},
    {"size": 90_000},
)
WAY = (
    {"origin": "http"},
    {"origin": "refusing"},
    {"path": "/API/x", "state": {"app": {"routes": ["/", "/API/x"]}}},
    {"path": "/health/live"},
)
_ASKS_LATE = (
    {"clientCertMode": "OptionalInteractiveUser"},
    {"clientCertExclusionPaths": "/health"},
    {"clientCertExclusionPaths": "/health", "clientCertMode": "Optional"},
)
_HOW = ("negotiate-down", "no-certificate", "reset", "post-handshake")
LATE = tuple(
    {"state": {"settings": {**late, "http20Enabled": http2}, "edge": {"renegotiating_edge": how}}}
    for late in _ASKS_LATE
    for http2 in (False, True)
    for how in _HOW
)
POOLS = {
    "settings": (SETTINGS,),
    "doors": ((*DOORS, *SERVER, *WAY),),
    "edge": (EDGE,),
    "app": (APP,),
    "identity": (IDENTITY,),
    "client": (CLIENT,),
    "late": (LATE, CLIENT),
}
"""What an example begins with, one of each, by the name of the test that draws it."""
_SLOW = (_edge(interim="swallow"),)
"""It costs seconds of waiting each time, so it comes seldom."""
ANY = (*SETTINGS, *SETTINGS, *DOORS, *EDGE, *SERVER, *APP, *IDENTITY, *IDENTITY, *CLIENT, *WAY)

_READ = st.sampled_from(("file",) * 6 + ("none",) * 3 + ("arm",))
_SYMPTOM = st.sampled_from(
    ("unknown",) * 8 + ("header-missing", "upload-403", "always-403", "handshake-fails", "app-refuses", "sometimes")
)


def _merged(old: Any, new: Any) -> Any:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}


@st.composite
def examples(draw: st.DrawFn, pool: str) -> Example:
    """Draw an example that begins with what ``pool`` says."""
    begins = [draw(st.sampled_from(twists)) for twists in POOLS[pool]]
    fields: Twist = {}
    for twist in (*begins, *draw(st.lists(st.sampled_from(ANY), max_size=3))):
        fields = _merged(fields, twist)
    if draw(st.integers(0, 49)) == 49:
        fields = _merged(fields, draw(st.sampled_from(_SLOW)))
    told: Twist = {"read": draw(_READ), "debug": draw(st.sampled_from((True, True, True, False)))}
    if "symptom" not in fields:
        told["symptom"] = draw(_SYMPTOM)
    return msgspec.convert(_possible({**told, **fields}), Example)


def _possible(fields: Twist) -> Twist:
    """Leave out what cannot be, so that each example is a site that there could be."""
    settings = fields.get("state", {}).get("settings", {})
    if "slots" not in fields.get("state", {}).get("azure", {}):
        fields = _merged(fields, {"state": {"azure": {"slots": []}}})
    if settings.get("sku") == "Free":
        # Azure switches certificates on for no site of this plan, and the lab's edge would not look at the plan.
        settings = {**settings, "clientCertEnabled": False}
        fields = _merged(fields, {"state": {"settings": settings}})
    if fields.get("read") == "arm" and not fields.get("trusted", True):
        # Who does not trust the lab does not trust its Azure either.
        fields = {**fields, "read": "file"}
    if fields.get("own_ciphers") and fields.get("client") != "curl":
        fields = {**fields, "client": "curl"}
    return fields
