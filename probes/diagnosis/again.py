"""Completes the command that verifies a fix, so that it plays the same client on the same way as this case did."""

import re
import shlex
from collections.abc import Iterator

from probes.diagnosis.facts import Facts
from probes.personas import CLIENTS

_COMMAND = re.compile(r"^mtls-triage verify .*$", re.MULTILINE)


def completed(text: str, facts: Facts) -> str:
    """Return ``text`` with every option that the case needs added to its ``mtls-triage verify``.

    Files are called ``client.pem`` and ``ca.pem``: a case does not keep where they are. Every value is quoted for a
    POSIX shell.
    """

    def whole(found: re.Match[str]) -> str:
        line = found[0].rstrip()
        there = set(shlex.split(line))
        return " ".join([line, *(option for flag, option in _options(facts) if flag not in there)])

    return _COMMAND.sub(whole, text)


def _options(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield each option with its flag, in the order in which ``--help`` has them."""
    run = facts.case.run
    if facts.case.credential.kind != "none":
        yield _option("--cert", "client.pem")
    if any(seen.tls and seen.tls.verification and seen.tls.verification.trusted_by == "given" for seen in facts.seen):
        yield _option("--ca", "ca.pem")
    if run.insecure:
        yield "--insecure", "--insecure"
    if connect_to := next((seen.probe.connect_to for seen in facts.where("anything") if seen.probe.connect_to), None):
        yield _option("--connect-to", connect_to)
    if run.client in CLIENTS:
        yield _option("--as", str(run.client))
    if run.own_tls != "free":
        yield _option("--own-tls", run.own_tls)
    if run.own_ciphers:
        yield _option("--own-ciphers", run.own_ciphers)
    if run.own_http != "free":
        yield _option("--own-http", run.own_http)
    if run.own_expect != "client":
        # Only a curl command can say that Expect is sent always, or never.
        header = "Expect: 100-continue" if run.own_expect == "always" else "Expect:"
        yield _option("--curl", f"curl -H {shlex.quote(header)}")


def _option(flag: str, value: str) -> tuple[str, str]:
    return flag, f"{flag} {shlex.quote(value)}"
