"""What a read-only tool must never do with a token, and what it does when Azure misbehaves; every wait ends."""

import asyncio
import logging
import socket
import time
from typing import Any

import pytest

from probes.siteconfig import arm, live
from probes.siteconfig.clouds import Access
from probes.siteconfig.faults import AzureFault, RefusedByUs, SiteNotFound
from probes.siteconfig.live import AzureRead, read_from_azure, wanted
from probes.siteconfig.transport import MAX_BYTES, refuse_unless_reading
from tests.siteconfig.azure import SECRET, SITE, TOKEN, Azure, site_body

GRAPH = "/providers/Microsoft.ResourceGraph/resources"


async def looked(reach: Access, **how: str) -> AzureRead:
    return await read_from_azure(reach, wanted(**(how or {"id": SITE})), lambda _line: None)


def said(found: AzureRead, words: str) -> str:
    return next(f"{one.what} {one.how_to_get}" for one in found.unknown if words in one.what)


async def test_a_next_link_to_another_host_is_not_followed(reach: Access, azure: Azure) -> None:
    elsewhere = azure.url.replace("localhost", "127.0.0.1")
    link = f"{elsewhere}{SITE}/slots?page=2"
    azure.put(f"{SITE}/slots", {"value": [], "nextLink": link})
    found = await looked(reach)
    assert found.configuration.slots is None
    assert "another host" in said(found, "the other slots")
    assert not any("page=2" in path for _method, path in azure.log)


async def test_a_next_link_that_leads_to_itself_ends(reach: Access, azure: Azure) -> None:
    azure.put(f"{SITE}/hostNameBindings", {"value": [], "nextLink": f"{azure.url}{SITE}/hostNameBindings"})
    found = await looked(reach)
    assert found.configuration.host_bindings is not None
    assert sum("hostNameBindings" in path for _method, path in azure.log) <= 20


async def test_a_409_registers_no_provider(reach: Access, azure: Azure) -> None:
    body = {"error": {"code": "MissingSubscriptionRegistration", "message": "'Microsoft.Web' is not registered"}}
    azure.put(f"{SITE}/config/web", body, 409)
    found = await looked(reach)
    assert {method for method, _path in azure.arm_log} == {"GET"}
    assert "MissingSubscriptionRegistration" in said(found, "config/web")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_last_line_before_the_network_lets_only_reads_through(method: str) -> None:
    base = "https://management.azure.com"
    with pytest.raises(RefusedByUs):
        refuse_unless_reading(method, f"{base}{SITE}", base)
    with pytest.raises(RefusedByUs):
        refuse_unless_reading("GET", f"http://management.azure.com{SITE}", base)
    with pytest.raises(RefusedByUs):
        refuse_unless_reading("GET", f"https://management.azure.com.example{SITE}", base)
    with pytest.raises(RefusedByUs):
        refuse_unless_reading("GET", f"https://management.azure.com@example{SITE}", base)
    refuse_unless_reading("POST", f"{base}{GRAPH}?api-version=1", base)


async def test_a_redirect_is_not_followed(reach: Access, azure: Azure) -> None:
    azure.put(f"{SITE}/config/web", b"", 302, {"Location": f"{azure.url}{SITE}/elsewhere"})
    found = await looked(reach)
    assert found.configuration.min_tls_version is None
    assert not any("elsewhere" in path for _method, path in azure.log)


async def test_no_token_and_no_secret_in_any_log(
    reach: Access, azure: Azure, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    azure.put(f"{SITE}/config/web", {"error": {"code": "X", "message": "y"}}, 500)
    await looked(reach, host="shop.azurewebsites.net")
    assert azure.authorized
    assert all(TOKEN in one for one in azure.authorized)
    out = capfd.readouterr()
    written = caplog.text + out.out + out.err + "".join(repr(record.__dict__) for record in caplog.records)
    assert TOKEN not in written
    assert SECRET not in written


async def test_a_long_retry_after_is_told_and_not_waited_for(reach: Access, azure: Azure) -> None:
    azure.put(f"{SITE}/config/web", {"Code": "429", "Message": "slow down"}, 429, {"Retry-After": "600"})
    begun = time.monotonic()
    found = await looked(reach)
    assert time.monotonic() - begun < 5
    assert "try again in 600 s" in said(found, "config/web")


async def test_a_short_retry_after_is_waited_for(reach: Access, azure: Azure) -> None:
    turns = [(429, {"Retry-After": "1"}, {"Code": "429"}), (200, {}, site_body())]
    azure.fault(SITE, lambda handler: handler.send(*turns.pop(0)))
    assert (await looked(reach)).configuration.client_cert_enabled is True
    assert turns == []


async def test_a_claims_challenge_is_answered(reach: Access, azure: Azure) -> None:
    challenge = 'Bearer authorization_uri="x", error="insufficient_claims", claims="eyJhIjp7fX0="'
    turns = [(401, {"WWW-Authenticate": challenge}, {"error": {"code": "x"}}), (200, {}, site_body())]
    azure.fault(SITE, lambda handler: handler.send(*turns.pop(0)))
    assert (await looked(reach)).configuration.client_cert_enabled is True
    assert sum("/oauth2/" in path for _method, path in azure.log) == 2


async def test_a_missing_permission_takes_only_its_part(reach: Access, azure: Azure) -> None:
    message = "The client 'x' does not have authorization to perform action 'Microsoft.Web/sites/config/read' over …"
    azure.put(f"{SITE}/config/web", {"error": {"code": "AuthorizationFailed", "message": message}}, 403)
    azure.put(f"{SITE}/slots", {"Code": "Forbidden", "Message": "no"}, 403)
    found = await looked(reach)
    assert found.configuration.client_cert_mode == "Required"
    assert found.configuration.min_tls_version is None
    assert "Microsoft.Web/sites/config/read" in said(found, "config/web")
    assert "Microsoft.Web/sites/slots/read" in said(found, "the other slots")
    assert {one.why for one in found.unknown} == {"no-permission"}


async def test_no_permission_at_all_names_the_action(reach: Access, azure: Azure) -> None:
    for path in list(azure.answers):
        azure.answers[path] = (403, {}, {"error": {"code": "AuthorizationFailed", "message": "no"}})
    with pytest.raises(AzureFault, match=r"Microsoft\.Web/sites/read is missing.*Reader"):
        await looked(reach)


async def test_a_site_that_is_not_there(reach: Access) -> None:
    with pytest.raises(SiteNotFound, match="404 ResourceNotFound"):
        await looked(reach, id=SITE.replace("shop", "bank"))


def _reset(handler: Any) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def _short(handler: Any) -> None:
    handler.send(200, {"Content-Length": "5000"}, b'{"properties": {')
    handler.close_connection = True


ODD: dict[str, Any] = {
    "html": (200, {"Content-Type": "text/html"}, b"<html>sign in</html>"),
    "half": (200, {}, b'{"properties": {'),
    "null": (200, {}, b"null"),
    "list": (200, {}, b"[1, 2]"),
    "empty": (200, {}, b""),
    "deep": (200, {}, b"[" * 100_000),
    "500": (500, {}, {"error": {"code": "InternalServerError", "message": "\x1b[2Jno"}}),
    "503": (503, {"Content-Type": "text/html"}, b"<html>busy</html>"),
    "packed": (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"),
    "large": (200, {}, b" " * (MAX_BYTES + 1)),
    "reset": _reset,
    "short": _short,
}


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_answer_is_one_part_that_is_unknown(reach: Access, azure: Azure, name: str) -> None:
    azure.answers[f"{SITE}/config/web".lower()] = ODD[name]
    begun = time.monotonic()
    found = await looked(reach)
    assert time.monotonic() - begun < 10
    assert found.configuration.client_cert_mode == "Required"
    assert "\x1b" not in said(found, "config/web")


@pytest.mark.parametrize("name", ["null", "list", "deep", "html", "reset"])
@pytest.mark.parametrize("path", [f"{SITE}/slots", f"{SITE}/providers/Microsoft.Resources/changes"])
async def test_an_odd_list_is_one_part_that_is_unknown(reach: Access, azure: Azure, name: str, path: str) -> None:
    azure.answers[path.lower()] = ODD[name]
    found = await looked(reach)
    assert len(found.unknown) == 1


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_graph_ends_in_one_line(reach: Access, azure: Azure, name: str) -> None:
    azure.answers[GRAPH.lower()] = ODD[name]
    with pytest.raises(AzureFault) as seen:
        await looked(reach, host="shop.azurewebsites.net")
    assert "\n" not in str(seen.value)
    assert "\x1b" not in str(seen.value)


async def test_a_dripping_part_ends_at_its_bound(
    reach: Access, azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arm, "PART_S", 0.5)
    azure.fault(f"{SITE}/config/web", lambda handler: handler.drip(30))
    begun = time.monotonic()
    found = await looked(reach)
    assert time.monotonic() - begun < 5
    assert "did not answer in time" in said(found, "config/web")


async def test_a_dripping_graph_ends_at_its_bound(
    reach: Access, azure: Azure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "FIND_S", 0.5)
    azure.fault(GRAPH, lambda handler: handler.drip(30))
    with pytest.raises(AzureFault, match="no end after"):
        await looked(reach, host="shop.azurewebsites.net")


@pytest.mark.parametrize("path", [SITE, GRAPH])
async def test_cancelling_ends_at_once(reach: Access, azure: Azure, path: str) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(_handler: Any) -> None:
        loop.call_soon_threadsafe(asked.set)
        time.sleep(3)

    azure.fault(path, hang)
    reading = asyncio.create_task(looked(reach, host="shop.azurewebsites.net"))
    await asyncio.wait_for(asked.wait(), 20)
    reading.cancel()
    begun = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert time.monotonic() - begun < 0.5


async def test_the_callers_loop_stays_free_while_azure_is_read(reach: Access) -> None:
    reading = asyncio.create_task(looked(reach))
    longest, last = 0.0, time.monotonic()
    while not reading.done():
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert (await reading).configuration.name == "shop"
    assert longest < 0.5
