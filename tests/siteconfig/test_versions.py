"""A cloud that does not know the newest API version: the newest that its error lists is read instead."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from probes.siteconfig.clouds import Access
from probes.siteconfig.live import AzureRead, read_from_azure, wanted
from probes.siteconfig.versions import newest, with_version
from tests.siteconfig.azure import SITE, Azure, site_body

OLD = "2021-02-01"
INVALID = {
    "code": "InvalidApiVersionParameter",
    "message": "The api-version '{0}' is invalid. The supported versions are "
    "'2022-03-01-preview,2021-02-01,2016-08-01'.",
}
UNREGISTERED = {
    "code": "NoRegisteredProviderFound",
    "message": "No registered resource provider found for location 'westeurope' and API version '{0}' for type "
    "'sites'. The supported api-versions are '2016-08-01, 2021-02-01'. The supported locations are 'westeurope'.",
}
SILENT = {"code": "InvalidApiVersionParameter", "message": "The api-version '{0}' is invalid."}


async def looked(reach: Access) -> AzureRead:
    return await read_from_azure(reach, wanted(id=SITE), lambda _line: None)


def version(path: str) -> str:
    return parse_qs(urlsplit(path).query)["api-version"][0]


def older(azure: Azure, path: str, error: dict[str, str], *, wrapped: bool = True) -> None:
    """Answer for ``path`` in the old version only."""
    answer = azure.answers[path.lower()]

    def turn(handler: Any) -> None:
        asked = version(handler.path)
        body = error | {"message": error["message"].replace("{0}", asked)}
        handler.send(*(answer if asked == OLD else (400, {}, {"error": body} if wrapped else body)))

    azure.fault(path, turn)


@pytest.mark.parametrize("error", [INVALID, UNREGISTERED], ids=["invalid", "unregistered"])
@pytest.mark.parametrize("wrapped", [True, False])
async def test_the_newest_version_that_the_error_lists_is_read(
    reach: Access, azure: Azure, error: dict[str, str], wrapped: bool
) -> None:
    at_its_best = await looked(reach)
    for path in (SITE, f"{SITE}/config/web", f"{SITE}/providers/Microsoft.Resources/changes"):
        older(azure, path, error, wrapped=wrapped)
    found = await looked(reach)
    assert found.unknown == ()
    (first, second) = found.configuration.notes
    assert "is not known here; 2021-02-01 was read, which may lack settings" in first + second
    for part in ("client_cert_mode", "client_cert_exclusion_paths", "min_tls_version", "changes"):
        assert getattr(found.configuration, part) == getattr(at_its_best.configuration, part)
    assert {method for method, _ in azure.arm_log} == {"GET"}


async def test_what_an_older_version_does_not_have_is_told(reach: Access, azure: Azure) -> None:
    body = site_body()
    del body["properties"]["clientCertExclusionPaths"]
    azure.put(SITE, body)
    older(azure, SITE, INVALID)
    azure.put(f"{SITE}/slots", {"Code": "Forbidden", "Message": "no"}, 403)
    found = await looked(reach)
    assert found.configuration.client_cert_exclusion_paths is None
    told = [one.what for one in found.unknown]
    assert any("clientCertExclusionPaths" in what for what in told), "a part that failed hides no other"
    assert any("the other slots" in what for what in told)


async def test_an_error_that_lists_nothing_is_told_and_not_repeated(reach: Access, azure: Azure) -> None:
    older(azure, f"{SITE}/config/web", SILENT)
    found = await looked(reach)
    (unread,) = found.unknown
    assert "400 InvalidApiVersionParameter" in unread.what
    assert sum(path.startswith(f"{SITE}/config/web?") for _, path in azure.log) == 1
    assert found.configuration.client_cert_enabled is True


async def test_a_cloud_that_refuses_what_it_lists_is_not_asked_without_end(reach: Access, azure: Azure) -> None:
    body = {"error": INVALID | {"message": INVALID["message"].replace("{0}", "x")}}
    azure.put(f"{SITE}/config/web", body, 400)
    found = await looked(reach)
    assert "InvalidApiVersionParameter" in found.unknown[0].what
    assert sum(path.startswith(f"{SITE}/config/web?") for _, path in azure.log) <= 3


@pytest.mark.parametrize(
    ("listed", "chosen"),
    [
        ("2016-08-01,2021-02-01", "2021-02-01"),
        ("2021-02-01,2022-03-01-preview", "2021-02-01"),
        ("2022-03-01-preview", "2022-03-01-preview"),
        ("2030-01-01,2021-02-01", "2021-02-01"),
        ("2030-01-01", "2030-01-01"),
        ("2025-05-01", None),
        ("https://elsewhere.example/,../x,1", None),
        ("", None),
    ],
)
def test_which_of_the_listed_versions_is_taken(listed: str, chosen: str | None) -> None:
    assert newest(f"The supported versions are '{listed}'.", "2025-05-01") == chosen


def test_only_the_version_of_an_address_changes() -> None:
    url = "https://a.example/b/c?$skipToken=x%20y&api-version=2025-05-01&empty="
    assert with_version(url, OLD) == f"https://a.example/b/c?$skipToken=x+y&empty=&api-version={OLD}"
