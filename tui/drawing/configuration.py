"""Stage 1: what the settings make the site do, each setting, a path to try, permitted beside seen, what lacks."""

from datetime import UTC, datetime

from probes.model import Case, SiteConfig, Unknown
from probes.siteconfig.explain import Contradiction, Setting, explain, path_answer
from probes.siteconfig.meaning import effective
from tui.config_text import slots
from tui.drawing.parts import Line, crop, fit, text, titled_rule, wrap
from tui.drawing.permitted import permitted
from tui.store import Store

NAME, VALUE, PORTAL = 26, 14, 29
WHY = {
    "no-permission": "no permission",
    "not-run": "not run",
    "not-observable": "not observable",
    "no-answer": "no answer",
}
SOURCES = {"arm": "Azure", "file": "the saved file", "none": "nowhere"}


def configuration_page(
    store: Store, width: int, *, wide: bool, chosen: str | None
) -> tuple[list[Line], dict[str, int]]:
    """Return the page in ``width`` cells and the lines of settings and probes; the ``chosen`` one is explained."""
    case = store.case
    if case is None:
        return [], {}
    config = case.configuration
    gap: list[Line] = [()] if wide else []
    told = explain(config, case.unknown)
    lines: list[Line] = [*_consequence(config, width, wide=wide), *gap]
    places: dict[str, int] = {}
    if config.source == "none":
        lines += _not_read(case, width)
    else:
        lines += [_header(wide=wide)]
        for setting in told.settings:
            places[setting.name] = len(lines)
            lines += [_row(setting, config, told.contradictions, width, wide=wide)]
        picked = next((one for one in told.settings if one.name == chosen), told.settings[0])
        lines += [*gap, *_detail(picked, width)]
    for contradiction in told.contradictions:
        lines += _led("!", "warning", contradiction.means, width)
    lines += [*gap, _tried(store, config, width)]
    lines += [*_changes(config, width, gap), *_slots(config, width, gap), *_unknown(case.unknown, width, gap)]
    table, rows = permitted(store, case, width, wide=wide, chosen=chosen)
    if table:
        lines += gap
        places |= {name: len(lines) + place for name, place in rows.items()}
    return [*lines, *table], places


def _led(glyph: str, role: str, words: str, width: int, roles: str = "") -> list[Line]:
    first, *rest = wrap(words, width - 2, roles) or [()]
    return [((f"{glyph} ", role), *first), *((("  ", ""), *line) for line in rest)]


def consequence(config: SiteConfig) -> tuple[str, str, str]:
    """Return glyph, role and the one sentence that the settings come to."""
    if config.source == "none":
        return "?", "warning", "The settings were not read; what is said rests on the wire alone."
    row = effective(config)
    if row.asked == "never":
        return "!", "warning", "Client certificates are off: nobody is asked for one."
    if row.asked == "unknown":
        return "?", "warning", "When the certificate is asked for is not known from these settings."
    if row.asked == "handshake":
        return "✓", "success", "The certificate is asked for in the handshake, on every path."
    if config.client_cert_mode == "OptionalInteractiveUser":
        return "!", "warning", "The certificate is asked for after the request: the mode is OptionalInteractiveUser."
    first, *more = config.client_cert_exclusion_paths or ("a path",)
    which = f"{first} and {len(more)} more are" if more else f"{first} is"
    return "!", "warning", f"The certificate is asked for after the request, because {which} excluded."


def _consequence(config: SiteConfig, width: int, *, wide: bool) -> list[Line]:
    glyph, role, words = consequence(config)
    lines = _led(glyph, role, words, width, "bold")
    if config.source == "none":
        return lines
    means = wrap(effective(config).means, width - 2, "muted")
    return [*lines, *((("  ", ""), *line) for line in means[: 3 if wide else 2])]


def _header(*, wide: bool) -> Line:
    portal = f"{'in the portal':<{PORTAL + 2}}" if wide else ""
    return (("  " + f"{'setting':<{NAME + 2}}{'value':<{VALUE + 2}}{portal}what it means", "faint"),)


def _portal(setting: Setting, config: SiteConfig) -> str:
    """Return the portal's words in one column: today's, and what the portal of 2022 to 2024 said instead."""
    row = effective(config)
    if setting.name == "clientCertMode" and row.portal and row.portal != row.portal_2025:
        return f"{row.portal_2025}, was {row.portal}"
    return setting.portal_label or ""


def _row(
    setting: Setting, config: SiteConfig, contradictions: tuple[Contradiction, ...], width: int, *, wide: bool
) -> Line:
    odd = setting.renegotiation or any(setting.name in one.settings for one in contradictions)
    glyph = ("? ", "warning") if setting.value is None else ("! " if odd else "  ", "warning")
    value = setting.value if setting.value is not None else "not read"
    line: list[tuple[str, str]] = [glyph, (fit(setting.name, NAME), "" if odd else "muted"), ("  ", "")]
    line += [(fit(value, VALUE), "bold" if odd else "" if setting.value is not None else "faint"), ("  ", "")]
    if wide:
        line += [(fit(_portal(setting, config), PORTAL), "muted"), ("  ", "")]
    return crop((*line, (setting.means, "" if odd else "muted")), width)


def _detail(setting: Setting, width: int) -> list[Line]:
    source = text(f"read from {SOURCES.get(setting.source, setting.source)}", "faint")
    lines: list[Line] = [titled_rule(text(setting.name, "bold"), width, source)]
    lines += wrap(f"{setting.value if setting.value is not None else 'not read'}: {setting.means}", width)
    if setting.portal_label:
        lines += wrap(f"in the portal: {setting.portal_label}", width, "muted")
    return [*lines, *wrap(f"according to {setting.reference}", width, "faint")]


def _not_read(case: Case, width: int) -> list[Line]:
    lines: list[Line] = []
    for key, words, note in (
        ("f", "read a saved file", "what `az webapp show` printed, an ARM GET, a template"),
        ("y", "copy the command", "that saves it; Reader is enough"),
    ):
        offer: Line = (("  ", ""), (f"{key}  ", "primary bold"), (fit(words, 23), ""), (note, "muted"))
        lines += [crop(offer, width)]
    return [*lines, (), *(crop(text(f"  {line}", "on-surface"), width) for line in show_command(case).splitlines())]


def show_command(case: Case) -> str:
    """Return the command that saves the settings of the site, with the names that are known."""
    name = (case.configuration.name or "<site-name>").partition("/")[0]
    group = case.configuration.resource_group or "<resource-group>"
    return f"az webapp show --resource-group {group} --name {name} > site.json"


def _tried(store: Store, config: SiteConfig, width: int) -> Line:
    path = store.desk.tried
    if path is None:
        return crop((("  Try a path  ", "muted"), ("p", "primary bold"), (" asks for one", "muted")), width)
    answer = path_answer(path, config)
    glyph, role, words = {
        True: ("!", "warning", "never asked"),
        False: ("✓", "success", "asked"),
        None: ("?", "warning", "not known"),
    }[answer.excluded]
    shown = fit(path, min(max(len(path), 12), 40))
    return crop(
        (
            ("  Try a path  ", "muted"),
            (f" {shown} ", "on-select"),
            (f"  {glyph} {words}", role),
            (f"  {answer.means}", "muted"),
        ),
        width,
    )


def _changes(config: SiteConfig, width: int, gap: list[Line]) -> list[Line]:
    if not config.changes:
        return []
    lines: list[Line] = [*gap, titled_rule(text("Changed in the last 14 days", "italic muted"), width)]
    for change in config.changes:
        by = f"  by {change.by}" if change.by else ""
        words = f"{change.setting}: {change.old or 'not set'} → {change.new or 'not set'}"
        lines += [crop((("! ", "warning"), (f"{change.at}  ", "muted"), (words, ""), (by, "muted")), width)]
    return lines


def _slots(config: SiteConfig, width: int, gap: list[Line]) -> list[Line]:
    if not config.slots and config.last_swap is None:
        return []
    lines: list[Line] = [*gap, titled_rule(text("Other slots", "italic muted"), width)]
    for words in slots(config, datetime.now(UTC)):
        lines += [(("  ", ""), *line) for line in wrap(words, width - 2)]
    return lines


def _unknown(missing: tuple[Unknown, ...], width: int, gap: list[Line]) -> list[Line]:
    if not missing:
        return []
    lines: list[Line] = [*gap, titled_rule(text("Not known", "italic muted"), width)]
    room = min(max(len(one.what) for one in missing), width // 3)
    for one in missing:
        if len(one.what) <= room and len(one.how_to_get) <= width - room - 19:
            head: Line = (("? ", "warning"), (fit(one.what, room), ""), ("  ", ""), (fit(WHY[one.why], 15), "muted"))
            lines.append((*head, (one.how_to_get, "")))
            continue
        lines += _led("?", "warning", f"{one.what} ({WHY[one.why]})", width)
        lines += [(("    ", ""), *line) for line in wrap(one.how_to_get, width - 4, "muted")[:2]]
    return lines
