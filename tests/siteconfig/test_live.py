"""The real SDKs read a whole site over real TLS; every way of looking at it ends in the same object."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from probes.model import SiteConfig
from probes.siteconfig import read
from probes.siteconfig.clouds import Access
from probes.siteconfig.faults import SeveralSites, SiteNotFound
from probes.siteconfig.live import AzureRead, read_from_azure, wanted
from probes.siteconfig.rows import SiteList
from probes.siteconfig.session import AzureSession
from tests.siteconfig.azure import GROUP, SITE, SLOT, SUBSCRIPTION, Azure, flat_show, site_body, web_body


async def looked(reach: Access, **how: str) -> AzureRead:
    return await read_from_azure(reach, wanted(**how), lambda _line: None)


async def every_site(reach: Access) -> SiteList:
    session = AzureSession(reach)
    try:
        await session.sign_in(lambda _code: None)
        return await session.sites()
    finally:
        session.close(wait_s=1)


async def test_everything_is_read(reach: Access, azure: Azure) -> None:
    found = await looked(reach, id=SITE)
    config = found.configuration
    assert found.unknown == ()
    assert found.signed_in == "service principal with a secret"
    assert (config.source, config.name, config.resource_group, config.site_id) == ("arm", "shop", GROUP, SITE)
    assert (config.client_cert_enabled, config.client_cert_mode) == (True, "Required")
    assert config.client_cert_exclusion_paths == ("/health", "/Public")
    # config/web knows better than the copy in the site's body.
    assert (config.http20_enabled, config.min_tls_version) == (False, "1.2")
    assert config.plan_tier == "Standard"
    assert config.host_bindings is not None
    assert [(one.name, one.ssl_state) for one in config.host_bindings] == [
        ("api.example.com", "SniEnabled"),
        ("shop.azurewebsites.net", "SniEnabled"),
    ]
    assert config.auth is not None
    assert config.auth.enabled is False
    assert config.private_endpoints == ()
    assert config.certificates is not None
    assert config.certificates[0].thumbprint == "AB" * 20
    assert config.ip_restrictions is not None
    assert config.ip_restrictions[0].action == "Allow"


async def test_what_changed_says_who_when_and_from_what_to_what(reach: Access) -> None:
    changes = (await looked(reach, id=SITE)).configuration.changes
    assert changes is not None
    (change,) = changes
    assert (change.setting, change.old, change.new) == ("clientCertExclusionPaths", None, "/health;/Public")
    assert (change.at, change.by, change.client) == (
        "2026-11-21T15:04:05.000Z",
        "deployer@example.com",
        "Azure Portal",
    )


async def test_slots_are_compared_both_ways(reach: Access) -> None:
    here = (await looked(reach, id=SITE)).configuration.slots
    assert here is not None
    assert [one.name for one in here] == ["staging"]
    differing = {one.setting: (one.here, one.there) for one in here[0].differences}
    assert differing == {"clientCertEnabled": ("true", "false"), "siteConfig.minTlsVersion": ("1.2", "1.3")}
    there = (await looked(reach, id=SLOT)).configuration
    assert (there.name, there.client_cert_enabled, there.min_tls_version) == ("shop/staging", False, "1.3")
    assert there.slots is not None
    assert [one.name for one in there.slots] == ["production"]
    assert {one.setting: (one.there, one.here) for one in there.slots[0].differences} == differing


async def test_only_reads_are_sent_and_only_to_that_host(reach: Access, azure: Azure) -> None:
    await looked(reach, host="api.example.com")
    graph = "/providers/Microsoft.ResourceGraph/resources"
    assert azure.arm_log
    assert all(method == "GET" or path.startswith(graph) for method, path in azure.arm_log)
    assert sum(method == "POST" for method, _ in azure.arm_log) == 1
    assert any(agent.startswith("mtls-triage/") for agent in azure.agents)


async def test_every_way_of_looking_ends_in_the_same_object(reach: Access) -> None:
    by_id = (await looked(reach, id=SITE)).configuration
    ways = [
        {"id": SITE.replace("resourceGroups", "resourcegroups")},
        {"host": "API.example.com"},
        {"host": "shop.azurewebsites.net"},
        {"name": "shop"},
        {"name": "shop", "group": GROUP},
        {"name": "shop", "group": GROUP, "subscription": SUBSCRIPTION},
    ]
    for way in ways:
        assert (await looked(reach, **way)).configuration == by_id, way
    listed = await every_site(reach)
    (row,) = [row for row in listed.rows if row.matches("shop example")]
    assert (await looked(reach, id=row.id.text)).configuration == by_id


@pytest.mark.parametrize("shape", ["raw and config", "az webapp show", "az webapp list", "az rest", "value"])
async def test_a_file_gives_what_the_live_read_gives(reach: Access, tmp_path: Path, shape: str) -> None:
    live = (await looked(reach, id=SITE)).configuration
    site, web = site_body(), web_body()
    shown = flat_show(site, web)
    other = flat_show(site_body(SITE + "2"), web)
    contents: dict[str, list[object]] = {
        "raw and config": [site, web],
        "az rest": [web, site],
        "az webapp show": [shown],
        "az webapp list": [[other, shown]],
        "value": [{"value": [site], "nextLink": None}, web],
    }
    files = []
    for number, content in enumerate(contents[shape]):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(content))
    from_file, unknown = read(files, "shop.azurewebsites.net" if shape == "az webapp list" else None)
    assert unknown == ()
    beside = {"auth", "private_endpoints", "public_certificates", "certificates", "changes", "slots"}
    plain = msgspec.structs.replace(live, source="file", notes=(), **dict.fromkeys(beside))
    assert msgspec.structs.replace(from_file, notes=()) == plain


async def test_a_host_that_nobody_has_or_several_have(reach: Access, azure: Azure) -> None:
    with pytest.raises(SiteNotFound, match="no site that you can read"):
        await looked(reach, host="other.example.com")
    azure.put("/providers/Microsoft.ResourceGraph/resources", {"data": [site_body(), site_body(SITE + "2")]})
    with pytest.raises(SeveralSites, match="2 sites"):
        await looked(reach, host="api.example.com")


async def test_pages_of_the_graph_are_followed(reach: Access, azure: Azure) -> None:
    pages = [{"data": [site_body()], "$skipToken": "more"}, {"data": [site_body(SLOT)]}]

    def turn(handler: Any) -> None:
        # After the pages comes the question for the names of the subscriptions.
        handler.send(
            200, {}, pages.pop(0) if pages else {"data": [{"subscriptionId": SUBSCRIPTION, "name": "Shops"}]}
        )

    azure.fault("/providers/Microsoft.ResourceGraph/resources", turn)
    listed = await every_site(reach)
    assert [row.id.shown for row in listed.rows] == ["shop", "shop/staging"]
    assert (listed.whole, listed.total) == (True, 2)
    assert all(
        row.subscription == "Shops" and row.matches("shops staging") == bool(row.id.slot) for row in listed.rows
    )
    assert azure.queries[1]["options"]["$skipToken"] == "more"


async def test_unknown_and_wrong_values_degrade(reach: Access, azure: Azure) -> None:
    azure.put(SITE, site_body(clientCertMode="Sometimes", hostNames="x", hostNameSslStates={"a": 1}, sku=7))
    config = (await looked(reach, id=SITE)).configuration
    assert isinstance(config, SiteConfig)
    assert (config.client_cert_mode, config.host_names) == (None, None)
    assert config.client_cert_enabled is True
    assert any("clientCertMode" in note for note in config.notes)
