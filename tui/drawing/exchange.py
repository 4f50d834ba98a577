"""One probe on a whole screen: phases, heads of request and response, every event on one clock, the curl command."""

from probes.model import Exchange, Observation, Probe
from probes.wire.request import PROBE_HEADER, RUN_HEADER, USER_AGENT, authority
from tui import curl_text
from tui.drawing.parts import Line, crop, fit, text, titled_rule, wrap
from tui.drawing.phases import detail
from tui.drawing.prose import code_lines
from tui.drawing.words import clock_time, kilobytes
from tui.store import ProbeState, Store

BODY_LINES = 12
"""Lines of an answer's body that are shown."""


def whole(store: Store, state: ProbeState, width: int, *, wide: bool) -> list[Line]:
    """Return everything that is known of the latest attempt of a probe."""
    made = state.observation
    if made is None:
        return [
            text("No answer yet." if state.running else "Not sent.", "muted"),
            (),
            *_curl(state.probe, None, width),
        ]
    run = store.case.run.id if store.case else ""
    lines = detail(store, made, state.number, width, rows=40, wide=wide)
    lines += [(), *_judged(made, width)]
    for place, done in enumerate(made.exchanges, start=1):
        which = f" {place} of {len(made.exchanges)}" if len(made.exchanges) > 1 else ""
        lines += [(), titled_rule(text(f"Request{which}", "bold"), width)]
        lines += _request(made.probe, done, run, width)
        lines += [(), titled_rule(text(f"Response{which}", "bold"), width)]
        lines += _response(done, width)
    lines += [(), *_tls(made, width), (), *_events(made, width)]
    insecure = bool(store.case and store.case.run.insecure)
    return [*lines, (), *_curl(made.probe, curl_text.of(made, insecure=insecure), width)]


def _judged(made: Observation, width: int) -> list[Line]:
    reached = {"yes": "It reached the app", "no": "It did not reach the app", "unknown": "Whether it reached the app"}
    words = reached[made.judged.reached_app]
    because = made.judged.because or "nothing in the answer tells"
    lines = wrap(f"{words}: {because}", width)
    if made.error is not None:
        lines += wrap(f"{made.error.kind}: {made.error.message}", width, "warning")
    return lines


def request_head(probe: Probe, done: Exchange, run_id: str) -> list[str]:
    """Return the head as the probe writes it; further headers of the user's own are secret and not among them."""
    lines = [f"{done.method} {done.path}", f"Host: {authority(probe.origin)}", f"User-Agent: {USER_AGENT}"]
    lines += ["Accept: */*", f"{RUN_HEADER}: {run_id}", f"{PROBE_HEADER}: {probe.id}"]
    if done.body.declared:
        lines += ["Content-Type: application/octet-stream", f"Content-Length: {done.body.declared}"]
        lines += ["Expect: 100-continue"] if done.continue_.state != "not-asked" else []
    return lines


def _request(probe: Probe, done: Exchange, run_id: str, width: int) -> list[Line]:
    lines = _head(request_head(probe, done, run_id), width)
    if done.body.declared:
        told = "" if done.body.acknowledged is None else f", {done.body.acknowledged:,} acknowledged"
        lines += [text(f"  body: {done.body.written:,} of {done.body.declared:,} bytes written{told}", "muted")]
    return lines


def _response(done: Exchange, width: int) -> list[Line]:
    if done.status is None:
        return [text("  none came", "muted")]
    version = f"HTTP/{(done.http_version or '?').removeprefix('HTTP/')}"
    status = " ".join(str(part) for part in (version, done.status, done.reason) if part)
    lines = _head([status, *(f"{name}: {value}" for name, value in done.headers)], width)
    size = f"{kilobytes(done.body_bytes)} of body" + (", cut off here" if done.truncated else "")
    lines += [text(f"  {size}", "muted")]
    body = done.body_excerpt.splitlines()
    lines += [crop(text(f"  {line}", "muted"), width) for line in body[:BODY_LINES]]
    if len(body) > BODY_LINES:
        lines += [text(f"  … {len(body) - BODY_LINES} more lines", "faint")]
    return lines


def _head(rows: list[str], width: int) -> list[Line]:
    lines: list[Line] = [crop(text(f"  {rows[0]}", "bold"), width)]
    for row in rows[1:]:
        name, colon, value = row.partition(":")
        lines += [crop((("  ", ""), (name + colon, "muted"), (value, "")), width)]
    return lines


def _tls(made: Observation, width: int) -> list[Line]:
    lines: list[Line] = [titled_rule(text("TLS", "bold"), width)]
    tls = made.tls
    if tls is None or tls.version is None:
        return [*lines, text("  no ServerHello came", "muted")]
    facts = [("spoken", f"{tls.version}, {tls.cipher or 'cipher not known'}, ALPN {tls.alpn or 'none'}")]
    for asked in tls.certificate_requests:
        names = f", names {len(asked.issuers)} authorities: {'; '.join(asked.issuers)}" if asked.issuers else ""
        facts += [("CertificateRequest", f"in the {asked.when}, answered {asked.answered or 'not at all'}{names}")]
    if not tls.certificate_requests:
        facts += [("CertificateRequest", "none came")]
    facts += [("renegotiation", tls.renegotiation)]
    if tls.server_certificate is not None:
        leaf = tls.server_certificate
        facts += [("server certificate", f"{leaf.subject}, issued by {leaf.issuer}, until {leaf.not_after or '?'}")]
    if tls.verification is not None:
        errors = ", ".join(error.name for error in tls.verification.errors)
        facts += [("verified", errors or f"yes, by {tls.verification.trusted_by} roots")]
    for alert in tls.alerts:
        facts += [("alert", f"{alert.level} {alert.name}, {alert.direction}, {alert.at_ms:.1f} ms")]
    return [*lines, *(crop(((fit(f"  {name}", 22), "muted"), (value, "")), width) for name, value in facts)]


def _events(made: Observation, width: int) -> list[Line]:
    lines: list[Line] = [titled_rule(text("Events", "bold"), width, text("ms since the probe began", "faint"))]
    for event in made.events:
        arrow, role = {"in": ("←", "primary"), "out": ("→", "muted")}[event.direction]
        size = f"{event.bytes:,} bytes" if event.bytes else ""
        line: Line = (
            (fit(f"{event.at_ms:.1f}", 9, right=True), ""),
            (f"  {arrow} ", role),
            (fit(event.kind, 6), "muted"),
            (fit(event.name, 32), "error" if event.kind == "alert" else ""),
            (fit(size, 18, right=True), "muted"),
        )
        lines += [crop(line, width)]
    return lines if made.events else [*lines, text("  none were recorded", "muted")]


def _curl(probe: Probe, command: str | None, width: int) -> list[Line]:
    lines: list[Line] = [titled_rule(text("The same with curl", "bold"), width, text("y copies it", "faint"))]
    lines += code_lines(command or curl_text.command(probe), width)
    for words in curl_text.limits(probe):
        first, *rest = wrap(words, width - 2, "muted")
        lines += [(("– ", "muted"), *first), *((("  ", ""), *line) for line in rest)]
    return lines


def title(state: ProbeState) -> str:
    """Return what the screen is about, to be copied."""
    made = state.observation
    return f"Probe {state.number}, {clock_time(made.at)}" if made else f"Probe {state.number}"
