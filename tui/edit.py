"""A probe of the user's own making: the fields that can be changed, and what each may hold."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from probes.model import Probe

QUESTION = "What do your own probes show?"
MOST_BYTES = 64 * 1024 * 1024
CHOICES: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "method": ("GET", "HEAD", "POST", "PUT"),
        "identity": ("given", "none", "throwaway"),
        "expect": ("none", "wait", "header-only"),
        "head_first": (False, True),
        "tls": ("free", "1.2", "1.3", "1.1", "1.0"),
        "http": ("1.1", "2", "free"),
        "renegotiate": (True, False),
        "offer_pha": (True, False),
    }
)
TYPED = ("path", "body_bytes")
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "method": "method",
        "path": "path",
        "body_bytes": "body, bytes",
        "identity": "certificate",
        "expect": "Expect",
        "head_first": "HEAD first",
        "tls": "TLS",
        "http": "HTTP",
        "renegotiate": "renegotiation",
        "offer_pha": "post-handshake",
    }
)
WORDS: Mapping[tuple[str, Any], str] = MappingProxyType(
    {
        ("identity", "given"): "yours",
        ("identity", "none"): "none",
        ("identity", "throwaway"): "a throwaway one, self-signed",
        ("expect", "none"): "not sent",
        ("expect", "wait"): "sent, and the body waits for 100 Continue",
        ("expect", "header-only"): "sent, the body goes along with it",
        ("head_first", False): "no",
        ("head_first", True): "yes, on the same connection",
        ("tls", "free"): "any version",
        ("http", "free"): "h2 or HTTP/1.1",
        ("renegotiate", True): "taken part in",
        ("renegotiate", False): "refused, as Go and rustls do",
        ("offer_pha", True): "offered",
        ("offer_pha", False): "not offered",
    }
)


def own(probe: Probe, number: int) -> Probe:
    """Return ``probe`` as one of the user's own, with an id that no other has."""
    return msgspec.structs.replace(probe, id=f"own-{number}", question=QUESTION, persona=None, wave=9)


def value_words(name: str, value: Any) -> str:
    """Return what a field's value is called."""
    return WORDS.get((name, value)) or (f"{value:,}" if name == "body_bytes" else str(value))


def turned(probe: Probe, name: str, steps: int, *, has_certificate: bool) -> Probe:
    """Return ``probe`` with the next choice of a field; a certificate that was not given is no choice."""
    choices = CHOICES[name]
    if name == "identity" and not has_certificate:
        choices = tuple(one for one in choices if one != "given")
    now = getattr(probe, name)
    here = choices.index(now) if now in choices else 0
    return coherent(msgspec.structs.replace(probe, **{name: choices[(here + steps) % len(choices)]}), name)


def typed(probe: Probe, name: str, value: str) -> Probe | str:
    """Return ``probe`` with a typed value, or what is wrong with it."""
    if name == "path":
        path = value.strip()
        if not path.startswith("/") or any(ord(char) <= 32 or ord(char) == 127 for char in path):
            return "a path begins with / and holds no blanks"
        return msgspec.structs.replace(probe, path=path)
    plain = value.replace(",", "").replace("_", "").strip()
    if not plain.isdecimal() or int(plain) > MOST_BYTES:
        return f"the size is a number of bytes, {MOST_BYTES:,} at most"
    return coherent(msgspec.structs.replace(probe, body_bytes=int(plain)), name)


def coherent(probe: Probe, changed: str) -> Probe:
    """Return a probe that can be sent: what was changed last decides, the rest follows.

    A body needs a method that has one, and Expect and HEAD first need a body. HTTP/2 has neither TLS below 1.2
    (RFC 9113 section 9.2) nor renegotiation.
    """
    fields: dict[str, Any] = {}
    if changed == "method" and probe.method in ("GET", "HEAD"):
        fields |= {"body_bytes": 0, "expect": "none", "head_first": False}
    if changed == "body_bytes" and probe.body_bytes == 0:
        fields |= {"expect": "none", "head_first": False}
    wants_body = changed in ("expect", "head_first") and (probe.expect != "none" or probe.head_first)
    if wants_body and not probe.body_bytes:
        fields["body_bytes"] = 1024
    body = fields.get("body_bytes", probe.body_bytes)
    if body and probe.method in ("GET", "HEAD"):
        fields["method"] = "POST"
    if probe.http == "2" and probe.tls in ("1.0", "1.1"):
        fields |= {"http": "1.1"} if changed == "tls" else {"tls": "free"}
    return msgspec.structs.replace(probe, **fields)


def warnings(probe: Probe, upload_path: str) -> tuple[str, ...]:
    """Return what is to be known before this probe is sent."""
    found = []
    if probe.body_bytes and probe.path != upload_path:
        found += [f"{probe.path} receives {probe.body_bytes:,} bytes: if the app serves it, something may be written"]
    elif probe.body_bytes:
        found += ["that path does not exist unless you named it: nothing in the app is written"]
    if probe.body_bytes > 1024 * 1024:
        found += ["more than 1 MiB leaves this machine"]
    return tuple(found)
