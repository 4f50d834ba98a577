"""Secrets in what Azure answers: none is read into a case, an error, a log or a report; the public gets no name."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.canary_places import (
    APP_SETTING,
    CLIENT_SECRET,
    CONNECTION,
    IN_AUTH,
    IN_MESSAGE,
    STORAGE,
    TAG,
    Wider,
    wider,
)
from tests.report.test_canary import Place, place, words
from tests.siteconfig.azure import GROUP, SITE, SUBSCRIPTION, TENANT, TOKEN, Azure, site_body, start, web_body

__all__ = ["place"]
HOST, MAIL, RESOURCE_GROUP, SLOT_HOST = "shop.azurewebsites.net", "deployer@example.com", GROUP, "shop-staging"
CUSTOM, ENDPOINT = "api.example.com", "pe-of-contoso"
ADDRESS, THUMB = "20.50.2.12", "AB" * 20
NAMED = (HOST, MAIL, RESOURCE_GROUP, SUBSCRIPTION, TENANT, SLOT_HOST, CUSTOM, ENDPOINT, ADDRESS, THUMB, "contoso")


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Azure]:
    served, server = start(tmp_path)
    planted(served.standard())
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def there(place: Place, azure: Azure) -> Wider:
    """The place, with a CA file for the site and for Azure, beside the other input files."""
    both = place.pki.ca.read_bytes() + azure.ca.read_bytes()
    (place.pki.folder / "both.pem").write_bytes(both)
    found = wider(place)
    found.more.append(TOKEN)
    return found


def planted(azure: Azure) -> None:
    """Put secrets and names into the site's body, config/web, authsettingsV2, the list of changes and the slots."""
    settings = [{"name": "Key", "value": APP_SETTING}]
    strings = [{"name": "Db", "connectionString": CONNECTION, "type": "SQLAzure"}]
    storage = {"share": {"accountName": "a", "accessKey": STORAGE}}
    secret: dict[str, Any] = {"appSettings": settings, "connectionStrings": strings, "azureStorageAccounts": storage}
    rules = [{"ipAddress": f"{ADDRESS}/32", "action": "Allow", "priority": 1, "name": "contoso head office"},
             {"ipAddress": "Any", "action": "Allow", "priority": 2147483647, "name": "Allow all"}]  # fmt: skip
    site = site_body(siteConfig=secret, keyVaultReferenceIdentity=APP_SETTING)
    azure.put(SITE, site | {"tags": {"token": TAG, "owner": MAIL}, "identity": {"tenantId": TENANT}})
    azure.put(f"{SITE}/config/web", web_body(publishingPassword=APP_SETTING, ipSecurityRestrictions=rules, **secret))
    provider = {"azureActiveDirectory": {"registration": {"clientSecret": IN_AUTH}}}
    auth = {"platform": {"enabled": False}, "identityProviders": provider}
    azure.put(f"{SITE}/config/authsettingsV2", {"id": "x", "name": "authsettingsV2", "properties": auth})
    azure.put(f"{SITE}/config/appsettings/list", {"properties": {"Key": APP_SETTING}})
    azure.put(f"{SITE}/privateEndpointConnections", {"value": [{"id": f"{SITE}/x", "name": ENDPOINT}]})


def echoing(status: int) -> Any:
    """Answer with an error whose message and headers give the caller's own token back."""

    def act(handler: Any) -> None:
        said = handler.headers.get("Authorization", "")
        message = f"Failed for {said} at https://s.example/x?sig={IN_MESSAGE} with {said.partition(' ')[2]}"
        body = {"error": {"code": "Echo", "message": message, "details": [{"message": said}]}}
        handler.send(status, {"WWW-Authenticate": f'Bearer error="{said}"', "X-Echo": said}, body)

    return act


def live(there: Wider, azure: Azure) -> list[str]:
    return ["--arm-endpoint", azure.url, "--authority", azure.url, "--ca", str(there.pki.folder / "both.pem")]


SIGNED_IN = {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": "client", "AZURE_CLIENT_SECRET": CLIENT_SECRET}


def test_config_reads_no_secret_and_shows_none(there: Wider, azure: Azure) -> None:
    for form in ([], ["--json"]):
        assert there.run("config", SITE, *live(there, azure), *form, environment=SIGNED_IN) == 0
    assert MAIL.encode() in there.output()
    asked = [path.lower() for _, path in azure.arm_log]
    assert any("config/web" in path for path in asked)
    forbidden = ("appsettings", "connectionstrings", "publish", "listkeys", "/host/", "azurestorageaccounts")
    assert [path for path in asked if any(word in path for word in forbidden)] == []
    assert {method for method, _ in azure.arm_log} == {"GET"}
    assert there.found() == []


def test_an_error_that_echoes_the_token_is_shown_without_it(there: Wider, azure: Azure) -> None:
    changes = "/providers/Microsoft.Resources/changes"
    for part, status in (("/slots", 400), ("/publicCertificates", 401), (changes, 403), ("/hostNameBindings", 500)):
        azure.fault(f"{SITE}{part}", echoing(status))
    assert there.run("config", SITE, *live(there, azure), "--json", environment=SIGNED_IN) == 0
    unknown = json.loads(there.said[-2])["unknown"]
    assert len(unknown) >= 4
    assert there.run("config", SITE, *live(there, azure), environment=SIGNED_IN) == 0
    for status in (401, 500):
        azure.fault(SITE, echoing(status))
        azure.fault(f"{SITE}/config/web", echoing(status))
        assert there.run("config", SITE, *live(there, azure), environment=SIGNED_IN) in (2, 3)
        assert there.said[-1].count(f"Azure answered {status}".encode()) == 1
    assert any(TOKEN in one for one in azure.authorized)
    assert there.found() == []


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, {"error": "invalid_client", "error_description": f"AADSTS7000215: wrong secret {CLIENT_SECRET} given"}),
        (400, {"error": CLIENT_SECRET, "error_description": f"secret={CLIENT_SECRET}"}),
        (200, {"error": "odd", "access_token": {"odd": TOKEN}, "refresh_token": IN_MESSAGE, "expires_in": 1}),
        (200, f"<html>{TOKEN} {CLIENT_SECRET}</html>".encode()),
    ],
    ids=["description", "error", "odd-token", "html"],
)
def test_a_sign_in_that_fails_shows_no_secret(there: Wider, azure: Azure, status: int, said: Any) -> None:
    azure.token_answer = (status, {}, said)
    assert there.run("config", SITE, *live(there, azure), environment=SIGNED_IN) in (2, 3)
    assert b"Traceback" not in there.output()
    assert there.found() == []


@pytest.fixture
def case(there: Wider, azure: Azure) -> Path:
    """A saved run against the site by its name in Azure, connected to the server on loopback."""
    file = there.folder / "case.jsonl"
    port = there.origin.rpartition(":")[2]
    given = words(there, "/text")
    target, *options = given[0].replace(there.origin, f"https://{CUSTOM}"), *given[1:]
    at = options.index("--ca")
    del options[at : at + 2]
    site = ["--name", "shop", "--resource-group", GROUP, "--subscription", SUBSCRIPTION]
    status = there.run(
        *("diagnose", target, *options, *live(there, azure), *site, "--insecure", "--allow-uploads"),
        *("--connect-to", f"localhost:{port}", "--confirm-host", HOST, "--save", str(file)),
        environment=SIGNED_IN,
    )
    assert status in (0, 1, 3), there.said[-1]
    return file


def test_a_run_with_settings_from_azure_holds_no_secret_for_anybody(there: Wider, case: Path) -> None:
    kept = case.read_text()
    assert '"source":"arm"' in kept
    assert MAIL in kept
    shown: dict[str, bytes] = {}
    for audience in ("team", "customer", "public"):
        before = len(there.said)
        for form in ("--json", "--markdown", "--html", "--junit"):
            assert there.run("report", str(case), form, "--audience", audience) == 0
        shown[audience] = b"".join(there.said[before:])
    assert there.found() == []
    assert [name for name in (MAIL, HOST, CUSTOM, ADDRESS) if name.encode() not in shown["customer"]] == []
    assert [name for name in NAMED if name.lower().encode() in shown["public"].lower()] == []
