"""A ticket without access: what ``az webapp show`` printed and a line of curl, and nothing of it is contacted."""

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.loops.served import run

TOKEN = "eyJhbGciOi-of-the-customer"
SHOWN = {
    "id": "/subscriptions/0/resourceGroups/orders/providers/Microsoft.Web/sites/contoso",
    "name": "contoso",
    "resourceGroup": "orders",
    "type": "Microsoft.Web/sites",
    "defaultHostName": "contoso.azurewebsites.net",
    "enabledHostNames": ["contoso.azurewebsites.net", "contoso.scm.azurewebsites.net"],
    "clientCertEnabled": True,
    "clientCertMode": "Required",
    "clientCertExclusionPaths": "/health",
    "httpsOnly": True,
    "state": "Running",
    "publicNetworkAccess": None,
    "siteConfig": {"http20Enabled": False, "minTlsVersion": "1.2"},
}
CURL = (
    "curl -X POST --http1.1 --cert partner.pem --key partner.key -k -H 'Authorization: Bearer {token}' "
    "-H 'Content-Type: application/octet-stream' {more} --data-binary @{body} "
    "https://contoso.azurewebsites.net/orders/upload"
)


@pytest.fixture
def ticket(tmp_path: Path) -> Path:
    (tmp_path / "site.json").write_text(json.dumps(SHOWN))
    (tmp_path / "orders.zip").write_bytes(b"z" * 250_000)
    return tmp_path


def reproduced(ticket: Path, more: str = "") -> CompletedProcess[str]:
    command = CURL.format(token=TOKEN, more=more, body=ticket / "orders.zip")
    ended = run("reproduce", "--config", str(ticket / "site.json"), "--curl", command)
    assert TOKEN not in ended.stdout + ended.stderr
    return ended


def test_the_cause_is_likely_reproduced_and_said_not_to_be_seen_on_the_site(ticket: Path) -> None:
    ended = reproduced(ticket)
    lines = [line for line in ended.stdout.splitlines() if line]
    assert ended.returncode == 1
    assert lines[0].startswith("! Likely cause  ")
    assert "curl-below-threshold" in lines[1]
    assert "reproduced in the lab with these settings and this command; not seen on the site" in lines[1]
    assert lines[2].split() == ["✗", "edge", "403", "as", "it", "is"]
    # What the site's owner can change, and what the customer can do by himself, each tried for real.
    cures = [line.strip() for line in lines if line.startswith("  ✓ ")]
    assert [line.partition("  ")[2].strip() for line in cures] == [
        "site: clientCertExclusionPaths= (empty)",
        "client: -H 'Expect: 100-continue'",
        "client: a HEAD request first on the same connection",
    ]
    assert "certificates of the lab in the place of the customer's" in ended.stdout
    assert "? whether the site itself does what the lab did with its settings" in ended.stdout


def test_what_cannot_be_honoured_of_the_command_is_named(ticket: Path) -> None:
    ended = reproduced(ticket, "--interface eth1")
    assert "--interface" in ended.stdout.partition("Not checked:")[2]


def test_the_cure_sent_back_by_the_customer_works(ticket: Path) -> None:
    ended = reproduced(ticket, "-H 'Expect: 100-continue'")
    (first,) = [line for line in ended.stdout.splitlines() if line.endswith("as it is")]
    assert first.startswith("  ✓ app ")
