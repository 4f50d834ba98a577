"""The curl command that sends what a probe sends, and what curl cannot do of it.

Options as the curl manual describes them (man page of curl 7.88 and newer). The filler of the body comes from
``/dev/zero``: what counts is its size.
"""

import shlex
from urllib.parse import urlsplit

from probes.model import Observation, Probe

_EXPECT_AT_ONCE = "0.001"
"""Seconds for ``--expect100-timeout``: as good as not waiting for the 100."""
_BREAK = " \\\n  "


def url_of(probe: Probe) -> str:
    """Return the URL of a probe, without the port that its scheme has anyway."""
    parts = urlsplit(probe.origin)
    standard = {"https": ":443", "http": ":80"}.get(parts.scheme, "")
    return probe.origin.removesuffix(standard) + probe.path


def command(probe: Probe, *, trusted_by: str | None = None, insecure: bool = False) -> str:
    """Return the command for a POSIX shell. ``trusted_by`` is whose roots the server's chain led to."""
    common = [*_connection(probe), *_identity(probe), *_trust(trusted_by, insecure)]
    request = [*_request(probe), url_of(probe)]
    words = ["curl --include --path-as-is", *common]
    if probe.head_first:
        # After --next every option must be given again (curl manual).
        words += ["--head", shlex.quote(url_of(probe)), f"--next{_BREAK}--include --path-as-is", *common]
    words += [*request[:-1], shlex.quote(request[-1])]
    feed = f"head -c {probe.body_bytes} /dev/zero | " if probe.body_bytes else ""
    return feed + _BREAK.join(words)


def of(made: Observation, *, insecure: bool = False) -> str:
    """Return the command for what was sent in one observation."""
    verified = made.tls.verification if made.tls else None
    return command(made.probe, trusted_by=verified.trusted_by if verified else None, insecure=insecure)


def _connection(probe: Probe) -> list[str]:
    words = {"1.1": ["--http1.1"], "2": ["--http2"], "free": []}[probe.http]
    if probe.origin.startswith("https:") and probe.tls != "free":
        words += [f"--tlsv{probe.tls} --tls-max {probe.tls}"]
    if probe.ciphers:
        words += [f"--ciphers {shlex.quote(probe.ciphers)}"]
    elif probe.tls in ("1.0", "1.1"):
        words += ["--ciphers DEFAULT@SECLEVEL=0"]
    if probe.connect_to:
        words += [f"--connect-to {shlex.quote(f'::{probe.connect_to}')}"]
    if probe.via:
        words += [f"--proxy {shlex.quote(probe.via)}"]
    return words


def _identity(probe: Probe) -> list[str]:
    if not probe.origin.startswith("https:"):
        return []
    return {
        "none": [],
        "given": ["--cert client.pem"],
        "throwaway": ["--cert any-self-signed.pem"],
        "gateway": ["--cert gateway.pem"],
    }[probe.identity]


def _trust(trusted_by: str | None, insecure: bool) -> list[str]:
    if insecure:
        return ["--insecure"]
    return ["--cacert ca.pem"] if trusted_by == "given" else []


def _request(probe: Probe) -> list[str]:
    words: list[str] = []
    if probe.body_bytes:
        if probe.method != "POST":
            words += [f"--request {probe.method}"]
        words += ["--header 'Content-Type: application/octet-stream'", *_expect(probe), "--data-binary @-"]
    elif probe.method == "HEAD":
        words += ["--head"]
    elif probe.method != "GET":
        words += [f"--request {shlex.quote(probe.method)}"]
    return words


def _expect(probe: Probe) -> list[str]:
    if probe.expect == "none":
        return ["--header 'Expect:'"]
    wait = _EXPECT_AT_ONCE
    if probe.expect == "wait":
        wait = f"{(probe.wait_ms or 600_000) / 1000:g}"
    return [f"--header 'Expect: 100-continue' --expect100-timeout {wait}"]


def limits(probe: Probe) -> tuple[str, ...]:
    """Return in words what curl does otherwise than the probe, and which files are the user's to name."""
    found = []
    if probe.identity == "given" and probe.origin.startswith("https:"):
        found += ["client.pem is your certificate with its key; for a PFX: --cert-type P12 --cert client.pfx"]
    if probe.identity == "throwaway":
        found += ["any-self-signed.pem is any self-signed certificate with its key"]
    if not probe.renegotiate:
        found += ["curl renegotiates when it is asked to; this probe refused"]
    if probe.expect == "header-only":
        found += ["curl always waits for the 100; with so short a limit it as good as does not"]
    if probe.canary:
        found += ["the canary in X-ARR-ClientCert is left out"]
    return tuple(found)
