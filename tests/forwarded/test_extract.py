"""The certificate header is found in every shape in which apps, frameworks and curl print headers."""

import base64
import html
import json

import pytest

from probes.forwarded import decode, find, read_echo
from tests.forwarded.material import der, leaf, pem

ONE = leaf("rsa")
VALUE = base64.b64encode(der(ONE)).decode("ascii")
HEADERS = {
    "Host": "app.example",
    "Accept": "*/*",
    "Authorization": "Bearer abc.def.ghi",
    "Cookie": "session=1",
    "X-ARR-ClientCert": VALUE,
    "X-Original-URL": "/a?code=SECRETKEY&b=2",
}
CGI = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in HEADERS.items()}
ITEMS = HEADERS.items()
LINES = [f"{name}: {value}" for name, value in ITEMS]
HEAD = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/plain\r\n\r\n"
TRACE = "*   Trying 192.0.2.1\n* Connected\n> GET / HTTP/1.1\n> Host: x\n> \n< HTTP/1.1 200 OK\n< Server: y\n< \n"

SHAPES = {
    "json, headers below": json.dumps({"args": {}, "headers": HEADERS, "url": "x"}),
    "json, at the top": json.dumps(HEADERS),
    "json, deep": json.dumps({"a": [{"b": {"request": {"headers": HEADERS}}}]}),
    "json, values are lists": json.dumps({"headers": {name: [value] for name, value in ITEMS}}),
    "json, pairs": json.dumps([[name, value] for name, value in ITEMS]),
    "json, name and value": json.dumps({"h": [{"name": name, "value": value} for name, value in ITEMS]}),
    "json, Key and Value": json.dumps({"h": [{"Key": name, "Value": [value]} for name, value in ITEMS]}),
    "json, rawHeaders": json.dumps({"rawHeaders": [text for item in ITEMS for text in item]}),
    "json in a json string": json.dumps({"body": json.dumps({"headers": HEADERS})}),
    "json, wsgi": json.dumps({**CGI, "PATH": "/usr/bin", "DATABASE_URL": "x", "REQUEST_METHOD": "GET"}),
    "json, byte order mark": "\ufeff" + json.dumps({"headers": HEADERS}),
    "text": "\n".join(LINES),
    "text, lower case, crlf": "\r\n".join(line.replace("X-ARR-ClientCert", "x-arr-clientcert") for line in LINES),
    "text, cgi": "\n".join(f"{name} = {value}" for name, value in CGI.items()),
    "curl -i": HEAD + "\r\n".join(LINES),
    "curl -i, json": HEAD + json.dumps({"headers": HEADERS}),
    "curl -i after 100": "HTTP/1.1 100 Continue\r\n\r\n" + HEAD + "\r\n".join(LINES),
    "curl -v": TRACE + "{ [5 bytes data]\n" + json.dumps({"headers": HEADERS}),
    "python dict": repr(HEADERS),
    "python dict over lines": "{\n" + "\n".join(f" {name!r}: {value!r}," for name, value in ITEMS) + "\n}",
    "php print_r": "Array\n(\n" + "\n".join(f"    [{name}] => {value}" for name, value in ITEMS) + "\n)\n",
    "php var_dump": "\n".join(f'  ["{name}"]=>\n  string({len(value)}) "{value}"' for name, value in ITEMS),
    "html table": "<html><table><tr><th>Name<th>Value</tr>"
    + "".join(f"<tr><td>{name}</td>\n<td>\n  {html.escape(value)}\n</td></tr>" for name, value in ITEMS),
    "html table, th": "<!DOCTYPE html><title>x</title><table>"
    + "".join(f"<tr><th>{name}</th><td>{html.escape(value)}</td></tr>" for name, value in ITEMS),
    "html dl": "<dl>" + "".join(f"<dt>{name}</dt><dd>{html.escape(value)}</dd>" for name, value in ITEMS) + "</dl>",
    "html dl without ends": "<dl>" + "".join(f"<dt>{name}<dd>{html.escape(value)}" for name, value in ITEMS),
    "html pre": "<html><body><pre>" + html.escape("\n".join(LINES)) + "</pre>",
    "html pre, json": "<html><body><pre>" + html.escape(json.dumps({"headers": HEADERS}, indent=1)) + "</pre>",
    "html ul": "<ul>" + "".join(f"<li>{name} = {html.escape(value)}</li>" for name, value in ITEMS) + "</ul>",
    "html br": "<p>" + "".join(f"<b>{name}:</b> {html.escape(value)}<br>" for name, value in ITEMS),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_header_and_echo_are_read_from_every_shape(shape: str) -> None:
    body = SHAPES[shape].encode()
    found = find(body)
    assert found is not None
    assert found.header is not None
    assert found.value == VALUE
    echo = read_echo(body, None, ONE)
    assert echo is not None
    assert echo.certificate is not None
    assert (echo.certificate.faults, echo.certificate.matches_sent) == ((), True)
    plain = {name.lower().removeprefix("http_").replace("_", "-"): value for name, value in echo.headers.items()}
    assert plain.keys() == {name.lower() for name in HEADERS}
    assert plain["host"] == "app.example"
    assert plain["x-arr-clientcert"] == VALUE
    assert plain["authorization"] == plain["cookie"] == "[redacted]"
    assert plain["x-original-url"] == "/a?code=[redacted]&b=[redacted]"
    assert "SECRETKEY" not in str(echo)


ONE_LINE = {
    "go map": "map[" + " ".join(f"{name}:[{value}]" for name, value in ITEMS) + "]",
    "java map": "{" + ", ".join(f"{name.lower()}={value}" for name, value in ITEMS) + "}",
    "log line": f"2026-06-01 12:00:00 INFO headers X-ARR-ClientCert: {VALUE} done",
}


@pytest.mark.parametrize("shape", ONE_LINE)
def test_the_header_is_found_in_running_text(shape: str) -> None:
    found = find(ONE_LINE[shape].encode())
    assert found is not None
    assert found.value == VALUE


@pytest.mark.parametrize(
    "name",
    [
        "X-ARR-ClientCert", "x-client-cert", "X_SSL_CLIENT_CERT", "X-Forwarded-Client-Cert", "Client-Cert",
        "ssl-client-cert", "HTTP_X_ARR_CLIENTCERT", "X-Amzn-Mtls-Clientcert-Leaf",
    ],
)  # fmt: skip
def test_every_usual_name_is_known(name: str) -> None:
    found = find(f"Host: x\n{name}: {VALUE}\n".encode())
    assert found is not None
    assert (found.header, found.value) == (name, VALUE)


def test_app_services_header_comes_first_and_a_full_one_before_an_empty_one() -> None:
    body = {"headers": {"X-Client-Cert": "x", "Client-Cert": "y", "X-ARR-ClientCert": VALUE}}
    found = find(json.dumps(body).encode())
    assert found is not None
    assert found.header == "X-ARR-ClientCert"
    body["headers"]["X-ARR-ClientCert"] = ""
    found = find(json.dumps(body).encode())
    assert found is not None
    assert found.header == "X-Client-Cert"
    found = find(b'{"headers": {"Host": "x", "X-ARR-ClientCert": ""}}')
    assert found is not None
    assert decode(found.value).faults == ("empty",)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (VALUE, ()),
        (f"\n  {VALUE}\n", ()),
        (f'"{VALUE}"', ("quoted",)),
        (pem(ONE), ()),
        (der(ONE).hex(":"), ()),
        (VALUE[:-77], ("truncated",)),
        ("AA" * 20, ("thumbprint-only",)),
    ],
)
def test_a_bare_value_is_taken_as_it_is(text: str, faults: tuple[str, ...]) -> None:
    found = find(text.encode())
    assert found is not None
    assert (found.header, found.form) == (None, "bare")
    assert decode(found.value, found.header).faults == faults


def test_a_certificate_is_found_in_the_middle_of_other_text() -> None:
    for text in ("Bag Attributes\n    localKeyID: 01\nsubject=CN = client\n" + pem(ONE), f"it was {VALUE} today"):
        found = find(text.encode())
        assert found is not None
        assert found.form == "somewhere"
        assert decode(found.value, None, ONE).matches_sent is True


def test_der_itself_and_utf16_text_are_read() -> None:
    found = find(der(ONE))
    assert found is not None
    assert decode(found.value, None, ONE).matches_sent is True
    found = find(f"X-ARR-ClientCert: {VALUE}".encode("utf-16"))
    assert found is not None
    assert found.value == VALUE


def test_folded_lines_keep_their_fold() -> None:
    found = find(f"Host: x\r\nX-ARR-ClientCert: {VALUE[:300]}\r\n {VALUE[300:]}\r\nAccept: */*\r\n".encode())
    assert found is not None
    facts = decode(found.value, found.header, ONE)
    assert (facts.faults, facts.matches_sent) == (("folded",), True)


def test_pem_over_several_lines_in_a_dump_is_one_value() -> None:
    found = find(f"Host: x\nX-Client-Cert: {pem(ONE)}Accept: y\n".encode())
    assert found is not None
    assert decode(found.value, None, ONE).matches_sent is True


def test_cut_off_json_still_gives_the_header() -> None:
    found = find(json.dumps({"headers": HEADERS}).encode()[:900])
    assert found is not None
    assert decode(found.value, found.header, ONE).faults == ("truncated",)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Hello: world\nthis is text",
        b"<html><title>404</title><h1>Not Found</h1><p>Error: nothing here</p><pre>a: b\nServer: c</pre></html>",
        b'{"status": "ok", "error": "not found"}',
        b"HTTP/1.1 403 Forbidden\r\nServer: x\r\nContent-Length: 0\r\n\r\n",
        "<p>Our public certificate:</p><pre>" + pem(ONE).replace("\n", "<br>") + "</pre>",
    ],
)
def test_an_ordinary_page_is_no_echo(body: bytes | str) -> None:
    assert read_echo(body.encode() if isinstance(body, str) else body, "text/html", ONE) is None


def test_headers_without_certificate_are_an_echo_without_one() -> None:
    echo = read_echo(b'{"headers": {"Host": "x", "User-Agent": "y"}, "certificate": null}')
    assert echo is not None
    assert (echo.certificate, echo.parse_error) == (None, None)
    assert echo.headers == {"Host": "x", "User-Agent": "y"}
