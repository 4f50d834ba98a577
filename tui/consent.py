"""What a plan will send, in words, before anything is sent."""

import ipaddress
from itertools import groupby
from urllib.parse import urlsplit

from probes.model import Case, Probe
from probes.plan import Plan, PlanRequest
from probes.wire.certificates import is_address

_ODD_EXPECT = {"wait": "Expect, waits for 100", "header-only": "Expect, does not wait"}


def is_loopback(url: str) -> bool:
    """Say whether a URL leads to this machine: ``localhost``, 127.0.0.0/8 or ::1."""
    host = urlsplit(url).hostname or ""
    if is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def stays_here(request: PlanRequest) -> bool:
    """Say whether all probes of a plan stay on this machine.

    What is contacted decides, not what the URL is called; behind a proxy nothing is local.
    """
    places = [f"https://{request.connect_to}" if request.connect_to else request.url]
    places += [request.own_origin] if request.own_origin else []
    return request.via is None and all(is_loopback(place) for place in places)


def size_text(size: int) -> str:
    """Return a size in bytes as a person reads it: ``1 kB``, ``300 kB``, ``64 MiB`` (1 kB is 1,024 bytes)."""
    if size < 1024:
        return f"{size} B"
    if size < 1_048_576:
        return f"{size / 1024:.0f} kB"
    return f"{size / 1_048_576:.0f} MiB"


def plan_lines(plan: Plan, case: Case) -> list[str]:
    """Return the plan as lines: how much it sends, where the uploads go, and every probe under its question."""
    uploads = plan.uploads
    lines = [
        f"Target        {case.target.url}",
        f"Requests      {plan.requests} on {len(plan.probes)} connections, "
        f"{len(uploads)} with a body, {plan.upload_bytes:,} bytes at most",
    ]
    if uploads:
        methods = " and ".join(sorted({probe.method for probe in uploads}))
        lines.append(f"Uploads       {methods} {plan.upload_path}")
        if any("/mtls-triage-" in probe.path for probe in uploads):
            lines.append("              The path does not exist: nothing in the app is written, expect 404.")
    for question, probes in groupby(plan.probes, key=lambda probe: probe.question):
        lines += ["", question, *(f"  {probe_line(probe)}" for probe in probes)]
    return lines


def probe_line(probe: Probe) -> str:
    """Return one probe as a line: its id and all that makes it different from the others."""
    parts = [probe.method, size_text(probe.body_bytes) if probe.body_bytes else "", probe.path]
    words = [" ".join(part for part in parts if part)]
    words.append({"none": "no certificate", "given": "your certificate"}.get(probe.identity, f"{probe.identity} one"))
    if probe.tls != "free" or probe.http != "free":
        tls = "any TLS" if probe.tls == "free" else f"TLS {probe.tls}"
        http = "any HTTP" if probe.http == "free" else f"HTTP/{probe.http}"
        words.append(f"{tls} {http}")
    if probe.expect != "none":
        words.append(_ODD_EXPECT[probe.expect])
    if probe.head_first:
        words.append("HEAD first")
    if probe.persona:
        words.append(f"as {probe.persona}")
    return f"{probe.id:<24} {', '.join(words)}"
