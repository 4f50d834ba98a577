"""azure-mgmt-web reads the lab's site, with the keys and the gaps that the service really has."""

import asyncio
import json
from pathlib import Path

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential
from azure.mgmt.web.aio import WebSiteManagementClient as AsyncWebSiteManagementClient

from probes.lab.azure_names import GROUP, OTHER_SUBSCRIPTION, SUBSCRIPTION
from tests.lab.fixture import RunningLab
from tests.lab.sdk import SITE, call, calls, client_id, reach, site_path, tenant, token, web_client

CUSTOM = {"hostNames": ["localhost", "api.lab.test", "old.lab.test"], "unboundHostNames": ["old.lab.test"]}


def test_the_site_by_the_sdk(edge: RunningLab) -> None:
    edge.patch(settings={"clientCertMode": "Optional", "clientCertExclusionPaths": "/a,/b", "http20Enabled": True})
    with web_client(edge) as client:
        site = client.web_apps.get(GROUP, SITE)
        assert site.id == edge.ready.site_id
        assert site.type == "Microsoft.Web/sites"
        assert (site.client_cert_enabled, site.client_cert_mode) == (True, "Optional")
        assert site.client_cert_exclusion_paths == "/a,/b"
        assert site.default_host_name == "localhost"
        assert site.https_only is True
        assert site.site_config is not None
        assert site.site_config.http20_enabled is True


def test_the_site_itself_lacks_what_only_config_web_has(edge: RunningLab) -> None:
    edge.patch(settings={"minTlsVersion": "1.3", "ipSecurityRestrictions": [{"action": "Allow"}]})
    with web_client(edge) as client:
        site = client.web_apps.get(GROUP, SITE).as_dict()["properties"]["siteConfig"]
        web = client.web_apps.get_configuration(GROUP, SITE).as_dict()
        (listed,) = client.web_apps.list_configurations(GROUP, SITE)
    assert site["minTlsVersion"] is None
    assert site["ipSecurityRestrictions"] is None
    assert web["properties"]["minTlsVersion"] == "1.3"
    assert web["properties"]["ipSecurityRestrictions"][0]["action"] == "Allow"
    assert (web["name"], web["type"]) == (SITE, "Microsoft.Web/sites/config")
    assert set(site) == set(web["properties"])
    assert listed.as_dict() == web


def test_without_rules_allow_all_is_shown(edge: RunningLab) -> None:
    with web_client(edge) as client:
        rules = client.web_apps.get_configuration(GROUP, SITE).ip_security_restrictions
    assert rules is not None
    assert [(rule.ip_address, rule.action, rule.priority) for rule in rules] == [("Any", "Allow", 2147483647)]


def test_slots_have_settings_of_their_own(edge: RunningLab) -> None:
    edge.patch(
        settings={"clientCertMode": "Required"},
        azure={"slots": [{"name": "staging", "settings": {"clientCertMode": "OptionalInteractiveUser"}}]},
    )
    with web_client(edge) as client:
        (slot,) = client.web_apps.list_slots(GROUP, SITE)
        same = client.web_apps.get_slot(GROUP, SITE, "STAGING")
        web = client.web_apps.get_configuration_slot(GROUP, SITE, "staging")
        assert client.web_apps.get(GROUP, SITE).client_cert_mode == "Required"
        with pytest.raises(ResourceNotFoundError):
            client.web_apps.get_slot(GROUP, SITE, "preview")
    assert slot.as_dict() == same.as_dict()
    assert (slot.name, slot.type) == (f"{SITE}/staging", "Microsoft.Web/sites/slots")
    assert slot.id == f"{edge.ready.site_id}/slots/staging"
    assert slot.client_cert_mode == "OptionalInteractiveUser"
    assert web.type == "Microsoft.Web/sites/slots/config"


def test_bindings_and_certificates(edge: RunningLab) -> None:
    edge.patch(settings=CUSTOM)
    with web_client(edge) as client:
        bindings = {row["name"]: row["properties"] for row in client.web_apps.list_host_name_bindings(GROUP, SITE)}
        states = {one.name: one for one in client.web_apps.get(GROUP, SITE).host_name_ssl_states or ()}
        (certificate,) = client.certificates.list_by_resource_group(GROUP)
    assert set(bindings) == {f"{SITE}/{name}" for name in CUSTOM["hostNames"]}
    assert bindings[f"{SITE}/api.lab.test"]["thumbprint"] == certificate.thumbprint
    for name in ("localhost", "old.lab.test"):
        assert "sslState" not in bindings[f"{SITE}/{name}"]
        assert states[name].ssl_state == "Disabled"
    assert states["api.lab.test"].ssl_state == "SniEnabled"
    assert states[f"{SITE}.scm.lab.test"].host_type == "Repository"
    assert certificate.host_names == ["api.lab.test"]
    assert certificate.expiration_date is not None


@pytest.mark.parametrize(
    ("tier", "size"), [("Free", "F1"), ("Basic", "B1"), ("PremiumV3", "P1v3"), ("Dynamic", "Y1")]
)
def test_plan(edge: RunningLab, tier: str, size: str) -> None:
    edge.patch(settings={"sku": tier})
    with web_client(edge) as client:
        site = client.web_apps.get(GROUP, SITE)
        slot = client.web_apps.get_slot(GROUP, SITE, "staging")
        plan = client.app_service_plans.get(GROUP, str(site.server_farm_id).rpartition("/")[2])
    assert plan.id == site.server_farm_id
    assert plan.sku is not None
    assert (plan.sku.tier, plan.sku.name) == (tier, size)
    assert (site.sku, slot.sku, slot.server_farm_id) == (tier, tier, plan.id)


def test_authentication_without_secrets(edge: RunningLab) -> None:
    edge.patch(
        settings={"auth": {"enabled": True, "unauthenticatedClientAction": "Return401", "excludedPaths": ["/open"]}}
    )
    with web_client(edge) as client:
        read = client.web_apps.get_auth_settings_v2_without_secrets(GROUP, SITE)
    assert read.platform is not None
    assert read.global_validation is not None
    assert read.platform.enabled is True
    assert read.global_validation.unauthenticated_client_action == "Return401"
    assert read.global_validation.excluded_paths == ["/open"]
    assert calls(edge)[-1]["method"] == "GET"


def test_private_endpoints_and_public_certificates(edge: RunningLab) -> None:
    with web_client(edge) as client:
        assert list(client.web_apps.get_private_endpoint_connection_list(GROUP, SITE)) == []
        assert list(client.web_apps.list_public_certificates(GROUP, SITE)) == []
        edge.patch(azure={"private_endpoints": ["inside"], "public_certificates": ["partner"]})
        (endpoint,) = client.web_apps.get_private_endpoint_connection_list(GROUP, SITE)
        (certificate,) = client.web_apps.list_public_certificates(GROUP, SITE)
        properties = client.web_apps.get(GROUP, SITE).as_dict()["properties"]
    assert endpoint.private_link_service_connection_state is not None
    assert endpoint.private_link_service_connection_state.status == "Approved"
    assert len(properties["privateEndpointConnections"]) == 1
    assert len(str(certificate.thumbprint)) == 40


def test_lists_are_paged(edge: RunningLab) -> None:
    edge.patch(azure={"neighbours": 9, "page_size": 2})
    before = len(calls(edge))
    with web_client(edge) as client:
        names = [site.name for site in client.web_apps.list()]
        in_group = [site.name for site in client.web_apps.list_by_resource_group(GROUP)]
        with_slots = [site.name for site in client.web_apps.list_by_resource_group(GROUP, include_slots=True)]
    with web_client(edge, OTHER_SUBSCRIPTION) as client:
        others = [site.name for site in client.web_apps.list()]
    assert names == [SITE, *(f"neighbour-{number}" for number in (1, 3, 5, 7, 9))]
    assert others == [f"neighbour-{number}" for number in (2, 4, 6, 8)]
    assert (in_group, with_slots) == ([SITE], [SITE, f"{SITE}/staging"])
    assert len(calls(edge)) - before == 3 + 1 + 1 + 2


def test_what_is_not_there(edge: RunningLab) -> None:
    bearer = token(edge)
    gone = [
        (f"/subscriptions/{'9' * 8}-0000-0000-0000-000000000000", "SubscriptionNotFound"),
        (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/none/providers/Microsoft.Web/sites/x",
            "ResourceGroupNotFound",
        ),
        (site_path().replace(SITE, "none"), "ResourceNotFound"),
        (site_path("hostNameBindings", "none.test"), "ResourceNotFound"),
    ]
    for path, code in gone:
        status, headers, body = call(edge, "GET", path, bearer=bearer)
        assert (status, body["error"]["code"]) == (404, code), path
        assert headers["x-ms-failure-cause"] == "gateway"
    status, _, body = call(edge, "GET", site_path("no-such-part"), bearer=bearer)
    assert (status, body["Code"]) == (404, "NotFound")
    status, _, body = call(edge, "GET", site_path(), bearer=bearer, api=None)
    assert (status, body["error"]["code"]) == (400, "MissingApiVersionParameter")


def test_subscriptions_and_any_case(edge: RunningLab) -> None:
    bearer = token(edge)
    _, _, listed = call(edge, "GET", "/subscriptions", bearer=bearer, api="2022-12-01")
    assert [one["subscriptionId"] for one in listed["value"]] == [SUBSCRIPTION, OTHER_SUBSCRIPTION]
    assert call(edge, "GET", site_path().upper(), bearer=bearer)[2]["name"] == SITE
    assert call(edge, "GET", site_path("CONFIG", "WEB"), bearer=bearer)[0] == 200


def test_the_file_says_what_arm_says(edge: RunningLab) -> None:
    edge.patch(
        settings=CUSTOM | {"clientCertExclusionPaths": "/x", "minTlsVersion": "1.3"}, azure={"kind": "app,linux"}
    )
    file = json.loads(Path(edge.ready.config).read_text())
    with web_client(edge) as client:
        site = client.web_apps.get(GROUP, SITE).as_dict()
        web = client.web_apps.get_configuration(GROUP, SITE).as_dict()["properties"]
    live = {name.lower(): value for name, value in site["properties"].items()}
    same = set(file) - {"siteConfig", "hostNameSslStates", "lastModifiedTimeUtc"}
    for name in same & {"id", "name", "type", "kind", "location"}:
        assert file[name] == site[name]
    for name in same - {"id", "name", "type", "location", "extendedLocation", "identity", "tags"}:
        assert file[name] == live[name.lower()], name
    assert {key.lower(): value for key, value in file["siteConfig"].items()} == {
        key.lower(): value for key, value in web.items()
    }
    assert [one["sslState"] for one in file["hostNameSslStates"]] == [
        one["sslState"] for one in site["properties"]["hostNameSslStates"]
    ]


async def test_the_async_clients_read_it_too(edge: RunningLab) -> None:
    kept = {"authority": edge.ready.entra, "connection_verify": edge.ready.ca}
    secret = str(edge.ready.azure_client_secret)
    async with (
        AsyncClientSecretCredential(tenant(edge), client_id(edge), secret, **kept) as who,
        AsyncWebSiteManagementClient(who, SUBSCRIPTION, **reach(edge)) as client,
    ):
        site, web = await asyncio.gather(
            client.web_apps.get(GROUP, SITE), client.web_apps.get_configuration(GROUP, SITE)
        )
        names = [one.name async for one in client.web_apps.list()]
    assert (site.client_cert_mode, web.min_tls_version) == ("Required", "1.2")
    assert names[0] == SITE
