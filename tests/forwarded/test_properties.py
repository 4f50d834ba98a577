"""No input makes a parser raise, print a control character, or take long; good values survive being damaged."""

import base64
import time
import unicodedata
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.forwarded import FAULTS, chain_and_rules, decode, decode_whole, find, read_echo
from probes.forwarded.check import Expected
from probes.forwarded.der import walk
from probes.model import Encoding
from tests.forwarded.material import KINDS, der, leaf, pem, root

GOOD = [base64.b64encode(der(leaf(kind))).decode() for kind in KINDS]
GOOD += [pem(leaf("ec")), der(leaf("ec")).hex(), f":{GOOD[1]}:", f'Hash={"0" * 64};Cert="{pem(leaf("ec"))}"']
NOISE = st.text(
    alphabet=st.sampled_from('MIIB+/= \t\n%2B0123abc"\\:,;-_=HashCertBEGIN&#<>{}[]\u202e\x1b\x00é'), max_size=300
)
ENCODINGS = set(Encoding.__args__)  # type: ignore[attr-defined]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from (*_texts(key), *_texts(member))
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _is_printable(value: msgspec.Struct) -> bool:
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return not any(
        unicodedata.category(char) in hidden for text in _texts(msgspec.to_builtins(value)) for char in text
    )


@settings(deadline=None)
@given(st.one_of(st.text(max_size=2000), NOISE))
def test_any_text_decodes_to_something_true(text: str) -> None:
    found = decode(text, text[:20], leaf("ec"))
    assert set(found.faults) <= FAULTS.keys()
    assert found.encoding is None or found.encoding in ENCODINGS
    assert found.faults or found.thumbprint_sha256
    assert _is_printable(found)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 4))):
        at, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        match draw(st.sampled_from(["cut", "insert", "replace", "repeat", "drop"])):
            case "cut":
                text = text[:end]
            case "insert":
                text = text[:at] + draw(NOISE) + text[at:]
            case "replace":
                text = text[:at] + draw(st.characters()) + text[at + 1 :]
            case "repeat":
                text = text[:end] + text[at:end] + text[end:]
            case "drop":
                text = text[:at] + text[at + 3 :]
    return text


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_damaged_values_never_raise_and_stay_printable(text: str) -> None:
    decoded = decode_whole(text, "X-ARR-ClientCert", leaf("ec"))
    assert _is_printable(decoded.facts)
    assert set(decoded.facts.faults) <= FAULTS.keys()
    checks = chain_and_rules(decoded, expected=Expected(thumbprint=text[:99], subject=text[:99]), cas=(root()[0],))
    assert all(_is_printable(check) for check in checks)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(GOOD[:3]), st.data())
def test_a_changed_certificate_never_passes_for_the_one_that_was_sent(text: str, data: st.DataObject) -> None:
    raw = bytearray(base64.b64decode(text))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    sent = leaf(KINDS[GOOD.index(text)])
    assert decode(base64.b64encode(raw).decode(), None, sent).matches_sent is not True


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=2000), damaged().map(str.encode), NOISE.map(str.encode)))
def test_any_body_is_read_without_raising(body: bytes) -> None:
    for kind in (None, "application/json", "text/html"):
        found = find(body, kind)
        assert found is None or isinstance(found.value, str)
        echo = read_echo(body, kind, leaf("ec"))
        assert echo is None or _is_printable(echo)


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([der(leaf(kind)) for kind in KINDS]), st.integers(0, 300))
def test_the_walk_takes_any_bytes(tail: bytes, good: bytes, at: int) -> None:
    assert walk(tail) is not None
    assert walk(good[:at] + tail) is not None


SIZE = 256 * 1024
HOSTILE = [
    "=", "A", " ", "%", "%25", ",A", "MIIA ", "A-", "\n ", "By=;", "0:", "30 ", "\\n", "&#", ":", "MIIB=", " \t",
    "-----BEGIN CERTIFICATE-----", "<a", "<!--", "<td>", "<table><tr><td>", "<", "[", '{"a":', '"', "a:", "<dt>",
    "x-arr-clientcert:", 'x-arr-clientcert="', "HTTP/1.1 200\n\n", "a: b\n ", "a ", "> ", "&#x41;", "'", "<p ",
    '["a","b"],', "]=>\n", "string(1", "'a':\"", "Cert=\"", "MIIBAAAA", "<br>", "\\u00", "%0", "+ ",
    "x-arr-clientcert:-----BEGIN ",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("lead", ["", "MIIB", "<p>", "[", 'Cert="'])
def test_the_largest_hostile_input_takes_no_time(unit: str, lead: str) -> None:
    text = (lead + unit * (SIZE // len(unit) + 1))[:SIZE]
    began = time.process_time()
    decode(text, None, leaf("ec"))
    read_echo(text.encode(), "text/html")
    assert time.process_time() - began < 10  # seconds; a quadratic step takes minutes at this size
