"""Reads an ``az webapp`` command as the lab's prompt takes it: what it would change, and nothing else.

Only commands that change settings are understood (Microsoft Learn, az webapp update, az webapp config set,
az webapp stop and start). They change the lab on this machine; no command is ever run.
"""

import shlex
from typing import Any

from probes.errors import UsageFault
from probes.printable import printable

_OWN_OPTIONS = {
    "--https-only": "httpsOnly",
    "--http20-enabled": "http20Enabled",
    "--min-tls-version": "minTlsVersion",
    "--min-tls-cipher-suite": "minTlsCipherSuite",
    "--public-network-access": "publicNetworkAccess",
}
_SKIPPED = {"-g", "--resource-group", "-n", "--name", "-s", "--slot", "--subscription", "-o", "--output", "--ids"}
_WORDS = {"true": True, "false": False, "null": None, "": None}


def changes(command: str) -> dict[str, Any]:
    """Return the settings that ``command`` changes, by their ARM names.

    Raises UsageFault where it is no such command, or changes nothing.
    """
    try:
        words = shlex.split(command.replace("\\\n", " "), comments=True)
    except ValueError:
        raise UsageFault("The command has a quotation mark without its partner. Close it.") from None
    if words[:3] == ["az", "webapp", "update"] or words[:4] == ["az", "webapp", "config", "set"]:
        found = _set(words[3 if words[2] == "update" else 4 :])
    elif words[:3] in (["az", "webapp", "stop"], ["az", "webapp", "start"]):
        found = {"state": "Stopped" if words[2] == "stop" else "Running"}
    else:
        shown = printable(" ".join(words[:4]), limit=60) or "nothing"
        raise UsageFault(f"The lab takes az webapp update, config set, stop and start; this is {shown}.")
    if not found:
        raise UsageFault("The command changes nothing. Say what with --set name=value.")
    return {"settings": found}


def _set(words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    setting = False
    place = 0
    while place < len(words):
        word = words[place]
        place += 1
        if word == "--set":
            setting = True
        elif word.startswith("-"):
            setting = False
            name = _OWN_OPTIONS.get(word)
            if name is None and word not in _SKIPPED:
                raise UsageFault(f"The lab does not know the option {printable(word, limit=40)} of this command.")
            value = words[place] if place < len(words) else ""
            place += 1
            if name is not None:
                found[name] = _value(value)
        elif setting and "=" in word:
            name, _, value = word.partition("=")
            found[name.removeprefix("siteConfig.").removeprefix("properties.")] = _value(value)
        else:
            raise UsageFault(f"The lab cannot read {printable(word, limit=40)} in this command.")
    return found


def _value(text: str) -> Any:
    return _WORDS.get(text.lower(), text)
