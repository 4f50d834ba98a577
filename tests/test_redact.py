"""Secrets are taken out of headers, texts and URLs; the words around them stay."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.redact import REDACTED, SECRET_HEADERS, Redactor, hide_query_secrets

PLAIN = Redactor()


@pytest.mark.parametrize("name", sorted(SECRET_HEADERS))
@pytest.mark.parametrize("shape", ["json", "json-list", "text", "html", "wsgi"])
def test_secret_headers_in_an_echo_are_taken_out(name: str, shape: str) -> None:
    secret = "tr0ub4dor-and-3"
    text = {
        "json": json.dumps({"headers": {name.title(): secret, "X-Other": "stays"}}),
        "json-list": json.dumps({"headers": {name.title(): [secret], "X-Other": "stays"}}, indent=1),
        "text": f"{name.title()}: {secret}\r\nX-Other: stays\r\n",
        "html": f"<tr><td>{name}</td><td>{secret}</td></tr><tr><td>X-Other</td><td>stays</td></tr>",
        "wsgi": f"HTTP_{name.upper().replace('-', '_')}={secret}\nHTTP_X_OTHER=stays",
    }[shape]
    hidden = PLAIN.text(text)
    assert secret not in hidden
    assert REDACTED in hidden
    assert "stays" in hidden
    assert PLAIN.header(name.title(), secret) == REDACTED


@given(st.text(st.characters(categories=("L", "N", "P")), min_size=4, max_size=40))
def test_a_given_secret_is_found_as_it_is_and_percent_encoded(secret: str) -> None:
    from urllib.parse import quote

    hidden = Redactor([secret]).text(f"before {secret} and {quote(secret, safe='')} after")
    assert secret not in hidden.replace(REDACTED, "").replace("before ", "").replace(" after", "").replace(
        " and ", ""
    )
    assert hidden.startswith("before ")


def test_the_value_of_a_bearer_header_is_found_without_its_scheme() -> None:
    assert "abcd1234" not in Redactor(["Bearer abcd1234"]).text("token=abcd1234; got abcd1234")


def test_short_secrets_do_not_eat_the_text() -> None:
    assert Redactor(["a"]).text("a banana") == "a banana"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/api/x?code=abc==&y=1", f"https://h/api/x?code={REDACTED}&y=1"),
        ("/x?y=1&sig=a%2Bb", f"/x?y=1&sig={REDACTED}"),
        ("https://user:pass@h/x", "https://h/x"),
        ("/plain?barcode=7", "/plain?barcode=7"),
    ],
)
def test_query_secrets_are_hidden(url: str, shown: str) -> None:
    assert hide_query_secrets(url) == shown
