"""Every fault of the lab's Azure, as the real SDKs meet it."""

import time
from typing import Any

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    IncompleteReadError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.rest import HttpRequest

from probes.lab.azure_names import GROUP
from tests.lab.curl import curl
from tests.lab.fixture import RunningLab
from tests.lab.sdk import (
    API,
    SCOPE,
    SITE,
    call,
    calls,
    ended_within,
    graph,
    signed_in,
    site_path,
    token,
    web_client,
)

ENOUGH_BYTES = 8_000_000


def faults(lab: RunningLab, *rules: dict[str, Any]) -> int:
    """Set the faults and return how many ARM calls were seen so far."""
    lab.patch(azure={"faults": list(rules)})
    return len(calls(lab))


def read_site(lab: RunningLab) -> Any:
    with web_client(lab) as client:
        return client.web_apps.get(GROUP, SITE)


def test_claims_challenge_is_answered_with_a_new_token(edge: RunningLab) -> None:
    before = faults(edge, {"kind": "claims-challenge"})
    assert read_site(edge).name == SITE
    assert [one["status"] for one in calls(edge)[before:]] == [401, 200]


def test_claims_challenge_for_ever(edge: RunningLab) -> None:
    faults(edge, {"kind": "claims-challenge-for-ever"})
    with pytest.raises(ClientAuthenticationError):
        read_site(edge)


def test_forbidden_on_one_part(edge: RunningLab) -> None:
    faults(edge, {"kind": "forbidden", "path": "*/CONFIG/web"})
    assert read_site(edge).name == SITE
    with web_client(edge) as client, pytest.raises(HttpResponseError) as fault:
        client.web_apps.get_configuration(GROUP, SITE)
    assert fault.value.status_code == 403
    assert fault.value.error is not None
    assert fault.value.error.code == "AuthorizationFailed"
    assert "'Microsoft.Web/sites/config/read'" in str(fault.value)


@pytest.mark.parametrize(
    ("kind", "raised", "status"),
    [
        ("expired-token", ClientAuthenticationError, 401),
        ("not-found", ResourceNotFoundError, 404),
        ("server-error", HttpResponseError, 500),
        ("malformed", DecodeError, 200),
    ],
)
def test_answers_that_the_sdk_raises_for(
    edge: RunningLab, kind: str, raised: type[HttpResponseError], status: int
) -> None:
    faults(edge, {"kind": kind})
    with pytest.raises(raised) as fault:
        read_site(edge)
    assert fault.value.status_code == status


def test_not_registered_makes_the_sdk_write(edge: RunningLab, monkeypatch: pytest.MonkeyPatch) -> None:
    before = faults(edge, {"kind": "not-registered", "path": "*/sites/*", "times": 1})
    # The SDK waits ten seconds between the registration and its first look at it.
    monkeypatch.setattr(time, "sleep", lambda _: None)
    assert read_site(edge).name == SITE
    methods = [(one["method"], one["path"].rpartition("/")[2]) for one in calls(edge)[before:]]
    assert ("POST", "register") in methods


def test_throttled_names_the_wait(edge: RunningLab) -> None:
    faults(edge, {"kind": "throttled", "seconds": 60, "times": 1})
    status, headers, body = call(edge, "GET", site_path(), bearer=token(edge))
    assert (status, headers["retry-after"], body["Code"]) == (429, "60", "429")
    faults(edge, {"kind": "throttled", "seconds": 1, "times": 1})
    start = time.monotonic()
    assert read_site(edge).name == SITE
    assert time.monotonic() - start >= 0.9


def test_unavailable_is_html(edge: RunningLab) -> None:
    faults(edge, {"kind": "unavailable"})
    status, headers, _ = call(edge, "GET", site_path(), bearer=token(edge))
    assert (status, headers["content-type"]) == (503, "text/html")


def test_slow_and_silent(edge: RunningLab) -> None:
    faults(edge, {"kind": "slow", "seconds": 1})
    start = time.monotonic()
    assert read_site(edge).name == SITE
    assert time.monotonic() - start >= 1
    faults(edge, {"kind": "silent"})
    with pytest.raises(ServiceResponseError):
        read_site(edge)


def test_dripping_outlasts_a_read_timeout(edge: RunningLab) -> None:
    faults(edge, {"kind": "dripping", "seconds": 0.2})
    # One read never takes the 2 s after which the client would give up, and all of them together take minutes.
    assert not ended_within(4, lambda: read_site(edge))


@pytest.mark.parametrize("kind", ["truncated", "reset"])
def test_cut_in_the_middle(edge: RunningLab, kind: str) -> None:
    faults(edge, {"kind": kind})
    with pytest.raises((IncompleteReadError, ServiceRequestError, ServiceResponseError)):
        read_site(edge)


@pytest.mark.parametrize(
    ("kind", "raw"), [("empty", b""), ("null", None), ("list", [1, 2])], ids=["empty", "null", "list"]
)
def test_json_of_another_shape(edge: RunningLab, kind: str, raw: Any) -> None:
    faults(edge, {"kind": kind})
    assert call(edge, "GET", site_path(), bearer=token(edge))[::2] == (200, raw)


def test_wrong_types_and_deep_nesting(edge: RunningLab) -> None:
    faults(edge, {"kind": "wrong-types"})
    properties = call(edge, "GET", site_path(), bearer=token(edge))[2]["properties"]
    assert isinstance(properties["hostNameSslStates"], dict)
    faults(edge, {"kind": "deep"})
    with pytest.raises((RecursionError, HttpResponseError)):
        read_site(edge)


def test_endless_body_goes_on(edge: RunningLab) -> None:
    faults(edge, {"kind": "endless-body", "times": 1})
    with web_client(edge) as client:
        request = HttpRequest("GET", f"{edge.ready.arm}{site_path()}?api-version={API}")
        seen = 0
        with client.send_request(request, stream=True) as answer:
            for part in answer.iter_bytes():
                seen += len(part)
                if seen > ENOUGH_BYTES:
                    break
    assert answer.status_code == 200
    assert seen > ENOUGH_BYTES


def test_next_link_to_another_host_is_followed_with_the_token(edge: RunningLab) -> None:
    before = faults(edge, {"kind": "next-link-other-host", "times": 1})
    with web_client(edge) as client:
        list(client.web_apps.list_by_resource_group(GROUP))
    first, second = calls(edge)[before:][:2]
    assert first["host"].startswith("localhost:")
    assert second["host"].startswith("127.0.0.1:")
    assert second["bearer"] is True


def test_next_link_to_another_port_and_to_http(edge: RunningLab) -> None:
    faults(edge, {"kind": "next-link-other-port", "times": 1})
    before = len(calls(edge, "entra"))
    with web_client(edge) as client, pytest.raises(HttpResponseError):
        list(client.web_apps.list_by_resource_group(GROUP))
    lured = [one for one in calls(edge, "entra")[before:] if "Microsoft.Web" in one["path"]]
    assert [one["bearer"] for one in lured] == [True]
    faults(edge, {"kind": "next-link-http"})
    path = site_path().rpartition("/")[0]
    assert call(edge, "GET", path, bearer=token(edge))[2]["nextLink"].startswith("http://localhost:")


def test_next_link_for_ever(edge: RunningLab) -> None:
    before = faults(edge, {"kind": "next-link-for-ever"})
    with web_client(edge) as client:
        pages = client.web_apps.list_by_resource_group(GROUP).by_page()
        for _ in range(25):
            assert len(list(next(pages))) == 1
    assert len(calls(edge)) - before == 25


def test_resource_graph_pages_for_ever_too(edge: RunningLab) -> None:
    faults(edge, {"kind": "next-link-for-ever", "path": "*/resources"})
    for _ in range(2):
        assert graph(edge, "resources | project id", top=1).skip_token


def test_redirect_to_another_host(edge: RunningLab) -> None:
    faults(edge, {"kind": "redirect-other-host"})
    status, headers, _ = call(edge, "GET", site_path(), bearer=token(edge))
    assert status == 307
    assert headers["location"].startswith("https://127.0.0.1:")


@pytest.mark.parametrize("kind", ["server-error", "malformed", "reset", "empty"])
def test_sign_in_has_faults_too(edge: RunningLab, kind: str) -> None:
    faults(edge, {"kind": kind, "service": "entra", "path": "*/token"})
    with signed_in(edge) as who, pytest.raises((AzureError, ValueError)):
        who.get_token(SCOPE)
    assert calls(edge, "entra")[-1]["path"].endswith("/token")


def test_the_first_fault_that_matches_strikes_and_is_used_up(edge: RunningLab) -> None:
    faults(
        edge,
        {"kind": "not-found", "path": "*/config/*", "times": 1},
        {"kind": "server-error", "path": "*/config/web"},
    )
    bearer = token(edge)
    seen = [call(edge, "GET", site_path("config", "web"), bearer=bearer)[0] for _ in range(3)]
    assert seen == [404, 500, 500]
    assert call(edge, "GET", site_path(), bearer=bearer)[0] == 200


def test_edge_and_azure_have_faults_of_their_own(edge: RunningLab) -> None:
    faults(edge, {"kind": "silent"})
    assert curl(edge, "/").status == 200
    faults(edge)
    edge.patch(faults={"reset": "accept"})
    assert read_site(edge).name == SITE
    assert curl(edge, "/").exit != 0
