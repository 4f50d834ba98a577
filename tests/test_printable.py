"""Text from outside: whatever it holds, nothing is left that a terminal could obey."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from probes.printable import printable, printable_bytes

OBEYED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(st.characters()))
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    shown = printable(text)
    assert all(unicodedata.category(char) not in OBEYED for char in shown)
    shown.encode("utf-8")


@given(st.text(st.characters()))
def test_it_changes_nothing_twice(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(st.binary())
def test_bytes_never_raise(data: bytes) -> None:
    assert printable_bytes(data).isprintable() or printable_bytes(data) == ""


def test_what_it_looks_like() -> None:
    assert printable("a\x1b]0;x\x07b\u202ec\x9b31m") == "a\\x1b]0;x\\x07b\\u202ec\\x9b31m"
    assert printable("証明書 ✓ Ω") == "証明書 ✓ Ω"
    assert printable("a\r\nb\n", lines=True) == "a\nb\n"
    assert printable("a\nb") == "a\\x0ab"
    assert printable("abcdef", limit=3) == "abc…"
