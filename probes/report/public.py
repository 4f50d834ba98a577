"""A case as anybody may see it: names, addresses and thumbprints are pseudonyms, and what an app said is left out."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from probes.model import Case
from probes.report.pseudonyms import Pseudonyms

LEFT_OUT = "[left out]"
_HEADERS = frozenset(
    {"server", "date", "content-type", "content-length", "connection", "transfer-encoding", "x-powered-by", "allow",
     "keep-alive", "upgrade", "retry-after", "x-ms-forbidden-ip"}
)  # fmt: skip
"""Headers that name nobody, or only by an address; an app's other headers may say anything."""
_PLAIN_RULES = frozenset({"Allow all", "Deny all"})
"""Names that App Service itself gives to access restrictions (Microsoft Learn, App Service access restrictions)."""
_KEPT_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def for_public(case: Case) -> Case:
    """Return the case with pseudonyms; the same case always gets the same ones, whatever the report's format.

    Bodies, an app's own headers and the forwarded certificate itself are left out: they may name anybody. Paths stay
    as they are but for the names in them, because exclusion paths are part of the evidence. Fields are found by
    their names, wherever in a case they stand, and every other text is searched for what was named.
    """
    names = Pseudonyms()
    _learn(case, names)
    changed = _Walk(names).value(msgspec.to_builtins(case))
    return msgspec.convert(changed, Case)


def _learn(case: Case, names: Pseudonyms) -> None:
    """Name every host of the case first, so that it is known wherever a text names it."""
    config = case.configuration
    if config.name:
        names.label(config.name.partition("/")[0])
    hosts = [urlsplit(case.target.url).hostname, config.default_host_name, *(config.host_names or ())]
    hosts += [slot.host_name for slot in config.slots or ()]
    hosts += [bound.name for bound in config.host_bindings or ()]
    hosts += [name for one in config.certificates or () for name in one.host_names]
    for seen in case.observations:
        probe, tls = seen.probe, seen.tls
        hosts += [urlsplit(probe.origin).hostname, urlsplit(f"//{probe.connect_to or ''}").hostname]
        hosts += [seen.connection.canonical_name] if seen.connection else []
        found = tls.server_certificate.san if tls and tls.server_certificate else ()
        hosts += [name for name in found if "." in name and " " not in name and ":" not in name]
    for host in hosts:
        if host:
            names.host(host)
    endpoints = (_connection(one)[0] for one in config.private_endpoints or ())
    own = (config.resource_group, config.hosting_environment, *endpoints)
    for name in (*own, *(rule.name for rule in config.ip_restrictions or () if rule.name not in _PLAIN_RULES)):
        if name:
            names.named(name)


def _connection(text: str) -> tuple[str, str]:
    """Return a private endpoint connection's name, and its state with what stands before it."""
    name, bracket, state = text.rpartition(" (")
    return (name, bracket + state) if bracket else (text, "")


class _Walk:
    """Goes through a decoded case and replaces each field as its name demands."""

    def __init__(self, names: Pseudonyms) -> None:
        self._names = names
        self._rules: dict[str, Callable[[Any], Any]] = {
            **dict.fromkeys(("subject", "issuer", "issuers"), self._each(names.distinguished)),
            "chain": self._each(names.distinguished),
            **dict.fromkeys(
                ("thumbprint_sha1", "thumbprint_sha256", "thumbprint", "serial", "public_certificates"),
                self._each(names.thumbprint),
            ),
            "san": self._each(self._alternative),
            **dict.fromkeys(("ip", "addresses"), self._each(names.address)),
            **dict.fromkeys(
                ("canonical_name", "default_host_name", "host_name", "host_names"), self._each(names.host)
            ),
            "resource_group": self._each(names.label),
            "hosting_environment": self._each(names.named),
            "private_endpoints": self._each(self._endpoint),
            "ip_restrictions": self._rows("name", lambda name: name if name in _PLAIN_RULES else names.named(name)),
            "host_bindings": self._rows("name", names.host),
            "changes": self._changes,
            "configuration": self._configuration,
            "connect_to": self._each(self._host_port),
            "body_excerpt": lambda text: LEFT_OUT if text else text,
            "headers": self._headers,
        }

    def value(self, data: Any) -> Any:
        """Return the data with every text in it replaced."""
        if isinstance(data, str):
            return self._names.text(data)
        if isinstance(data, list | tuple):
            return [self.value(one) for one in data]
        if isinstance(data, dict):
            return {key: self._rules.get(key, self.value)(value) for key, value in data.items()}
        return data

    @staticmethod
    def _each(change: Callable[[str], str]) -> Callable[[Any], Any]:
        def changed(data: Any) -> Any:
            if isinstance(data, list | tuple):
                return [changed(one) for one in data]
            return change(data) if isinstance(data, str) else data

        return changed

    def _rows(self, field: str, change: Callable[[str], str]) -> Callable[[Any], Any]:
        """Return what changes ``field`` in each object of a list, and the other fields as their names demand."""

        def changed(data: Any) -> Any:
            return [self.value(one) | {field: one[field] and change(one[field])} for one in data or ()] or data

        return changed

    def _endpoint(self, text: str) -> str:
        name, state = _connection(text)
        return self._names.named(name) + state

    def _changes(self, data: Any) -> Any:
        """Return the changes by pseudonyms; the rules of access restrictions are left out: they may name anybody."""
        found: Any = self.value(data)
        for one in found or ():
            one["by"] = one["by"] and self._names.named(one["by"])
            if one["setting"].startswith("ipSecurityRestrictions"):
                one |= {name: one[name] and LEFT_OUT for name in ("old", "new")}
        return found

    def _configuration(self, data: dict[str, Any]) -> dict[str, Any]:
        site, slash, slot = (data.get("name") or "").partition("/")
        named = f"{self._names.label(site)}{slash}{slot}" if site else data.get("name")
        changed: dict[str, Any] = self.value(data)
        return changed | {"name": named}

    def _alternative(self, name: str) -> str:
        """Return a subject alternative name; a URI or a name of another kind may say anything and is left out."""
        kind, colon, said = name.partition(":")
        if colon and kind.isalpha() and kind.isupper() and "::" not in name:
            return f"{kind}:{self._alternative(said)}"
        plain = "." in name and not set(" /:@") & set(name)
        found = self._names.host(name) if plain else self._names.text(name)
        return LEFT_OUT if found == name and name not in _KEPT_NAMES else found

    def _host_port(self, text: str) -> str:
        parts = urlsplit(f"//{text}")
        host = self._names.host(parts.hostname or "")
        return f"[{host}]:{parts.port}" if ":" in host else f"{host}:{parts.port}"

    def _headers(self, data: Any) -> Any:
        """Return an answer's headers that name nobody; of those that an app has echoed, the names alone."""
        if isinstance(data, dict):
            return dict.fromkeys(data, LEFT_OUT)
        return [[name, self._names.text(value)] for name, value in data if name in _HEADERS]
