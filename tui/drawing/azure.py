"""Draws the Azure screens: what is waited for, a device code, the list of sites and the site under the cursor."""

from probes.siteconfig.rows import SiteRow
from probes.siteconfig.ways import DeviceCode
from tui.drawing.parts import Line, columns, crop, fit, spread, text, titled_rule, wrap

TURNS = "|/-\\"
"""The spinner's frames: characters that every terminal has."""
PER_S = 4
"""Frames a second."""


def spinner(elapsed_s: float, *, still: bool) -> str:
    """Return the frame of the moment; where nothing is to be animated, always the same."""
    return "…" if still else TURNS[int(elapsed_s * PER_S) % len(TURNS)]


def clock(seconds: float) -> str:
    """Return a span as minutes and seconds, never below zero: ``14:05``."""
    whole = max(int(seconds + 0.999), 0)
    return f"{whole // 60}:{whole % 60:02}"


def azure_bar(arm: str, signed_in: str | None, width: int, *, wide: bool) -> list[Line]:
    """Return the bar on top: which Azure, and how the user is signed in; two lines where there is room."""
    host = arm.removeprefix("https://")
    who = f"signed in by {signed_in}" if signed_in else "nobody is signed in yet"
    if not wide:
        return [spread((("Azure  ", "bold"), (host, "muted")), text(who, "muted"), width)]
    reads = text("only reads; the role Reader is enough", "muted")
    return [spread(text("Azure", "bold"), text(host), width), spread(text(who, "muted"), reads, width)]


def waiting(doing: str, elapsed_s: float, limit_s: float | None, width: int, *, still: bool) -> Line:
    """Return what is waited for, since when, and the limit in seconds."""
    limit = f" of {limit_s:.0f}" if limit_s else ""
    return crop(((f"{spinner(elapsed_s, still=still)} ", "primary"), (doing, ""), _since(elapsed_s, limit)), width)


def _since(elapsed_s: float, limit: str) -> tuple[str, str]:
    return (f"   {elapsed_s:.0f}{limit} s" if elapsed_s >= 1 else "", "muted")


def code_page(code: DeviceCode, elapsed_s: float, left_s: float, width: int, *, still: bool) -> list[Line]:
    """Return where to go, the code to enter there, and how long it still works."""
    step = 10
    return [
        titled_rule(text("Sign in with a device code", "bold"), width),
        *wrap("On this machine or any other: open the page in a browser, enter the code, and sign in there.", width),
        (),
        crop(((fit("open", step), "muted"), (code.address, "primary")), width),
        crop(((fit("enter", step), "muted"), (code.code, "bold")), width),
        (),
        crop(
            (
                (f"{spinner(elapsed_s, still=still)} ", "primary"),
                ("waiting for you to sign in there", ""),
                (f"   the code works for {clock(left_s)} more", "muted"),
            ),
            width,
        ),
        (),
        *wrap(
            "Enter it only because you asked for it here: a code signs in the program that shows it.", width, "muted"
        ),
    ]


def _widths(width: int, *, wide: bool) -> tuple[int, ...]:
    """Return the cells of name, group, subscription (0 where it has no room) and host."""
    name, group, subscription = (34, 22, 20) if wide else (30, 18, 0)
    used = name + group + subscription + (6 if subscription else 4)
    return name, group, subscription, max(width - used, 8)


def site_head(width: int, *, wide: bool) -> Line:
    """Return the names of the columns."""
    widths = _widths(width, wide=wide)
    names = ("site", "resource group", "subscription", "host")
    return columns([(name, room, "faint") for name, room in zip(names, widths, strict=True) if room])


def site_line(row: SiteRow, width: int, *, wide: bool) -> Line:
    """Return one site on one line; one that does not run says so where its host would stand."""
    name, group, subscription, host = _widths(width, wide=wide)
    there = subscription_of(row)
    cells = [(row.id.shown, name, ""), (row.id.group, group, "muted")]
    if subscription:
        cells.append((there, subscription, "muted"))
    line = columns(cells)
    state = (f"! {row.state.lower()}  ", "warning") if row.state and row.state.lower() != "running" else ("", "")
    return crop((*line, ("  ", ""), state, (fit(row.host or "no host name", host).rstrip(), "")), width)


def subscription_of(row: SiteRow) -> str:
    """Return the subscription's name, its id where that is not known."""
    return row.subscription or row.id.subscription


def site_detail(row: SiteRow | None, width: int) -> list[Line]:
    """Return in three lines what the list has no room for."""
    if row is None:
        return [(), (), ()]
    more = ", ".join(row.hosts[:6]) + (f" and {len(row.hosts) - 6} more" if len(row.hosts) > 6 else "")
    known = (row.kind or "", row.state or "", f"subscription {subscription_of(row)}")
    facts = "  ·  ".join(part for part in known if part)
    return [
        titled_rule(text(row.id.shown, "bold"), width),
        crop(((fit("hosts", 8), "muted"), (more or "none", "")), width),
        crop(((fit("group", 8), "muted"), (row.id.group, ""), (f"  ·  {facts}", "muted")), width),
    ]
