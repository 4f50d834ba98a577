"""Secrets given to decode, verify, reproduce, config, findings and to calls that are wrong."""

import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from tests.report.canary_places import USER_PHRASE, Wider, wider
from tests.report.test_canary import (
    BEARER,
    CODE,
    COOKIE,
    HEADER,
    PHRASE,
    PROXY,
    SIGNATURE,
    Place,
    place,
    words,
)

__all__ = ["place"]


@pytest.fixture
def there(place: Place) -> Wider:
    return wider(place)


def certificate(there: Wider) -> x509.Certificate:
    found = pkcs12.load_pkcs12(there.pfx.read_bytes(), PHRASE.encode()).cert
    assert found is not None
    return found.certificate


def dumps(there: Wider) -> list[Path]:
    """Header dumps and answers in which the certificate stands beside secrets; one has the private key, too."""
    forwarded = "".join(certificate(there).public_bytes(Encoding.PEM).decode().splitlines()[1:-1])
    pairs = {
        "X-ARR-ClientCert": forwarded,
        "Authorization": f"Bearer {BEARER}",
        "Cookie": f"sid={COOKIE}",
        "x-functions-key": CODE,
        "X-Original-URL": f"/api?code={CODE}&sig={SIGNATURE}",
        "parseError": f"The certificate could not be parsed at /x?code={CODE}: Authorization: Bearer {BEARER}",
    }
    plain = "".join(f"{name}: {value}\r\n" for name, value in pairs.items())
    texts = (plain, f"GET /x?code={CODE} HTTP/1.1\r\n{plain}\r\n", json.dumps({"headers": pairs}),
             json.dumps({"error": {"certificate": f"Invalid: Cookie: sid={COOKIE}"}, **pairs}),
             plain + there.key)  # fmt: skip
    files = []
    for number, text in enumerate(texts):
        files.append(there.pki.folder / f"dump{number}.txt")
        files[-1].write_text(text)
    return files


def test_decode_shows_the_certificate_and_nothing_beside_it(there: Wider) -> None:
    sent = ("--sent", str(there.pfx), "--cert-password-env", "PHRASE")
    for file in dumps(there):
        assert there.run("decode", str(file), "--json") in (0, 1)
        assert there.run("decode", str(file), *sent) in (0, 1)
    assert b"thumbprint_sha1" in there.output()
    wrong = {"PHRASE": f"{PHRASE} and more"}
    assert there.run("decode", str(dumps(there)[0]), *sent, environment=wrong) == 2
    assert there.run("decode", str(dumps(there)[0]), "--expect-thumbprint", f"{CODE}") == 2
    assert there.found() == []


def test_verify_holds_no_secret(there: Wider) -> None:
    pace = ["--for", "1s", "--every", "0.2s", "--streak", "2", "--allow-uploads"]
    finding = ["--finding", "large-body-renegotiation"]
    assert there.run("verify", *words(there), *finding, *pace, "--json") in (0, 1, 3)
    assert b"attempts" in there.output()
    case = there.folder / "case.jsonl"
    assert there.run("diagnose", *words(there, "/json"), "--allow-uploads", "--save", str(case)) in (0, 1, 3)
    finding = ["--finding", "client-certs-disabled"]
    assert there.run("verify", str(case), *words(there)[1:], *finding, *pace) in (0, 1, 3)
    assert there.found() == []


def test_reproduce_holds_no_secret(there: Wider) -> None:
    site = {
        "name": "shop", "type": "Microsoft.Web/sites", "defaultHostName": "shop.azurewebsites.net",
        "clientCertEnabled": True, "clientCertMode": "Required", "clientCertExclusionPaths": "/health",
        "httpsOnly": True, "state": "Running", "tags": {"t": HEADER},
        "siteConfig": {"appSettings": [{"name": "K", "value": SIGNATURE}], "minTlsVersion": "1.2"},
    }  # fmt: skip
    file = there.pki.folder / "site.json"
    file.write_text(json.dumps(site))
    (there.pki.folder / "body").write_bytes(f"secret={HEADER}".encode() * 20_000)
    curl = (
        f"curl -u 'me:{USER_PHRASE}' -H 'Authorization: Bearer {BEARER}' -b 'sid={COOKIE}' --proxy-user 'p:{PROXY}' "
        f"--cert 'client.pfx:{PHRASE}' --data-binary @{there.pki.folder}/body --oauth2-bearer {BEARER} "
        f"'https://me:{PROXY}@shop.azurewebsites.net/up?code={CODE}'"
    )
    assert there.run("reproduce", "--config", str(file), "--curl", curl) in (0, 1, 3)
    assert there.run("reproduce", "--config", str(file), "--curl", curl, "--json") in (0, 1, 3)
    assert b'"replays"' in there.output()
    assert there.run("config", "--config", str(file), "--json") == 0
    assert there.found() == []


WRONG = [
    ["config", f"localhost/x?code={CODE}"],
    ["verify", f"localhost/x?code={CODE}", "--finding", "large-body-renegotiation"],
    ["diagnose", f"localhost/x?code={CODE}&sig={SIGNATURE}"],
    ["diagnose", f"https://[::1/x?code={CODE}"],
    ["threshold", f"ftp://user:{HEADER}@localhost/x?code={CODE}"],
    ["script", f"localhost/x?code={CODE}"],
    ["script", f"https://user:{HEADER}@localhost/x"],
    ["diagnose", "https://localhost/", "--proxy", f"socks://user:{PROXY}@127.0.0.1:1"],
    ["diagnose", "https://localhost/", "--proxy", f"http://user:{PROXY}@127.0.0.1:port"],
    ["diagnose", "https://localhost/", "--connect-to", f"user:{HEADER}@localhost"],
    ["diagnose", "https://localhost/", "--debug-path", f"debug?code={CODE}"],
    ["diagnose", "https://localhost/", "--header", f"Authorization Bearer {BEARER}"],
    ["diagnose", "https://localhost/", "--header-env", f"X={HEADER}"],
    ["diagnose", "https://localhost/", "--cert", "client.pfx", "--cert-password-env", PHRASE],
    ["diagnose", "https://localhost/", "--arm-endpoint", f"https://user:{HEADER}@h/?sig={SIGNATURE}"],
    ["diagnose", "https://localhost/", "--authority", f"http://user:{HEADER}@h/"],
    ["diagnose", "--curl", f"curl -H 'X: {HEADER}' --no-such {PROXY} 'https://user:{PROXY}@"],
    ["diagnose", "--curl", f"wget --header='X: {HEADER}' https://localhost/?code={CODE}"],
    ["reproduce", "--config", "no.json", "--curl", f"curl -u a:{HEADER} https://localhost/?code={CODE}"],
    ["read", f"https://localhost/?code={CODE}"],
    ["report", f"https://localhost/?code={CODE}"],
    ["compare", f"https://localhost/?code={CODE}", f"https://user:{HEADER}@localhost/"],
    ["findings", f"https://user:{HEADER}@localhost/x?code={CODE}"],
    ["diagnose", "https://localhost/", "--timeout", f"https://user:{HEADER}@localhost/?code={CODE}"],
]


# All in one process: starting Python is what takes its time.
CALLS = (
    "import contextlib, io, json, sys\nfrom tui.cli import main\nout = []\n"
    "for words in json.loads(sys.argv[1]):\n"
    "    sys.argv, text, status = ['mtls-triage', *words], io.StringIO(), 0\n"
    "    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):\n"
    "        try:\n            main()\n"
    "        except SystemExit as ended:\n            status = ended.code or 0\n"
    "    out.append((status, text.getvalue()))\n"
    "print(json.dumps(out))"
)


def test_a_wrong_call_is_refused_without_repeating_a_secret(there: Wider) -> None:
    assert there.run(json.dumps(WRONG), code=CALLS) == 0
    told = json.loads(there.said[-2])
    assert len(told) == len(WRONG)
    secrets = [one for one in there.secrets() if one]
    for words_of_it, (status, text) in zip(WRONG, told, strict=True):
        assert status == 2, (words_of_it, text)
        assert text.startswith(("mtls-triage: ", "Usage: ")), text
        assert "Traceback" not in text
        assert [one for one in secrets if one in text] == [], (words_of_it, text)
    assert there.found() == []


def test_findings_and_the_lab_hold_no_secret_of_the_environment(there: Wider) -> None:
    for one in (["findings"], ["findings", "--json"], ["findings", "--tree"], ["lab", "--list", "--json"]):
        assert there.run(*one) == 0
    assert len(there.output()) > 10_000
    assert there.found() == []
