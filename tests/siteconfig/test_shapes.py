"""Every shape of ``--config``, made of what the lab's Azure really answers, against the live read of that site."""

import http.client
import json
import ssl
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from probes.model import SiteConfig, Unknown
from probes.siteconfig import read
from probes.siteconfig.clouds import access
from probes.siteconfig.export import beside
from probes.siteconfig.live import read_from_azure, wanted
from tests.loops.served import patch, serve
from tests.siteconfig.lab_azure import asked, signed_in

SETTINGS = {
    "clientCertMode": "Optional",
    "clientCertExclusionPaths": "/health;/Public, /hooks",
    "http20Enabled": True,
    "minTlsVersion": "1.3",
    "ipSecurityRestrictions": [{"ipAddress": "203.0.113.0/24", "action": "Allow", "priority": 100, "name": "office"}],
}
# What no file about the site itself holds; each is named as one part that is not known.
AROUND = {"auth", "slots", "changes", "private_endpoints", "certificates", "public_certificates"}
# The words by which the settings that decide are named where they are not known.
WORDS = {
    "client_cert_enabled": "clientCertEnabled",
    "client_cert_mode": "clientCertMode",
    "client_cert_exclusion_paths": "clientCertExclusionPaths",
    "https_only": "httpsOnly",
    "http20_enabled": "http20Enabled",
    "min_tls_version": "minTlsVersion",
}
# Fields that config/web alone has, and those that only the site's own body has.
OF_CONFIG = {"min_tls_version", "min_tls_cipher_suite", "scm_min_tls_version", "http20_proxy_flag", "ip_restrictions"}
OF_CONFIG |= {"ip_default_action"}
# An export holds what can be deployed, and not what the service alone says.
READ_ONLY = {"state", "hostNames", "enabledHostNames", "defaultHostName", "usageState", "resourceGroup", "sku"}
NOT_DEPLOYED = {"state", "host_names", "default_host_name", "usage_state", "plan_tier", "site_id", "resource_group"}


class Bodies:
    """What the lab's ARM and az print of the site, fetched over TLS."""

    def __init__(self, lab: dict[str, Any]) -> None:
        self.token = self._token(lab)
        self.site = self._get(lab, lab["site_id"])
        self.web = self._get(lab, f"{lab['site_id']}/config/web")
        self.listed = self._get(lab, lab["site_id"].rpartition("/")[0])
        self.shown = json.loads(Path(lab["config"]).read_text())

    def _connection(self, lab: dict[str, Any], name: str) -> http.client.HTTPSConnection:
        parts = urllib.parse.urlsplit(lab[name])
        context = ssl.create_default_context(cafile=lab["ca"])
        return http.client.HTTPSConnection(str(parts.hostname), parts.port, timeout=20, context=context)

    def _token(self, lab: dict[str, Any]) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": lab["azure_client_id"],
            "client_secret": lab["azure_client_secret"],
            "scope": "https://management.azure.com/.default",
        }
        connection = self._connection(lab, "entra")
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        path = f"/{lab['azure_tenant_id']}/oauth2/v2.0/token"
        connection.request("POST", path, urllib.parse.urlencode(form), kind)
        return str(json.load(connection.getresponse())["access_token"])

    def _get(self, lab: dict[str, Any], path: str) -> dict[str, Any]:
        connection = self._connection(lab, "arm")
        bearer = {"Authorization": f"Bearer {self.token}"}
        connection.request("GET", f"{path}?api-version=2024-11-01", headers=bearer)
        answer: dict[str, Any] = json.load(connection.getresponse())
        return answer

    @property
    def flat_web(self) -> dict[str, Any]:
        """What ``az webapp config show`` prints: config/web, flattened."""
        return {**self.web["properties"], **{key: self.web[key] for key in ("id", "name", "type")}}

    @property
    def flat_list(self) -> list[dict[str, Any]]:
        """What ``az webapp list`` prints: every site flattened, each with the sparse ``siteConfig`` of a list."""
        return [
            {**row["properties"], **{key: row[key] for key in ("id", "name", "type", "kind")}}
            for row in self.listed["value"]
        ]

    def template(self, *, inner: bool = True) -> dict[str, Any]:
        """What ``az group export`` writes: names as parameters, config/web as a resource of its own."""
        name = "[parameters('sites_lab_site_name')]"
        site = {"type": self.site["type"], "apiVersion": "2024-11-01", "name": name, "kind": self.site["kind"]}
        web = {
            "type": "Microsoft.Web/sites/config",
            "name": "[concat(parameters('sites_lab_site_name'), '/web')]",
            "properties": self.web["properties"],
            "dependsOn": ["[resourceId('Microsoft.Web/sites', parameters('sites_lab_site_name'))]"],
        }
        kept = {key: value for key, value in self.site["properties"].items() if key not in READ_ONLY}
        properties = {**kept, "serverFarmId": "[parameters('serverfarms_plan_externalid')]"}
        return {
            "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            "contentVersion": "1.0.0.0",
            "parameters": {"sites_lab_site_name": {"type": "string", "defaultValue": self.site["name"]}},
            "resources": [{**site, "properties": properties}, *([web] if inner else [])],
        }

    @property
    def bicep(self) -> dict[str, Any]:
        """What ``bicep build`` writes of a module: a nested deployment, resources by symbolic names."""
        inner = self.template()
        named = {"site": inner["resources"][0], "web": inner["resources"][1]}
        module = {**inner, "languageVersion": "2.0", "resources": named}
        deployment = {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": "2022-09-01",
            "name": "site",
            "properties": {"mode": "Incremental", "template": module},
        }
        return {**inner, "languageVersion": "2.0", "resources": {"site": deployment}}


@pytest.fixture(scope="module")
def lab() -> Iterator[dict[str, Any]]:
    with serve("healthy-azure") as ready:
        patch(ready, {"settings": SETTINGS})
        yield ready


@pytest.fixture(scope="module")
def bodies(lab: dict[str, Any]) -> Bodies:
    return Bodies(lab)


@pytest.fixture
async def live(lab: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> SiteConfig:
    for name, value in signed_in(lab).items():
        monkeypatch.setenv(name, value)
    reach = access(arm_endpoint=lab["arm"], authority=lab["entra"], ca=Path(lab["ca"]))
    found = await read_from_azure(reach, wanted(id=lab["site_id"]), lambda _line: None)
    assert found.unknown == ()
    return found.configuration


def turned(value: Any) -> Any:
    """Return JSON with the case of every key turned."""
    if isinstance(value, dict):
        return {key.swapcase(): turned(item) for key, item in value.items()}
    return [turned(item) for item in value] if isinstance(value, list) else value


def shapes(of: Bodies) -> dict[str, tuple[list[Any], set[str]]]:
    """Return the files of each shape, and the fields that this shape cannot hold."""
    site_only = {name for name in SiteConfig.__struct_fields__ if name not in OF_CONFIG} - AROUND
    site_only -= {"source", "name", "resource_group", "http20_enabled", "public_network_access", "notes"}
    resource = {**of.site, "resourceGroup": "lab", "extendedLocation": None, "identity": None, "plan": None}
    return {
        "az webapp show": ([of.shown], set()),
        "az webapp list": ([of.flat_list], OF_CONFIG),
        "az webapp config show": ([of.flat_web], site_only),
        "az resource show": ([resource], OF_CONFIG),
        "az resource show, config show": ([resource, of.flat_web], set()),
        "az rest": ([of.site, of.web], set()),
        "az rest, the other way round": ([of.web, of.site], set()),
        "ARM list": ([of.listed], OF_CONFIG),
        "ARM list, config": ([of.listed, of.web], set()),
        "exported template": ([of.template()], NOT_DEPLOYED),
        "template without config": ([of.template(inner=False)], NOT_DEPLOYED | OF_CONFIG),
        "wrapped template": ([{"template": of.template()}], NOT_DEPLOYED),
        "compiled Bicep": ([of.bicep], NOT_DEPLOYED),
        "keys of another case": ([turned(of.shown)], set()),
        "raw keys of another case": ([turned(of.web), turned(of.site)], set()),
    }


NAMES = (
    "az webapp show", "az webapp list", "az webapp config show", "az resource show", "az resource show, config show",
    "az rest", "az rest, the other way round", "ARM list", "ARM list, config", "exported template",
    "template without config", "wrapped template", "compiled Bicep", "keys of another case",
    "raw keys of another case",
)  # fmt: skip


def from_files(folder: Path, contents: list[Any]) -> tuple[SiteConfig, tuple[Unknown, ...]]:
    files = []
    for number, content in enumerate(contents):
        files.append(folder / f"{number}.json")
        files[-1].write_text(json.dumps(content))
    return read(files, "localhost")


@pytest.mark.parametrize("shape", NAMES)
def test_each_shape_is_the_live_read_less_what_it_cannot_hold(
    live: SiteConfig, bodies: Bodies, tmp_path: Path, shape: str
) -> None:
    contents, cannot = shapes(bodies)[shape]
    found, unknown = from_files(tmp_path, contents)
    named = " ".join(one.what for one in (*unknown, *beside(found)))
    compared = 0
    for field in SiteConfig.__struct_fields__:
        ours, theirs = getattr(found, field), getattr(live, field)
        if field in ("source", "notes") or theirs is None:
            continue
        if field in cannot or field in AROUND:
            assert ours is None, field
            assert WORDS.get(field, "") in named
            continue
        assert ours == theirs, field
        compared += 1
    assert compared >= (6 if shape == "az webapp config show" else 8)
    assert all(word not in named for field, word in WORDS.items() if field not in cannot), named
    assert "App Service Authentication, the other slots, what changed lately" in named


def test_the_shapes_that_are_tried_are_all(bodies: Bodies) -> None:
    assert set(NAMES) == set(shapes(bodies))


async def test_every_way_of_looking_at_the_lab_ends_in_the_same_object(lab: dict[str, Any], live: SiteConfig) -> None:
    reach = access(arm_endpoint=lab["arm"], authority=lab["entra"], ca=Path(lab["ca"]))
    _, _, subscription, _, group, *_, name = lab["site_id"].split("/")
    ways: list[dict[str, str]] = [
        {"id": lab["site_id"].upper().replace("/SUBSCRIPTIONS/", "/subscriptions/")},
        {"host": "LOCALHOST."},
        {"name": name},
        {"name": name.upper(), "group": group.upper()},
        {"name": name, "group": group, "subscription": subscription},
    ]
    before = len(asked(lab))
    for way in ways:
        found = (await read_from_azure(reach, wanted(**way), lambda _line: None)).configuration
        same = {"name": live.name, "site_id": live.site_id, "resource_group": live.resource_group}
        written = (found.name or "", found.site_id or "", found.resource_group or "")
        assert [one.lower() for one in written] == [str(one).lower() for one in same.values()], way
        assert msgspec.structs.replace(found, **same) == live, way
    assert len(asked(lab)) > before
