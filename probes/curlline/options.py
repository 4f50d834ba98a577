"""Walks the words of a curl call as curl's own reader does: bundled letters, values glued on, URLs in between."""

from collections.abc import Iterator, Sequence

from probes.curlline.table import KNOWN, SHORT, WITH_VALUE
from probes.curlline.words import Word
from probes.errors import UsageFault
from probes.model import Value
from probes.printable import printable


class Option(Value, frozen=True, kw_only=True):
    """One option by its long name, with its value; the name is empty for a URL that stands alone.

    ``shown`` is how it was written, without its value. ``expands`` says that the shell would have put something in.
    """

    name: str
    shown: str
    value: str = ""
    expands: bool = False
    unknown: bool = False


def options(words: Sequence[Word]) -> Iterator[Option]:
    """Yield the options and URLs of one curl call, in order; raises UsageFault where a value is missing."""
    reader = iter(words)
    plain = False
    for word in reader:
        text = word.text
        if plain or not text.startswith("-") or text == "-":
            yield Option(name="", shown="the URL", value=text, expands=word.expands)
        elif text == "--":
            plain = True
        elif text.startswith("--"):
            yield _long(word, reader)
        else:
            yield from _bundle(word, reader)


def _long(word: Word, reader: Iterator[Word]) -> Option:
    name, equals, _ = word.text[2:].partition("=")
    shown = f"--{printable(name, limit=40)}"
    if name in WITH_VALUE and not equals:
        value = _next(reader, shown)
        return Option(name=name, shown=shown, value=value.text, expands=value.expands)
    return Option(name=name, shown=shown, unknown=bool(equals) or name not in KNOWN)


def _bundle(word: Word, reader: Iterator[Word]) -> Iterator[Option]:
    letters = word.text[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        shown = f"-{printable(letter)}"
        name = SHORT.get(letter, "")
        if name in WITH_VALUE:
            value = Word(text=letters, expands=word.expands) if letters else _next(reader, shown)
            yield Option(name=name, shown=shown, value=value.text, expands=value.expands)
            return
        yield Option(name=name or letter, shown=shown, unknown=not name)


def _next(reader: Iterator[Word], shown: str) -> Word:
    word = next(reader, None)
    if word is None:
        raise UsageFault(f"The curl command ends behind {shown}, which needs a value. Paste the whole command.")
    return word
