"""Stage 5: the report as it will be written, and what is left out of it for whom."""

from tui.drawing.parts import Line, Part, crop, text, titled_rule, wrap

FORMATS = ("markdown", "html", "json", "junit")
AUDIENCES = ("customer", "team", "public")
ENDINGS = {"markdown": "md", "html": "html", "json": "json", "junit": "xml"}
LEFT_OUT = {
    "customer": "the proxy of whoever ran the probes; the customer's own host, addresses and thumbprints stay",
    "team": "nothing that the case holds",
    "public": "host, addresses, names and thumbprints: pseudonyms stand for them",
}
NEVER = "Private keys, pass phrases, tokens, cookies and Authorization headers are in no case and in no report."


def report_page(written: str, how: str, audience: str, width: int, *, wide: bool) -> list[Line]:
    """Return the preview of ``written`` with the choices above it."""
    lines: list[Line] = [
        _tabs("format", FORMATS, how, "f", width),
        _tabs("for", AUDIENCES, audience, "a", width),
        *(((("left out   " if not place else " " * 11), "muted"), *line)
          for place, line in enumerate(wrap(LEFT_OUT[audience], width - 11))),
    ]  # fmt: skip
    if wide:
        lines += [*wrap(NEVER, width, "muted"), ()]
    lines += [titled_rule(text("Preview", "italic muted"), width, text("w writes it to a file", "faint"))]
    if how == "markdown":
        return [*lines, *_prose(written, width)]
    return [*lines, *(crop(text(row), width) for row in written.splitlines())]


def _prose(written: str, width: int) -> list[Line]:
    """Return Markdown as it stands, paragraphs and list items wrapped; tables and code are cut instead."""
    lines: list[Line] = []
    code = False
    for row in written.splitlines():
        fence = row.lstrip().startswith("```")
        if code or fence or row.startswith(("|", "    ")) or not row.strip():
            lines.append(crop(text(row), width))
        else:
            inner = " " * (len(row) - len(row.lstrip(" -*>0123456789.")))
            first, *more = wrap(row, width, "bold" if row.startswith("#") else "") or [()]
            if more and inner:
                more = wrap(" ".join("".join(part for part, _ in line) for line in more), width - len(inner))
            lines += [first, *(((inner, ""), *line) for line in more)]
        code ^= fence
    return lines


def _tabs(label: str, names: tuple[str, ...], chosen: str, key: str, width: int) -> Line:
    parts: list[Part] = [(f"{label:<9}  ", "muted")]
    for name in names:
        parts += [(name, "bold underline" if name == chosen else "muted"), ("   ", "")]
    return crop((*parts, (key, "primary bold"), (" changes it", "faint")), width)
