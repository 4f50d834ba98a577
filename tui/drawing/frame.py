"""The frame of every screen: the case bar, the stages with their states, and the keys."""

from urllib.parse import urlsplit

from probes.model import Case, SiteConfig
from tui.drawing.parts import Line, Part, cells, crop, fit, hairline, pad, spread, text
from tui.drawing.verdict import CAUSE, FIXED, HEALTHY, LIKELY, OPEN, state_of
from tui.drawing.words import common_name, count, day
from tui.store import Store

STAGES = ("Configuration", "Probes", "Certificate", "Diagnosis", "Report")
SHORT = ("Config", "Probes", "Cert", "Diagnosis", "Report")


def case_bar(store: Store, width: int, *, wide: bool) -> list[Line]:
    """Return the lines that say what is being looked at: two where there is room, else one."""
    case = store.case
    if case is None:
        return [text("", "muted")] * (2 if wide else 1)
    parts = urlsplit(case.target.url)
    target: Line = ((parts.netloc, "bold"), (parts.path if parts.path != "/" else "", "muted"))
    certificate, mode = _certificate(case), _mode(case.configuration)
    if not wide:
        right = (*_certificate_short(case), ("   ", ""), *_mode_short(case.configuration))
        return [spread(target, right, width)]
    block = min(max(cells(certificate), cells(mode)), 60)
    return [
        spread(target, (("certificate  ", "muted"), *pad(certificate, block)), width),
        spread(_way(store), (("       mode  ", "muted"), *pad(mode, block)), width),
    ]


def _certificate(case: Case) -> Line:
    given = case.credential
    if given.kind == "none":
        return text("none given", "muted")
    ends: Part = (f", ends {day(given.not_after)}", "muted")
    name: Part = (fit(common_name(given.subject), 40).rstrip(), "")
    return (name, ends, (f"  ! {given.faults[0]}", "warning")) if given.faults else (name, ends)


def _certificate_short(case: Case) -> Line:
    given = case.credential
    if given.kind == "none":
        return text("no certificate", "muted")
    name = fit(common_name(given.subject).removeprefix("CN="), 20).rstrip()
    return ((name, ""), (f" to {day(given.not_after)}", "warning" if given.faults else "muted"))


def _mode(configuration: SiteConfig) -> Line:
    if configuration.source == "none":
        return text("settings not read", "muted")
    if configuration.client_cert_enabled is False:
        return (("off", ""), (", client certificates are ignored", "muted"))
    excluded = configuration.client_cert_exclusion_paths
    mode: Part = (configuration.client_cert_mode or "unknown", "")
    if not excluded:
        return (mode,)
    more = f" and {len(excluded) - 1} more" if len(excluded) > 1 else ""
    return (mode, (", except under ", "muted"), (excluded[0], ""), (more, "muted"))


def _mode_short(configuration: SiteConfig) -> Line:
    if configuration.source == "none":
        return text("mode unknown", "muted")
    if configuration.client_cert_enabled is False:
        return text("off", "")
    excluded = configuration.client_cert_exclusion_paths
    mode = {"OptionalInteractiveUser": "Interactive"}.get(configuration.client_cert_mode or "")
    return (
        (mode or configuration.client_cert_mode or "unknown", ""),
        (f", {len(excluded)} excl." if excluded else "", "muted"),
    )


def _way(store: Store) -> Line:
    made = next((seen for seen in (store.case.observations if store.case else ()) if seen.connection), None)
    probe = store.plan.probes[0] if store.plan and store.plan.probes else None
    way = f"by proxy {probe.via}" if probe and probe.via else "direct"
    if made is not None and made.connection and made.connection.ip:
        way += f" to {made.connection.ip}"
    elif probe and probe.connect_to:
        way += f" to {probe.connect_to}"
    assert store.case is not None
    source = {"arm": "settings from Azure", "file": "settings from a saved file"}
    settings = source.get(store.case.configuration.source, "settings not read")
    return text(f"{way}  ·  {settings}", "muted")


def stage_states(store: Store) -> list[tuple[str, str, str]]:
    """Return glyph, words of at most 17 characters, and role of the five stages."""
    return [
        _configuration(store),
        _probes(store),
        _forwarded(store),
        _diagnosis(store),
        ("✓", "written", "success") if store.reported else ("–", "not written", "muted"),
    ]


def settings_read(configuration: SiteConfig) -> int:
    """Return how many settings are known; None is "not known", so it does not count."""
    skipped = {"source", "name", "resource_group", "notes", "kind"}
    fields = [name for name in configuration.__struct_fields__ if name not in skipped]
    return sum(1 for name in fields if getattr(configuration, name) is not None)


def _configuration(store: Store) -> tuple[str, str, str]:
    configuration = store.case.configuration if store.case else SiteConfig()
    if configuration.source == "none":
        waiting = store.phase == "running" and not store.configuration_read
        return ("…", "being read", "primary") if waiting else ("?", "not read", "warning")
    return "✓", f"read, {count(settings_read(configuration), 'setting')}", "success"


def _probes(store: Store) -> tuple[str, str, str]:
    if store.phase in ("empty", "planned"):
        return "–", f"{store.to_send} planned", "muted"
    done = f"{store.sent} of {store.to_send} sent"
    if store.busy:
        return "…", done, "primary"
    if store.phase == "finished":
        return ("✓", f"{store.sent} sent", "success") if store.sent else ("?", "none sent", "warning")
    return "!", done, "warning"


def _forwarded(store: Store) -> tuple[str, str, str]:
    pasted = store.desk.pasted
    if pasted is not None:
        wrong = pasted.facts.faults or pasted.facts.matches_sent is False
        return ("✗", "pasted, not good", "error") if wrong else ("✓", "pasted", "success")
    seen = [made.echo for made in (store.case.observations if store.case else ()) if made.echo]
    certificates = [echo.certificate for echo in seen if echo.certificate]
    if any(found.faults for found in certificates):
        return "✗", "arrived damaged", "error"
    if certificates:
        return "✓", "arrived", "success"
    if seen:
        return "!", "not in the echo", "warning"
    asked = [state for state in store.probes.values() if state.probe.id.startswith("debug")]
    if not asked:
        return "?", "no debug path", "warning"
    if all(state.skipped is not None and state.observation is None for state in asked):
        return "–", "not asked", "muted"
    return ("?", "no echo came", "warning") if store.over else ("–", "not asked yet", "muted")


def _diagnosis(store: Store) -> tuple[str, str, str]:
    state = state_of(store)
    if store.checking is not None and store.checking.running:
        return "…", "verifying the fix", "primary"
    words = {FIXED: "fixed", CAUSE: "1 cause", LIKELY: "1 likely cause", HEALTHY: "healthy"}
    if state in words:
        return state[0], words[state], state[2]
    if state == OPEN:
        return "?", "not decided", "warning"
    return ("…", "open", "primary") if store.busy else ("–", "not begun", "muted")


def stepper(store: Store, active: int, width: int, *, wide: bool) -> list[Line]:
    """Return the stages with number ``active`` (1 to 5) marked: three lines where there is room, else one."""
    states = stage_states(store)
    if not wide:
        return [_one_line(states, active, width)]
    fifth = [width * place // 5 for place in range(6)]
    names: list[Part] = []
    words: list[Part] = []
    for place, (name, (glyph, said, role)) in enumerate(zip(STAGES, states, strict=True)):
        room = fifth[place + 1] - fifth[place]
        here = place + 1 == active
        names += [(f"{place + 1} ", "primary" if here else "faint")]
        names += [(fit(name, room - 2), "bold" if here else "muted")]
        words += [(f"{glyph} ", role), (fit(said, room - 2), "" if here else "muted")]
    start, end = fifth[active - 1], fifth[active] - (2 if active < 5 else 0)
    rule = (*hairline(start), ("━" * (end - start), "primary"), *hairline(width - end))
    return [tuple(names), tuple(words), rule]


def _one_line(states: list[tuple[str, str, str]], active: int, width: int) -> Line:
    parts: list[Part] = []
    for place, (name, (glyph, _, role)) in enumerate(zip(SHORT, states, strict=True)):
        here = place + 1 == active
        ground = " on-select" if here else ""
        parts += [(" ", ground), (f"{place + 1} ", ("primary" if here else "faint") + ground)]
        parts += [(name, ("bold" if here else "muted") + ground), (f" {glyph}", role + ground), (" ", ground)]
        if place < 4 and width > 76:
            parts.append((" ", ""))
    return crop(tuple(parts), width)


def stage_at(column: int, width: int, *, wide: bool) -> int:
    """Return the number of the stage that stands at ``column`` of the stepper, for the mouse."""
    if wide:
        # Rounded as the stepper rounds: the first column of a stage is its own in every width.
        return max((place for place in range(1, 6) if column >= width * (place - 1) // 5), default=1)
    edge = 0
    for place, name in enumerate(SHORT):
        edge += len(name) + 6 + (1 if width > 76 else 0)
        if column < edge:
            return place + 1
    return len(SHORT)


def keys_line(keys: list[tuple[str, str]], width: int, *, wide: bool) -> Line:
    """Return the keys that do something here, as many as fit, with the palette and the help at the right."""
    right: Line = (
        ("^p", "primary bold"),
        (" commands   " if wide else " more  ", "muted"),
        ("?", "primary bold"),
        (" help", "muted"),
    )
    left: list[Part] = []
    for key, words in keys:
        more: list[Part] = [("   " if left else "", ""), (key, "primary bold"), (f" {words}", "muted")]
        if cells(tuple(left + more)) + cells(right) + 2 > width:
            break
        left += more
    return spread(tuple(left), right, width)
