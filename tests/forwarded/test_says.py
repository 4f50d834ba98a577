"""What a debug endpoint says by itself of its request's certificate, apart from the headers that it lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.forwarded import read_echo
from probes.forwarded.says import says_none


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"headers": {"Host": "x"}, "certificate": null}', True),
        (b'{"headers": {}, "clientCertificate": false}', True),
        (b'{"request": {"client_certificate": "none"}}', True),
        (b'{"certificate": {"subject": "CN=x"}}', False),
        (b'{"certificate": "CN=x"}', False),
        (b'{"headers": {"Client-Cert": null}}', None),
        (b'{"headers": {"Host": "x"}}', None),
        (b"Host: x\nAccept: */*\n\ncertificate: none\n", True),
        (b"Client certificate: CN=x\n", False),
        (b"Client-Cert =\n", True),
        (b"no certificate is mentioned here: none\n", None),
        (b"<table></table><p>certificate: none</p>", True),
        (b"<p>certificate: CN=x</p>", False),
        (b"", None),
        (b"{", None),
        (b"[1, 2]", None),
        (b'{"a": {"b": {"c": {"d": {"e": {"certificate": null}}}}}}', None),
    ],
)
def test_what_is_said(body: bytes, said: bool | None) -> None:
    assert says_none(body) is said


def test_it_stands_in_the_echo() -> None:
    echo = read_echo(b'{"headers": {"Host": "x", "Accept": "*/*", "User-Agent": "y"}, "certificate": null}')
    assert echo is not None
    assert echo.says_none is True


@given(st.binary(max_size=400))
def test_no_body_makes_it_raise(body: bytes) -> None:
    assert says_none(body) in (None, True, False)
    assert says_none(b"{" + body) in (None, True, False)
