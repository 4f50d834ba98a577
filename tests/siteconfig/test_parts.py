"""Changes, slots, and the threads that Azure is read in: shapes that are odd, and work that is cancelled."""

import asyncio
import threading
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.model import IpRestriction, SiteConfig
from probes.siteconfig import parts
from probes.siteconfig.aside import in_own_loop, in_thread
from probes.siteconfig.changes import changes, setting_of
from probes.siteconfig.choose import serves
from probes.siteconfig.parse import parse
from tests.siteconfig.azure import change_row, site_body, web_body

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("key", "setting"),
    [
        ("properties.clientCertMode", "clientCertMode"),
        ("properties.siteConfig.minTlsVersion", "minTlsVersion"),
        ("properties.siteConfig.ipSecurityRestrictions[0].action", "ipSecurityRestrictions"),
        ("properties.hostNameSslStates[1].sslState", "hostNameSslStates"),
        ("properties.lastModifiedTimeUtc", None),
        ("tags.sku-of-ours", None),
        ("", None),
    ],
)
def test_which_changes_matter(key: str, setting: str | None) -> None:
    assert setting_of(key) == setting


def test_the_newest_change_comes_first_in_either_spelling() -> None:
    old = change_row()
    old["properties"]["changeAttributes"]["timestamp"] = "2026-11-19T00:00:00Z"
    shouted = {"properties": {key[0].upper() + key[1:]: value for key, value in change_row()["properties"].items()}}
    assert [one.at[:10] for one in changes([old, shouted])] == ["2026-11-21", "2026-11-19"]


@settings(max_examples=100, deadline=None)
@given(JSON, JSON, JSON)
def test_odd_parts_never_raise(one: Any, two: Any, three: Any) -> None:
    row = {"properties": {"changes": {"properties.clientCertMode": one}, "changeAttributes": two}, "sku": three}
    changes([row, {"properties": {"changes": one}}])
    parts.plan_tier(row)
    parts.auth_settings({"properties": {"platform": one, "globalValidation": two}})
    parts.certificates([{"properties": {"thumbprint": one, "hostNames": two}}])
    parts.private_endpoints([{"name": one, "properties": {"privateLinkServiceConnectionState": two}}])
    parts.public_certificates([{"name": one, "properties": two}])
    body = site_body(hostNameSslStates=one, hostingEnvironmentProfile=two, siteConfig=three)
    assert isinstance(parse("x", body, "site"), SiteConfig)
    assert isinstance(parse("x", web_body(ipSecurityRestrictions=one), "config"), SiteConfig)


def test_restrictions_stand_in_the_order_of_their_priority() -> None:
    rules = [
        {"ipAddress": "10.0.0.0/8", "action": "Deny", "priority": 300, "name": "b"},
        {
            "vnetSubnetResourceId": "/x/subnets/a",
            "action": "Allow",
            "priority": 100,
            "headers": {"x-azure-fdid": ["1"]},
        },
    ]
    found = parse("x", web_body(ipSecurityRestrictions=rules), "config").ip_restrictions
    assert found == (
        IpRestriction(who="/x/subnets/a", action="Allow", priority=100, by_headers=True),
        IpRestriction(who="10.0.0.0/8", action="Deny", priority=300, name="b"),
    )


def test_a_wildcard_covers_one_label() -> None:
    assert serves(["*.example.com"], "api.example.com")
    assert serves(["api.example.com"], "API.example.com.")
    assert not serves(["*.example.com"], "a.b.example.com")
    assert not serves(["example.com"], "api.example.com")


async def test_work_aside_is_cancelled_with_its_caller() -> None:
    ended = threading.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    task = asyncio.create_task(in_own_loop(work))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 2)


async def test_a_thread_that_hangs_holds_nobody_up() -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await in_thread(lambda: time.sleep(3))
    assert time.monotonic() - begun < 1
    hanging = [thread for thread in threading.enumerate() if thread.name == "azure"]
    assert all(thread.daemon for thread in hanging)


async def test_faults_come_back_to_the_caller() -> None:
    async def work() -> None:
        raise ValueError("from inside")

    with pytest.raises(ValueError, match="from inside"):
        await in_own_loop(work)
