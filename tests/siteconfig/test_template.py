"""Templates: exported, hand-written, compiled from Bicep; what only a deployment knows is not known."""

import json
from pathlib import Path
from typing import Any

import pytest

from probes.errors import ConfigurationFault
from probes.model import SiteConfig
from probes.siteconfig import read

PROPERTIES: dict[str, Any] = {
    "clientCertEnabled": True,
    "clientCertMode": "[parameters('mode')]",
    "clientCertExclusionPaths": "[concat('/a', variables('more'))]",
    "httpsOnly": "[variables('secure')]",
    "siteConfig": {"minTlsVersion": "1.2", "http20Enabled": False},
}
SITE = {"type": "Microsoft.Web/sites", "apiVersion": "2023-12-01", "name": "shop", "properties": PROPERTIES}
HEAD: dict[str, Any] = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"mode": {"type": "string", "defaultValue": "Optional"}, "site": {"type": "string"}},
    "variables": {"secure": True},
}


def one(folder: Path, template: dict[str, Any], host: str | None = None) -> SiteConfig:
    file = folder / "template.json"
    file.write_text(json.dumps(template))
    return read([file], host)[0]


def check(found: SiteConfig) -> None:
    assert (found.name, found.client_cert_enabled, found.client_cert_mode) == ("shop", True, "Optional")
    assert (found.https_only, found.min_tls_version) == (True, "1.2")
    assert found.client_cert_exclusion_paths is None, "an expression is no value"
    assert any("what it deploys" in note for note in found.notes)


def test_a_template(tmp_path: Path) -> None:
    check(one(tmp_path, {**HEAD, "resources": [{"type": "Microsoft.Web/serverfarms", "name": "p"}, SITE]}))


def test_bicep_by_symbolic_names(tmp_path: Path) -> None:
    check(one(tmp_path, {**HEAD, "languageVersion": "2.0", "resources": {"plan": {"type": "x"}, "site": SITE}}))


def test_a_module_of_bicep_is_a_nested_deployment(tmp_path: Path) -> None:
    inner = {**HEAD, "resources": [SITE]}
    outer = {"type": "Microsoft.Resources/deployments", "name": "m", "properties": {"template": inner}}
    check(one(tmp_path, {**HEAD, "resources": [outer]}))


def test_an_export_wrapped_in_template(tmp_path: Path) -> None:
    check(one(tmp_path, {"template": {**HEAD, "resources": [SITE]}}))


@pytest.mark.parametrize(
    "name", ["shop/web", "[concat(parameters('site'), '/web')]", "[format('{0}/{1}', 'x', 'web')]"]
)
def test_config_web_as_a_resource_of_its_own(tmp_path: Path, name: str) -> None:
    web = {"type": "Microsoft.Web/sites/config", "name": name, "properties": {"minTlsVersion": "1.3"}}
    found = one(tmp_path, {**HEAD, "resources": [SITE, web]})
    assert found.min_tls_version == "1.3"
    assert any("min_tls_version differs" in note for note in found.notes)


def test_config_web_inside_the_site(tmp_path: Path) -> None:
    web = {"type": "config", "name": "web", "properties": {"minTlsVersion": "1.3"}}
    found = one(tmp_path, {**HEAD, "resources": [{**SITE, "resources": [web]}]})
    assert found.min_tls_version == "1.3"


def test_a_name_that_only_a_deployment_knows(tmp_path: Path) -> None:
    found = one(tmp_path, {**HEAD, "resources": [{**SITE, "name": "[parameters('site')]"}]})
    assert found.name is None
    assert found.client_cert_enabled is True


def test_of_several_sites_the_host_chooses(tmp_path: Path) -> None:
    bank = {**SITE, "name": "bank", "properties": {"clientCertEnabled": False}}
    template = {**HEAD, "resources": [SITE, bank]}
    assert one(tmp_path, template, "bank.azurewebsites.net").client_cert_enabled is False
    with pytest.raises(ConfigurationFault, match=r"a list of 2 sites \(shop, bank\)"):
        one(tmp_path, template)


def test_a_template_without_a_site(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationFault, match="ARM template without a site"):
        one(tmp_path, {**HEAD, "resources": [{"type": "Microsoft.Web/serverfarms", "name": "p"}]})


def test_a_template_that_contains_itself_without_end_is_bounded(tmp_path: Path) -> None:
    inner: dict[str, Any] = {**HEAD, "resources": [SITE]}
    for _ in range(60):
        outer = {"type": "Microsoft.Resources/deployments", "name": "m", "properties": {"template": inner}}
        inner = {**HEAD, "resources": [outer]}
    with pytest.raises(ConfigurationFault):
        one(tmp_path, inner)
