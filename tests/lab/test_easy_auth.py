"""App Service authentication in front of the debug app, over HTTP/1.1 and HTTP/2."""

from typing import Any

import pytest

from tests.lab.curl import curl
from tests.lab.fixture import RunningLab


def switch_on(lab: RunningLab, **auth: Any) -> None:
    lab.patch(settings={"auth": {"enabled": True, **auth}})


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_what_a_request_without_sign_in_gets(edge: RunningLab, version: str) -> None:
    edge.patch(settings={"http20Enabled": True})
    for action, status in [("Return401", 401), ("Return403", 403), ("RedirectToLoginPage", 302)]:
        switch_on(edge, unauthenticatedClientAction=action)
        got = curl(edge, "/", version)
        assert got.status == status
        assert "arraffinity" not in got.trace.lower()
    assert "location: /.auth/login/" in got.trace.lower()
    switch_on(edge, unauthenticatedClientAction="AllowAnonymous")
    assert curl(edge, "/", version).status == 200


def test_a_post_is_not_redirected(edge: RunningLab) -> None:
    switch_on(edge)
    got = curl(edge, "/upload", "--data", "x")
    assert got.status == 401
    assert "www-authenticate: bearer" in got.trace.lower()


def test_excluded_paths_and_off(edge: RunningLab) -> None:
    switch_on(edge, unauthenticatedClientAction="Return401", excludedPaths=["/debug/headers"])
    assert (curl(edge, "/debug/headers").status, curl(edge, "/").status) == (200, 401)
    edge.patch(settings={"auth": {"requireAuthentication": False}})
    assert curl(edge, "/").status == 200


def test_it_is_no_request_of_the_app(edge: RunningLab) -> None:
    switch_on(edge, unauthenticatedClientAction="Return401")
    before = edge.seen()
    curl(edge, "/")
    after = edge.seen()
    assert (after["reached_app"] - before["reached_app"], after["refusals"] - before["refusals"]) == (0, 1)
    assert curl(edge, "/", certificate=None).status == 403
