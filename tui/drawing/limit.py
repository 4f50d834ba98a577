"""The search for a size limit as a picture: every upload with its size on one scale, and where the limit lies."""

from probes.model import Observation
from tui.drawing.parts import Line, crop, fit, text, titled_rule, wrap
from tui.drawing.words import kilobytes, outcome_words
from tui.limit import Limit

WAYS = {
    "certificate": "With the certificate",
    "no-certificate": "Without a certificate",
    "expect": "Waiting for 100 Continue",
    "head-first": "After a HEAD on the same connection",
}
MEANINGS = {
    "renegotiation-buffer": "It is the front end's buffer: the site asks for the certificate after the request.",
    "app-limit": "It does not matter when the certificate is asked for: the app or its server limits.",
    "unknown": "What the limit belongs to could not be told apart.",
}


def way_of(made: Observation) -> str:
    """Return in which way an upload of the search went out."""
    probe = made.probe
    if probe.expect == "wait":
        return "expect"
    if probe.head_first:
        return "head-first"
    return "no-certificate" if probe.identity == "none" else "certificate"


def refused(made: Observation) -> bool:
    """Whether an upload was refused in the way that is searched for: it did not reach the app, or it got 413."""
    return made.judged.reached_app == "no" or made.status == 413


def limit_page(limit: Limit, width: int) -> list[Line]:
    """Return the picture in ``width`` cells."""
    lines = [*_head(limit, width), ()]
    biggest = max((made.probe.body_bytes for made in limit.seen), default=1)
    for way, title in WAYS.items():
        rows = [made for made in limit.seen if way_of(made) == way]
        if rows:
            lines += [titled_rule(text(title, "italic muted"), width)]
            lines += [_row(made, biggest, width) for made in sorted(rows, key=lambda one: one.probe.body_bytes)]
    return lines


def _head(limit: Limit, width: int) -> list[Line]:
    if limit.fault is not None:
        return wrap(f"! {limit.fault}", width, "warning")
    if limit.result is None:
        passed = [made.probe.body_bytes for made in limit.seen if not refused(made) and way_of(made) == "certificate"]
        failed = [made.probe.body_bytes for made in limit.seen if refused(made)]
        between = f"between {max(passed, default=0):,} and {min(failed):,} bytes" if failed else "not met yet"
        words = f"{'stopped' if limit.stopped else 'searching'}: the limit lies {between}; {len(limit.seen)} uploads"
        return [crop((("… ", "primary"), (words, "bold")), width)]
    found = limit.result
    spent = text(f"  {found.requests} requests, {found.bytes_sent:,} bytes sent", "muted")
    if found.largest_accepted is None:
        words = "Even one byte does not get through: this is not about size."
        return [crop((("? ", "warning"), (words, "bold")), width), spent]
    if found.smallest_refused is None:
        words = f"Nothing was refused up to {found.largest_accepted:,} bytes."
        return [crop((("✓ ", "success"), (words, "bold")), width), spent]
    words = f"{found.largest_accepted:,} bytes pass, {found.smallest_refused:,} are refused."
    means = wrap(MEANINGS[found.attribution], width - 2)
    return [crop((("✗ ", "error"), (words, "bold")), width), *((("  ", ""), *line) for line in means), spent]


def _row(made: Observation, biggest: int, width: int) -> Line:
    no = refused(made)
    glyph, role = ("✗", "error") if no else ("✓", "success")
    size = made.probe.body_bytes
    lane = max(width - 40, 10)
    half = max(round(size / biggest * lane * 2), 1)
    bar = "━" * (half // 2) + ("╸" if half % 2 else "")
    return crop(
        (
            (fit(f"{size:,}", 10, right=True), ""),
            (f"  {glyph} ", role),
            (fit(outcome_words(made), 10), role),
            ("  ", ""),
            (fit(bar, lane), role),
            (fit(kilobytes(size), 9, right=True), "muted"),
        ),
        width,
    )
