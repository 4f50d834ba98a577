"""A change in ARM changes the edge, one through the control endpoint shows in ARM, and both are in the history."""

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.web.models import SiteConfigResource, SitePatchResource

from probes.lab.azure_names import CLIENT_ID, GROUP
from tests.lab.curl import curl
from tests.lab.fixture import RunningLab
from tests.lab.sdk import SITE, call, site_path, token, web_client


def changes(lab: RunningLab, *slot: str) -> list[dict[str, Any]]:
    path = site_path(*slot, "providers", "Microsoft.Resources", "changes")
    status, _, body = call(lab, "GET", path, bearer=token(lab), api="2022-05-01")
    assert status == 200
    rows: list[dict[str, Any]] = [row["properties"] for row in body["value"]]
    return rows


def test_patch_of_the_site_changes_the_edge(edge: RunningLab) -> None:
    assert curl(edge, "/", certificate=None).status == 403
    with web_client(edge) as client:
        answer = client.web_apps.update(
            GROUP, SITE, SitePatchResource({"properties": {"clientCertMode": "Optional"}})
        )
        assert answer.client_cert_mode == "Optional"
    assert curl(edge, "/", certificate=None).status == 200
    assert edge.get()["settings"]["clientCertMode"] == "Optional"


def test_patch_of_config_web_changes_the_edge(edge: RunningLab) -> None:
    with web_client(edge) as client:
        rules = [{"ipAddress": "10.0.0.0/8", "action": "Allow", "priority": 100, "name": "office"}]
        body = SiteConfigResource({"properties": {"ipSecurityRestrictions": rules, "http20Enabled": True}})
        client.web_apps.update_configuration(GROUP, SITE, body)
        refused = curl(edge, "/")
        assert (refused.status, "x-ms-forbidden-ip" in refused.trace.lower()) == (403, True)
        read = client.web_apps.get_configuration(GROUP, SITE)
        # What a GET shows where there is no rule can be sent back, and is no rule.
        allow_all = [{"ipAddress": "Any", "action": "Allow", "priority": 2147483647, "name": "Allow all"}]
        body = SiteConfigResource({"properties": {"ipSecurityRestrictions": allow_all}})
        client.web_apps.update_configuration(GROUP, SITE, body)
    assert read.http20_enabled is True
    assert edge.get()["settings"]["ipSecurityRestrictions"] == []
    assert curl(edge, "/").status == 200


def test_a_whole_site_can_be_put_back(edge: RunningLab) -> None:
    edge.patch(settings={"clientCertExclusionPaths": "/health", "minTlsVersion": "1.3"})
    bearer = token(edge)
    whole = call(edge, "GET", site_path(), bearer=bearer)[2]
    whole["properties"]["clientCertExclusionPaths"] = None
    assert call(edge, "PUT", site_path(), body=whole, bearer=bearer)[0] == 200
    settings = edge.get()["settings"]
    assert settings["clientCertExclusionPaths"] is None
    assert settings["minTlsVersion"] == "1.3"


def test_control_shows_in_arm(edge: RunningLab) -> None:
    with web_client(edge) as client:
        edge.patch(settings={"clientCertEnabled": False, "state": "Stopped"})
        site = client.web_apps.get(GROUP, SITE)
        assert (site.client_cert_enabled, site.client_cert_mode, site.state) == (False, "Required", "Stopped")
        client.web_apps.start(GROUP, SITE)
        assert client.web_apps.get(GROUP, SITE).state == "Running"
    assert curl(edge, "/", certificate=None).status == 200


def test_a_slot_is_changed_alone(edge: RunningLab) -> None:
    with web_client(edge) as client:
        body = SitePatchResource({"properties": {"clientCertEnabled": False}})
        client.web_apps.update_slot(GROUP, SITE, "staging", body)
        assert client.web_apps.get_slot(GROUP, SITE, "staging").client_cert_enabled is False
        assert client.web_apps.get(GROUP, SITE).client_cert_enabled is True
    assert changes(edge, "slots", "staging")[0]["changes"]["properties.clientCertEnabled"]["newValue"] == "False"


@pytest.mark.parametrize(
    ("part", "properties"),
    [
        ((), {"clientCertMode": "Sometimes"}),
        ((), {"clientCertEnabled": "yes"}),
        (("config", "web"), {"minTlsVersion": "9"}),
        (("config", "web"), {"ipSecurityRestrictions": [{"action": "Maybe"}]}),
        (("config", "web"), {"minTlsCipherSuite": "TLS_NONE"}),
    ],
)
def test_wrong_values_are_refused(edge: RunningLab, part: tuple[str, ...], properties: dict[str, Any]) -> None:
    before = edge.get()
    status, _, body = call(edge, "PATCH", site_path(*part), body={"properties": properties}, bearer=token(edge))
    assert (status, body["Code"]) == (400, "BadRequest")
    assert edge.get() == before


def test_what_cannot_be_written(edge: RunningLab) -> None:
    bearer = token(edge)
    assert call(edge, "PATCH", site_path(), body=[], bearer=bearer)[0] == 400
    assert call(edge, "DELETE", site_path(), bearer=bearer)[0] == 405
    assert call(edge, "POST", site_path("config", "web"), bearer=bearer)[0] == 405
    with web_client(edge) as client, pytest.raises(HttpResponseError) as fault:
        client.web_apps.update(
            "neighbours", "neighbour-1", SitePatchResource({"properties": {"clientCertEnabled": True}})
        )
    assert fault.value.status_code == 400


def test_history_tells_who_and_what(edge: RunningLab) -> None:
    known = len(changes(edge))
    with web_client(edge) as client:
        body = SitePatchResource({"properties": {"clientCertEnabled": False, "clientCertExclusionPaths": "/x"}})
        client.web_apps.update(GROUP, SITE, body)
    edge.patch(settings={"clientCertExclusionPaths": None})
    edge.patch(app={"shape": "text"})
    by_control, by_arm, *_ = found = changes(edge)
    assert len(found) == known + 2
    assert by_arm["changeAttributes"]["changedBy"] == CLIENT_ID
    assert by_arm["changeAttributes"]["changesCount"] == 2
    assert by_arm["changes"]["properties.clientCertEnabled"] == {
        "propertyChangeType": "Update",
        "changeCategory": "User",
        "previousValue": "True",
        "newValue": "False",
    }
    assert by_arm["changes"]["properties.clientCertExclusionPaths"]["propertyChangeType"] == "Insert"
    assert by_control["changes"]["properties.clientCertExclusionPaths"]["propertyChangeType"] == "Remove"
    assert by_control["changeAttributes"]["timestamp"] >= by_arm["changeAttributes"]["timestamp"]


def test_past_changes_end_after_fourteen_days(edge: RunningLab) -> None:
    past = {"path": "properties.httpsOnly", "before": "False", "after": "True", "by": "admin@lab.test"}
    edge.patch(azure={"past_changes": [past | {"hours_ago": 30}, past | {"hours_ago": 24 * 15}]})
    listed = [one for one in changes(edge) if one["changeAttributes"]["changedBy"] == "admin@lab.test"]
    assert len(listed) == 1
    path = site_path("providers", "Microsoft.Resources", "changes")
    rows = call(edge, "GET", path, bearer=token(edge), api="2022-05-01")[2]["value"]
    one = call(edge, "GET", rows[-1]["id"], bearer=token(edge), api="2022-05-01")[2]
    assert one == rows[-1]
