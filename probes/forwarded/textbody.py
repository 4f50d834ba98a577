"""Reads names and values out of plain text: header dumps, ``curl`` output, and what languages print of a map."""

import re

from probes.forwarded.names import NAME_PATTERN
from probes.forwarded.pairs import MAX_PAIRS, Group, Pair

_NAME = r"[A-Za-z0-9_.$-]{1,100}+"
# Name: value · Name = value · 'Name': 'value', · [Name] => value · ["Name"]=> string(8) "value" · > Name: value
_LINE = re.compile(
    rf"\s*+(?:[<>*]\s++)?(?P<open>[\[{{('\"]*+)(?P<name>{_NAME}(?:\s{_NAME}){{0,2}}?)(?P<close>['\"\])]*+)"
    r"\s*+(?:=>|:|=)\s*+(?:string\(\d++\)\s*+)?(?P<value>.*+)"
)
_PHP_DUMP = re.compile(r"\]=>[ \t]*+\r?\n\s*+")
_QUOTED = re.compile(
    r"(?P<one>['\"])(?P<name>[A-Za-z0-9_.-]{1,100}+)(?P=one)\s*+(?:=>|:|=|,)\s*+"
    r"(?P<two>['\"])(?P<value>(?:(?!(?P=two)).)*+)(?P=two)",
    re.DOTALL,
)
_BETWEEN = re.compile(r"['\"\])]*+\s*+(?:=>|:|=|,)?\s*+(?:string\(\d++\)\s*+)?[\[(]?+")
MAX_HEADS = 20
"""Answers before the last one (redirects, 100 Continue, a proxy) that are skipped."""
_PEM_END = "-----END CERTIFICATE-----"
_BARE_END = re.compile(r"[\s,;'\"\]})<>]")
_HEAD = re.compile(r"HTTP/[0-9.]{1,3} [0-9]{3}")
_CURL = re.compile(r"^(?:[<>*] |[{}] \[[0-9]+ bytes data\])", re.MULTILINE)


def split_head(text: str) -> tuple[str, str]:
    """Split ``curl -i`` output into the heads of the answers and the last body; the head is empty where none is."""
    at = 0
    for _ in range(MAX_HEADS):
        if not _HEAD.match(text, at):
            break
        ends = [(end, len(gap)) for gap in ("\r\n\r\n", "\n\n") if (end := text.find(gap, at)) >= 0]
        if not ends:
            return "", text  # a head alone is what somebody pasted: it is all there is
        end, gap_length = min(ends)
        at = end + gap_length
    return text[:at], text[at:]


def is_trace(text: str) -> bool:
    """Say whether the text is a ``curl -v`` trace, whose lines say which side sent them."""
    return len(_CURL.findall(text[:16384])) >= 3


def of_trace(text: str) -> str:
    """Return the body of a trace: the lines that neither side's headers nor curl's remarks are."""
    return "\n".join(line for line in text.splitlines() if not _CURL.match(line))


def groups(text: str) -> list[Group]:
    """Return the pairs of each block of lines, and those that stand quoted on one line. Never raises."""
    text = _PHP_DUMP.sub("]=> ", text)
    out = [_block(block) for block in re.split(r"\n[ \t\r]*+\n", text)[:MAX_PAIRS]]
    quoted = Group()
    for found in _QUOTED.finditer(text):
        if len(quoted.pairs) < MAX_PAIRS:
            quoted.pairs.append(Pair(found["name"], found["value"]))
    return [*out, quoted]


def _block(text: str) -> Group:
    """Return the pairs of a text, line by line; folded lines are kept with their breaks."""
    out = Group()
    name: str | None = None
    value: list[str] = []
    for line in text.splitlines():
        if name is not None and _continues(line, value):
            value.append(line)
            continue
        _close(out, name, value)
        found = _LINE.match(line)
        name = found["name"] if found else None
        value = [_bare(found)] if found else []
        if len(out.pairs) >= MAX_PAIRS:
            break
    _close(out, name, value)
    return out


def _continues(line: str, value: list[str]) -> bool:
    # obs-fold (RFC 9112 section 5.2), and the lines of a PEM until its end.
    if value and "-----BEGIN" in value[0] and "-----END" not in value[-1]:
        return len(value) < 500
    return line[:1] in (" ", "\t") and line.strip() != "" and _LINE.match(line) is None


def _close(out: Group, name: str | None, value: list[str]) -> None:
    if name is not None:
        out.pairs.append(Pair(name, "\n".join(value)))


def _bare(found: re.Match[str]) -> str:
    # Quotes around the value belong to the printed map when the name has them too; else they are the value's.
    value = found["value"].strip()
    if found["open"] or found["close"]:
        value = value.rstrip(",;) \t")
        value = value.removeprefix("[").removesuffix("]")
        if len(value) > 1 and value[0] in "'\"" and value[-1] == value[0]:
            return value[1:-1]
    return value


def anchored(text: str) -> Group:
    """Find the known certificate headers anywhere in running text, for maps printed on one line or cut off."""
    out = Group()
    for found in NAME_PATTERN.finditer(text):
        between = _BETWEEN.match(text, found.end())
        start = between.end() if between else found.end()
        if start > found.end() and (value := _value_at(text, start)):
            out.pairs.append(Pair(found[0], value))
        if len(out.pairs) >= 16:
            break
    return out


def _value_at(text: str, start: int) -> str:
    quote = text[start : start + 1]
    if quote in ("'", '"') and quote:
        end = text.find(quote, start + 1)
        return text[start + 1 : end if end >= 0 else len(text)]
    if text.startswith("-----BEGIN", start):
        end = text.find(_PEM_END, start)
        return text[start : end + len(_PEM_END) if end >= 0 else len(text)]
    end_mark = _BARE_END.search(text, start)
    return text[start : end_mark.start() if end_mark else len(text)]
