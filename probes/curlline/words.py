"""Splits a pasted command line into words as the shell it was written for would, and finds the curl call in it.

POSIX: IEEE Std 1003.1, Shell Command Language, section 2.2 (quoting). Windows: cmd.exe takes carets away, then the
program splits what is left (Microsoft Learn, "Parsing C command-line arguments"). PowerShell: about_Quoting_Rules.
"""

import re
from collections.abc import Iterator
from typing import Literal

from probes.errors import UsageFault
from probes.model import Value

Shell = Literal["posix", "cmd", "powershell"]
LIMIT = 1_048_576
"""Characters of a command that are read at most."""

_OPERATORS = frozenset("|&;<>()\n")
_EXPANSION = re.compile(r"\$[A-Za-z_{(]|`")
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}
_CURL = re.compile(r"(?:.*[/\\])?curl(?:\.exe)?$", re.IGNORECASE)


class Word(Value, frozen=True, kw_only=True):
    """One word. ``operator`` is an unquoted ``|``, ``>`` …; ``expands`` holds a variable or a command to be run."""

    text: str
    operator: bool = False
    expands: bool = False


def shell_of(text: str) -> Shell:
    """Guess the shell from the way in which lines go on and quotes are escaped."""
    if re.search(r"\^\s*\n|\^\"", text):
        return "cmd"
    return "powershell" if re.search(r"`[ \t]*\n", text) else "posix"


def split(text: str) -> tuple[Word, ...]:
    """Return the words of the curl call in ``text`` behind the word ``curl``, without redirections.

    Raises UsageFault when a quote stays open or no word is ``curl``.
    """
    if len(text) > LIMIT:
        raise UsageFault(f"The curl command is longer than {LIMIT:,} characters. Paste only the command.")
    text = text.replace("\r\n", "\n")
    shell = shell_of(text)
    found = list({"posix": _posix, "cmd": _cmd, "powershell": _powershell}[shell](text))
    return tuple(_call(found))


def _call(found: list[Word]) -> Iterator[Word]:
    starts = [place for place, word in enumerate(found) if not word.operator and _CURL.match(word.text)]
    if not starts:
        raise UsageFault("There is no curl command in it. Paste the whole line, beginning with the word curl.")
    skip = False
    for word in found[starts[0] + 1 :]:
        if skip:
            skip = False
        elif not word.operator:
            yield word
        elif "<" in word.text or ">" in word.text:
            skip = True
        else:
            return


def _open_quote() -> UsageFault:
    return UsageFault("The curl command has a quote that is never closed. Paste it whole, with its last line.")


def _posix(text: str) -> Iterator[Word]:
    reader = _Reader(text)
    while (char := reader.peek()) is not None:
        if char in _OPERATORS:
            yield from reader.operator()
        elif char.isspace() or (char == "\\" and reader.peek(1) == "\n"):
            reader.take()
            if char == "\\":
                reader.take()
        else:
            yield reader.word()


class _Reader:
    """Reads POSIX words one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def peek(self, ahead: int = 0) -> str | None:
        place = self._at + ahead
        return self._text[place] if place < len(self._text) else None

    def take(self) -> str:
        self._at += 1
        return self._text[self._at - 1]

    def operator(self) -> Iterator[Word]:
        text = self.take()
        while (char := self.peek()) is not None and char in "|&<>" and text != "\n":
            text += self.take()
        if text != "\n" or self._at < len(self._text):
            yield Word(text=text, operator=True)

    def word(self) -> Word:
        done: list[str] = []
        expands = False
        while (char := self.peek()) is not None and not char.isspace() and char not in _OPERATORS:
            if char == "'":
                done.append(self._single())
            elif char == '"':
                piece, expanding = self._double()
                done.append(piece)
                expands |= expanding
            elif char == "$" and self.peek(1) == "'":
                self.take()
                done.append(self._ansi())
            elif char == "\\":
                done.append(self._escaped())
            elif char == "`" or (char == "$" and self.peek(1) == "("):
                done.append(self._substitution())
                expands = True
            else:
                expands |= bool(_EXPANSION.match(self._text, self._at))
                done.append(self.take())
        return self._redirection("".join(done)) or Word(text="".join(done), expands=expands)

    def _redirection(self, text: str) -> Word | None:
        # ``2>&1``: the digit belongs to the operator that follows at once.
        if text in ("1", "2") and self.peek() in ("<", ">"):
            return next(self.operator(), None)
        return None

    def _substitution(self) -> str:
        """Read a command that the shell would run in the middle of the word, as it is written."""
        start, depth = self._at, 0
        opening = self.take()
        while (char := self.peek()) is not None:
            self.take()
            depth += {"(": 1, ")": -1}.get(char, 0)
            if (char == "`" and opening == "`") or (char == ")" and depth == 0 and opening == "$"):
                return self._text[start : self._at]
        raise _open_quote()

    def _escaped(self) -> str:
        self.take()
        if self.peek() is None:
            return "\\"
        char = self.take()
        return "" if char == "\n" else char

    def _single(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise _open_quote()
        text, self._at = self._text[self._at + 1 : end], end + 1
        return text

    def _double(self) -> tuple[str, bool]:
        self.take()
        done: list[str] = []
        expands = False
        while (char := self.peek()) is not None:
            if char == '"':
                self.take()
                return "".join(done), expands
            if char == "\\" and self.peek(1) in ("$", "`", '"', "\\", "\n"):
                self.take()
                char = self.take()
                done.append("" if char == "\n" else char)
                continue
            expands |= bool(_EXPANSION.match(self._text, self._at))
            done.append(self.take())
        raise _open_quote()

    def _ansi(self) -> str:
        """Read ``$'…'``, which browsers write for bodies with odd characters."""
        self.take()
        done: list[str] = []
        while (char := self.peek()) is not None:
            self.take()
            if char == "'":
                return "".join(done)
            done.append(self._ansi_escape() if char == "\\" else char)
        raise _open_quote()

    def _ansi_escape(self) -> str:
        found = re.compile(r"x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}").match(
            self._text, self._at
        )
        if found:
            self._at = found.end()
            code = int(found.group(), 8) if found.group()[0] in "01234567" else int(found.group()[1:], 16)
            return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "�"
        if self.peek() is None:
            return "\\"
        char = self.take()
        return _ANSI.get(char, char)


def _cmd(text: str) -> Iterator[Word]:
    """Take the carets away as cmd.exe does, then split as the C runtime does."""
    done: list[str] = []
    quoted = False
    at = 0
    while at < len(text):
        char = text[at]
        if char == "^" and not quoted and at + 1 < len(text):
            following = text[at + 1 :].lstrip(" \t")
            if following.startswith("\n"):
                at = len(text) - len(following) + 1
                continue
            done.append(text[at + 1])
            at += 2
            continue
        if not quoted and char in "|&<>\n":
            yield from _argv("".join(done))
            done = []
            yield Word(text=char, operator=True)
        else:
            quoted ^= char == '"'
            done.append(char)
        at += 1
    yield from _argv("".join(done))


def _argv(text: str) -> Iterator[Word]:
    at = 0
    while at < len(text):
        if text[at] in " \t\n":
            at += 1
            continue
        word, at = _argument(text, at)
        yield Word(text=word, expands=bool(re.search(r"%[A-Za-z_]+%", word)))


def _argument(text: str, at: int) -> tuple[str, int]:
    done: list[str] = []
    quoted = False
    while at < len(text) and (quoted or text[at] not in " \t\n"):
        slashes = len(text) - at - len(text[at:].lstrip("\\"))
        if slashes:
            at += slashes
            before_quote = at < len(text) and text[at] == '"'
            done.append("\\" * (slashes // 2 if before_quote else slashes))
            if before_quote and slashes % 2:
                done.append('"')
                at += 1
        elif text[at] == '"':
            doubled = quoted and text[at + 1 : at + 2] == '"'
            done.append('"' if doubled else "")
            quoted ^= not doubled
            at += 2 if doubled else 1
        else:
            done.append(text[at])
            at += 1
    if quoted:
        raise _open_quote()
    return "".join(done), at


def _powershell(text: str) -> Iterator[Word]:
    """Split as PowerShell does: backtick escapes, doubled quotes, ``$`` in double quotes."""
    for found in _POWERSHELL.finditer(re.sub(r"`[ \t]*\n", " ", text)):
        piece = found.group()
        if piece[0] in "|;&<>\n":
            yield Word(text=piece, operator=True)
        elif not piece.isspace():
            yield _powershell_word(piece)


_POWERSHELL = re.compile(
    r"[|;&<>\n]|[^\S\n]+|(?:'(?:[^']|'')*'|\"(?:[^\"`]|`.|\"\")*\"|`.|[^\s'\"|;&<>`]|['\"`])+", re.DOTALL
)


def _powershell_word(piece: str) -> Word:
    done: list[str] = []
    expands = False
    for part in re.finditer(r"'(?:[^']|'')*'|\"(?:[^\"`]|`.|\"\")*\"|`.|[^'\"`]+|['\"`]", piece, re.DOTALL):
        text = part.group()
        if text in ("'", '"'):
            raise _open_quote()
        if text[0] == "'":
            done.append(text[1:-1].replace("''", "'"))
            continue
        expands |= bool(re.search(r"(?<!`)\$[A-Za-z_{(]", text))
        inner = text[1:-1].replace('""', '"') if text[0] == '"' else text
        done.append(re.sub(r"`(.)", r"\1", inner, flags=re.DOTALL))
    return Word(text="".join(done), expands=expands)
