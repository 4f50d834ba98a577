"""What an endpoint says itself about the certificate, and what of its headers may be kept."""

import json
import re

import pytest

from probes.forwarded import read_echo

HEADERS = {"Host": "x", "Accept": "*/*", "X-ARR-ClientCert": "MIIB"}
TEXT = "\n".join(f"{name}: {value}" for name, value in HEADERS.items())
TOLD = "Unable to load PEM file. See the manual."


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"headers": HEADERS, "certificate": {"error": TOLD}, "path": "/"}),
        json.dumps({"headers": HEADERS, "certificate": None, "certificateError": TOLD}),
        json.dumps({"headers": HEADERS, "parse_error": TOLD}),
        json.dumps({"headers": HEADERS, "clientCert": {"exception": {"type": "x", "message": TOLD}}}).replace(
            '"type": "x", ', ""
        ),
        json.dumps({"headers": HEADERS, "error": TOLD}),
        json.dumps({"headers": HEADERS, "certificate": TOLD}),
        f"{TEXT}\n\ncertificate error: {TOLD}\n",
        f"{TEXT}\ncertificate.error = {TOLD}\n",
        "<!DOCTYPE html><table>"
        + "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in HEADERS.items())
        + f"</table><p>certificate error: {TOLD}</p>",
    ],
)
def test_the_endpoints_own_error_is_told(body: str) -> None:
    echo = read_echo(body.encode())
    assert echo is not None
    assert echo.parse_error == TOLD
    assert echo.headers.keys() == HEADERS.keys()


@pytest.mark.parametrize(
    "more",
    [
        {"certificate": {"error": None, "subject": "CN=x"}},
        {"certificate": {"error": "", "subject": "CN=x"}},
        {"certificate": {"subject": "CN=error"}},
        {"error": "database is down"},
        {"certificateError": "none"},
    ],
)
def test_what_is_no_error_about_the_certificate_is_none(more: dict[str, object]) -> None:
    echo = read_echo(json.dumps({"headers": HEADERS, **more}).encode())
    assert echo is not None
    assert echo.parse_error is None


SECRETS = {
    "Authorization": "Basic c2VjcmV0OnNlY3JldA==",
    "X-Custom": "Bearer s3cr3t-value",
    "Cookie": "a=s3cr3t-value",
    "x-functions-key": "s3cr3t-value",
    "X-MS-TOKEN-AAD-ID-TOKEN": "s3cr3t-value",
    "X-My-Api-Key": "s3cr3t-value",
    "X-Jwt-Assertion": "eyJhbGciOiJub25lIn0.s3cr3t-value",
    "X-Some": "eyJhbGciOiJub25lIn0.s3cr3t-value",
    "Referer": "https://x/?sig=s3cr3t-value",
    "X-Client-Cert": "-----BEGIN PRIVATE KEY-----s3cr3t-value",
}


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_of_the_request_is_kept(name: str) -> None:
    for body in (json.dumps({"headers": {**HEADERS, name: SECRETS[name]}}), f"{TEXT}\n{name}: {SECRETS[name]}\n"):
        echo = read_echo(body.encode())
        assert echo is not None
        assert name in echo.headers
        assert not re.search("s3cr3t|c2VjcmV0", str(echo))


def test_the_callers_own_redaction_comes_on_top() -> None:
    body = json.dumps({"headers": {**HEADERS, "X-Plain": "mine", "Cookie": "a"}}).encode()
    echo = read_echo(body, redact=lambda name, value: value.replace("mine", "[gone]"))
    assert echo is not None
    assert echo.headers["X-Plain"] == "[gone]"
    assert echo.headers["Cookie"] == "[redacted]"


def test_control_characters_become_visible() -> None:
    body = json.dumps(
        {"headers": {**HEADERS, "X-A": "\x1b]52;c;AA\x07"}, "certificate": {"error": "a\u202eb"}}
    ).encode()
    echo = read_echo(body)
    assert echo is not None
    assert echo.headers["X-A"] == "\\x1b]52;c;AA\\x07"
    assert echo.parse_error == "a\\u202eb"
