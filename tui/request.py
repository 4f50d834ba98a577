"""Turns the words of the command line into a request for a case; says what is wrong with them."""

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from probes.credential import ClientCertificate, load
from probes.errors import CredentialFault, PassPhraseNeeded, UsageFault
from probes.model import Answer, SiteConfig
from probes.personas import CLIENTS
from probes.plan import PlanRequest, origin_of
from probes.printable import printable
from probes.triage import TriageRequest
from probes.wire.proxy import proxy_for
from probes.wire.trust import read_ca_file
from tui.site import Settings, from_files
from tui.terminal import asking
from tui.url import checked_url

_OURS = frozenset({"host", "content-length", "transfer-encoding", "expect", "connection", "user-agent"})
_TRIES = 3

Ask = Callable[[str], str | None]
"""Asks for a pass phrase; None means that the user goes on without."""


def triage_request(
    target: str, options: Mapping[str, Any], ask: Ask | None = None, settings: Settings | None = None
) -> TriageRequest:
    """Return the request for TARGET and the options of :func:`tui.commands.options.common_options`.

    Reads the files that the options name and contacts nobody. ``ask`` is called for a pass phrase that is missing or
    wrong, at most three times; without it the fault says which option to use.
    Raises UsageFault and what derives from it.
    """
    url = checked_url(target)
    credential = _credential(options, ask)
    settings = settings or _settings(url, options)
    proxy = proxy_for(url, options["proxy"])
    plan = PlanRequest(
        url=url,
        identity="given" if credential is not None and credential.key is not None else "none",
        connect_to=_host_port(options["connect_to"], "--connect-to"),
        via=proxy,
        own_origin=_own_origin(options["origin"], url),
        debug_path=_path(options["debug_path"], "--debug-path"),
        excluded_path=_path(options["excluded_path"], "--excluded-path"),
        upload_path=_path(options["upload_path"], "--upload-path"),
        real_path=options["real_path"],
        method=options["method"],
        large_bytes=options["large_bytes"],
        repeat=options["repeat"],
        client=CLIENTS[options["client"]] if options["client"] else None,
        own_tls=options["own_tls"] or "free",
        own_ciphers=options["own_ciphers"],
        own_http=options["own_http"] or "free",
        own_expect=options.get("own_expect", "client"),
        check_forgery=options["check_forgery"],
    )
    return TriageRequest(
        plan=plan,
        credential=credential,
        trusted=read_ca_file(Path(options["ca"])) if options["ca"] else (),
        configuration=settings.configuration,
        unknown=(*settings.unknown, *options.get("not_honoured", ())),
        symptom=options["symptom"],
        answers=tuple(_answer(text) for text in options["answers"]),
        timeout_s=options["timeout_s"],
        parallel=options["parallel"],
        insecure=options["insecure"],
        proxy=proxy,
        headers=_headers(options),
        secrets=_proxy_password(proxy),
        redacted=not options["no_redact"],
        keylog=Path(options["keylog"]) if options["keylog"] else None,
    )


def _settings(url: str, options: Mapping[str, Any]) -> Settings:
    return from_files(url, options) if options["config_files"] else Settings(configuration=SiteConfig())


def _credential(options: Mapping[str, Any], ask: Ask | None) -> ClientCertificate | None:
    if not options["cert"]:
        if options["key"]:
            raise UsageFault("--key was given without --cert. Name the certificate too.")
        return None
    cert, key = Path(options["cert"]), Path(options["key"]) if options["key"] else None
    phrase = _phrase(options["cert_password_env"])
    if phrase is None and options.get("cert_phrase"):
        phrase = str(options["cert_phrase"]).encode("utf-8")
    for _ in range(_TRIES if ask is not None else 0):
        try:
            return load(cert, key, phrase)
        except PassPhraseNeeded as fault:
            assert ask is not None
            answer = ask(str(fault))
            if answer is None:
                return None
            phrase = answer.encode("utf-8")
    try:
        return load(cert, key, phrase)
    except PassPhraseNeeded as fault:
        raise CredentialFault(f"{fault} Name the variable that holds it with --cert-password-env.") from None


def _phrase(variable: str | None) -> bytes | None:
    if variable is None:
        return None
    value = os.environ.get(variable)
    if value is None:
        # Whoever gives the pass phrase itself by mistake must not see it in a log.
        named = f" {variable}" if re.fullmatch(r"[A-Z_][A-Z0-9_]{0,63}", variable) else ""
        raise UsageFault(f"The environment variable{named} of --cert-password-env is not set.")
    return value.encode("utf-8")


def ask_in_terminal(reason: str) -> str | None:
    """Ask for the pass phrase without showing it; an empty answer goes on without the certificate."""
    click.echo(reason, err=True)
    with asking():
        answer = click.prompt("Pass phrase", hide_input=True, default="", show_default=False, err=True)
    return str(answer) or None


def has_terminal() -> bool:
    """Say whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _headers(options: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = []
    for text in options["headers"]:
        name, colon, value = text.partition(":")
        if not colon:
            raise UsageFault("--header needs a name and a value: --header 'Name: value'.")
        found.append(_header(name.strip(), value.strip()))
    for text in options["header_envs"]:
        name, equals, variable = text.partition("=")
        if not equals or variable not in os.environ:
            raise UsageFault(f"--header-env {printable(name)}=VAR: the variable is not set or not named.")
        found.append(_header(name.strip(), os.environ[variable].strip()))
    return tuple(found)


def _header(name: str, value: str) -> tuple[str, str]:
    token = name.isascii() and bool(name) and all(char.isalnum() or char in "!#$%&'*+-.^_`|~" for char in name)
    if not token or any(ord(char) < 32 and char != "\t" for char in value) or not _latin(value):
        raise UsageFault(f"The header {printable(name, limit=60)!r} has a character that HTTP does not allow.")
    if name.lower() in _OURS:
        raise UsageFault(f"The header {name} is set by the probes themselves and cannot be given.")
    return name, value


def _latin(value: str) -> bool:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _answer(text: str) -> Answer:
    node, equals, answer = text.partition("=")
    if not equals or not node or not answer:
        raise UsageFault(f"--answer {printable(text, limit=60)!r}: write it as NODE=ANSWER.")
    return Answer(node=printable(node), answer=printable(answer), by="option")


def _path(path: str | None, option: str) -> str | None:
    if path is None or path.startswith("/"):
        return path
    raise UsageFault(f"{option} {printable(path, limit=80)!r} must begin with a slash.")


def _host_port(text: str | None, option: str) -> str | None:
    if text is None:
        return None
    try:
        parts = urlsplit(f"//{text}")
        good = bool(parts.hostname) and parts.port is not None and not parts.path
    except ValueError:
        good = False
    if not good:
        raise UsageFault(f"{option} {printable(text, limit=80)!r}: write it as HOST:PORT.")
    return text


def _own_origin(host: str | None, url: str) -> str | None:
    if host is None:
        return None
    scheme = urlsplit(url).scheme
    return origin_of(checked_url(host if "://" in host else f"{scheme}://{host}"))


def _proxy_password(proxy: str | None) -> tuple[str, ...]:
    password = urlsplit(proxy).password if proxy else None
    return (password,) if password else ()
