"""The commands on hostile sites, settings, cases and words: what they print can be obeyed by no terminal."""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from probes.case import open_case
from tests.loops.served import run
from tests.siteconfig import azure
from tests.tui.hostile import CELLS, EVIL, LONG, MARKUP, case_lines, full, hidden_in, planted
from tests.tui.hostile_site import Site, hostile_site
from tui.cli import main

Call = Callable[..., tuple[int, str, str]]
PLAIN = "[/][red]x[/red]"
SPACE = "\N{ZERO WIDTH SPACE}"
"""What our own Markdown puts into words that a forge would take for a link or a mention."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with hostile_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def seen(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case of the hostile site, whose text output was looked at."""
    file = tmp_path_factory.mktemp("case") / "case.jsonl"
    ended = run("diagnose", site.url, *options(site), "--save", str(file))
    assert ended.returncode in (1, 3), ended.stderr
    assert_clean(ended.stdout, ended.stderr)
    assert "[@click=app.quit]x[/]" in file.read_text("utf-8"), "the site has attacked"
    return file


@pytest.fixture
def edited(seen: Path, tmp_path: Path) -> Path:
    """A case file that somebody edited: every text that may be any text attacks."""
    file = tmp_path / "edited.jsonl"
    file.write_text(case_lines(planted(full(open_case(seen).case))), "utf-8")
    return file


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line in this process; returns status, standard output and standard error."""

    def called(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mtls-triage", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return called


def options(site: Site) -> list[str]:
    return ["--ca", str(site.ca), "--cert", str(site.certificate), "--debug-path", "/debug", "--timeout", "10"]


def assert_clean(*printed: str, allowed: str = "\n") -> None:
    for text in printed:
        assert hidden_in(text, allowed) == set()
        assert "Traceback" not in text


def texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield str(key)
        yield from texts(value)


def test_the_json_of_a_hostile_site_holds_only_what_can_be_printed(site: Site) -> None:
    ended = run("diagnose", site.url, *options(site), "--json")
    assert ended.returncode in (1, 3), ended.stderr
    assert_clean(ended.stdout, ended.stderr)
    case = json.loads(ended.stdout)
    assert_clean(*texts(case))
    errors = " ".join(one["error"]["message"] for one in case["observations"] if one["error"])
    reasons = [exchange["reason"] or "" for one in case["observations"] for exchange in one["exchanges"]]
    for place, found in {
        "a status line that is none": "illegal status line" in errors,
        "a header that is none": "illegal header line" in errors,
        "a head of a megabyte": "Receive buffer too long" in errors,
        "a reason": any(MARKUP in reason for reason in reasons),
        "a subject": any(PLAIN in text for text in texts(case["credential"])),
        "a forwarded certificate": any(PLAIN in text for one in case["observations"] for text in texts(one["echo"])),
    }.items():
        assert found, f"the site never attacked with {place}"


@pytest.mark.parametrize("form", ["", "--json", "--markdown", "--html", "--junit"])
@pytest.mark.parametrize("which", ["seen", "edited"])
def test_a_report_of_it(which: str, form: str, request: pytest.FixtureRequest, call: Call) -> None:
    file = str(request.getfixturevalue(which))
    for audience in ("team", "public"):
        status, out, err = call("report", file, *([form, "--audience", audience] if form else []))
        assert status == 0, err
        assert_clean(out, allowed="\n" + (SPACE if form == "--markdown" else ""))
        assert_clean(err)
        assert len(out) > 1000
        if form == "--json":
            assert_clean(*texts(json.loads(out)))
        if not form:
            break


def test_comparing_it(seen: Path, edited: Path, call: Call) -> None:
    for words in ([str(seen), str(edited)], [str(edited), str(seen), "--json"]):
        status, out, err = call("compare", *words)
        assert (status, err) == (1, "")
        assert "[@click=app.quit]" in out
        assert_clean(out)


def settings(evil: str) -> dict[str, Any]:
    """Return what ``az webapp show`` prints of a site whose every name attacks."""
    rule = {"ipAddress": evil, "action": "Deny", "priority": 1, "name": evil, "description": evil, "tag": evil}
    return {
        "id": f"/subscriptions/s/resourceGroups/{evil}/providers/Microsoft.Web/sites/{evil}", "name": evil,
        "type": "Microsoft.Web/sites", "kind": evil, "resourceGroup": evil, "tags": {evil: evil}, "state": evil,
        "hostNames": [evil], "defaultHostName": evil, "clientCertEnabled": True, "clientCertMode": evil,
        "clientCertExclusionPaths": evil, "httpsOnly": True, "publicNetworkAccess": evil, "usageState": evil,
        "hostNameSslStates": [{"name": evil, "sslState": evil, "thumbprint": evil}],
        "siteConfig": {"minTlsVersion": evil, "minTlsCipherSuite": evil, "ipSecurityRestrictions": [rule],
                       "ipSecurityRestrictionsDefaultAction": evil, evil: evil},
        "changes": [{"changedBy": evil}],
    }  # fmt: skip


@pytest.mark.parametrize("evil", [EVIL, MARKUP + CELLS, LONG], ids=["evil", "markup", "long"])
def test_saved_settings(evil: str, site: Site, tmp_path: Path, call: Call) -> None:
    file = tmp_path / "site.json"
    file.write_text(json.dumps(settings(evil)), "utf-8")
    for form in ([], ["--json"]):
        status, out, err = call("config", "--config", str(file), "--path", f"/{evil}", *form)
        assert status in (0, 1, 2, 3)
        assert out or err
        assert_clean(out, err)
        if out and form:
            assert_clean(*texts(json.loads(out)))
    status, out, err = call("diagnose", site.url, *options(site), "--config", str(file), "--dry-run")
    assert out or err
    assert_clean(out, err)


@pytest.mark.parametrize("evil", [EVIL, LONG], ids=["evil", "long"])
def test_settings_that_azure_answers(evil: str, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    served, server = azure.start(tmp_path)
    served.standard()
    told, row = settings(evil), azure.change_row()
    keep = ("clientCertMode", "defaultHostName")
    more = {key: value for key, value in told.items() if key not in ("id", "type", "siteConfig", *keep)}
    served.put(azure.SITE, azure.site_body(**more) | {"tags": {evil: evil}, "kind": evil})
    served.put(f"{azure.SITE}/config/web", azure.web_body(**told["siteConfig"]))
    attributes = row["properties"]["changeAttributes"]
    attributes |= {"changedBy": evil, "changedByType": evil, "clientType": evil, "operation": evil}
    row["properties"]["changes"] = {
        "properties.clientCertExclusionPaths": {"previousValue": evil, "newValue": evil},
        f"tags.{evil}": {"previousValue": evil, "newValue": evil},
    }
    served.put(f"{azure.SITE}/providers/Microsoft.Resources/changes", {"value": [row]})
    served.put(f"{azure.SITE}/publicCertificates", {"error": {"code": evil, "message": evil}}, 403)
    served.put(f"{azure.SITE}/privateEndpointConnections", {"error": {"code": evil, "message": evil}}, 400)
    for name, value in {"TENANT_ID": azure.TENANT, "CLIENT_ID": "client", "CLIENT_SECRET": azure.SECRET}.items():
        monkeypatch.setenv(f"AZURE_{name}", value)
    where = ["--arm-endpoint", served.url, "--authority", served.url, "--ca", str(served.ca)]
    try:
        for form in ([], ["--json"]):
            status, out, err = call("config", azure.SITE, *where, *form)
            assert status in (0, 1, 3), err
            assert evil[:20] in out
            assert_clean(out, err)
        assert_clean(*texts(json.loads(out)))
        served.put(azure.SITE, {"error": {"code": evil, "message": evil}}, 403)
        status, out, err = call("config", azure.SITE, *where)
        assert status in (2, 3)
        assert_clean(out, err)
    finally:
        server.shutdown()
        server.server_close()


def test_a_forwarded_certificate(site: Site, tmp_path: Path, call: Call) -> None:
    pem = site.certificate.read_bytes()
    der = x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)
    value = base64.b64encode(der).decode()
    shapes = {
        "value": value,
        "dump": f"{EVIL}: {EVIL}\nX-ARR-ClientCert: {value}\n{EVIL}\n",
        "json": json.dumps({"headers": {"X-ARR-ClientCert": value, EVIL: EVIL}}),
        "broken": f"X-ARR-ClientCert: {value[:40]}{EVIL}",
        "nothing": EVIL,
    }
    for name, shape in shapes.items():
        file = tmp_path / name
        file.write_text(shape, "utf-8", newline="")
        for form in ([], ["--json"]):
            wanted = ["--expect-subject", EVIL, "--expect-issuer", EVIL, "--ca", str(site.ca)]
            _, out, err = call("decode", str(file), *wanted, *form)
            assert out or err
            assert_clean(out, err)
            if out and form:
                assert_clean(*texts(json.loads(out)))
            if name in ("value", "dump", "json"):
                assert "[@click=app.quit]" in out


TRACE = """* Host {evil}:443 was resolved.
* Connected to localhost (127.0.0.1) port 443
* SSL connection using TLSv1.2 / {evil}
* ALPN: server accepted http/1.1
* Server certificate:
*  subject: CN={evil}
*  issuer: O={evil}
> GET /{evil} HTTP/1.1
> Host: {evil}
> User-Agent: {evil}
>
< HTTP/1.1 403 {evil}
< Server: {evil}
< {evil}: {evil}
<
{evil}
* Connection #0 to host {evil} left intact
"""


@pytest.mark.parametrize("evil", [EVIL.replace("\n", "").replace("\r", ""), LONG], ids=["evil", "long"])
def test_a_trace_of_curl(evil: str, tmp_path: Path, call: Call) -> None:
    file = tmp_path / "trace"
    file.write_text(TRACE.replace("{evil}", evil), "utf-8", newline="")
    for form in ([], ["--json"]):
        status, out, err = call("read", str(file), *form)
        assert status == 0, err
        assert_clean(out, err)
        if form:
            assert_clean(*texts(json.loads(out)))


WORD = EVIL.replace("\x00", "")
"""As a word of a command line, which cannot hold NUL."""


@pytest.mark.parametrize(
    "words",
    [
        [WORD], ["diagnose", WORD], ["diagnose", f"https://{WORD}/"], ["diagnose", f"https://localhost:1/{WORD}"],
        ["diagnose", f"lab:{WORD}"], ["diagnose", "https://localhost:1/", "--cert", WORD],
        ["diagnose", "https://localhost:1/", "--ca", WORD], ["diagnose", "https://localhost:1/", "--config", WORD],
        ["diagnose", "https://localhost:1/", "--as", WORD], ["diagnose", "https://localhost:1/", "--symptom", WORD],
        ["diagnose", "https://localhost:1/", "--answer", WORD], ["diagnose", "https://localhost:1/", f"--{WORD}"],
        ["diagnose", "https://localhost:1/", "--header", WORD], ["diagnose", "https://localhost:1/", "--proxy", WORD],
        ["diagnose", "https://localhost:1/", "--connect-to", WORD], ["diagnose", "--curl", f"curl {WORD}"],
        ["diagnose", "--curl", f"curl https://localhost:1/ -H '{WORD}' --{WORD} x", "--dry-run"],
        ["diagnose", "https://localhost:1/", "--save", f"/nowhere/{WORD}"], ["diagnose", WORD, WORD],
        ["diagnose", f"/subscriptions/{WORD}/resourceGroups/g/providers/Microsoft.Web/sites/s"],
        ["config", "--config", WORD], ["config", WORD], ["decode", WORD], ["decode", "--sent", WORD, "x"],
        ["report", WORD], ["report", __file__, "-o", WORD], ["compare", WORD, WORD], ["read", WORD],
        ["findings", WORD], ["lab", "--scenario", WORD, "--serve"],
        ["verify", "https://localhost:1/", "--finding", WORD],
        ["verify", WORD], ["threshold", WORD], ["reproduce", "--config", WORD, "--curl", WORD], ["script", WORD],
        ["script", f"https://localhost:1/{WORD}", "--allow-uploads"], ["serve", "--port", WORD], ["serve", WORD],
    ],
    ids=lambda words: " ".join(word.replace(WORD, "EVIL") for word in words)[:60],
)  # fmt: skip
def test_words_of_the_command_line(words: list[str], call: Call) -> None:
    status, out, err = call(*words)
    assert status in (0, 1, 2, 3)
    assert out or err
    assert_clean(out, err)
    assert len(err.splitlines()) <= 40
