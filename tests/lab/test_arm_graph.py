"""Resource Graph by its SDK: a host name leads to its site, rows are paged, and what the lab cannot do is refused."""

import pytest
from azure.core.exceptions import HttpResponseError

from probes.lab.arm_kql import QueryFault, Row, run
from probes.lab.azure_names import OTHER_SUBSCRIPTION, SUBSCRIPTION
from tests.lab.fixture import RunningLab
from tests.lab.sdk import SITE, call, graph, token

SITES = "resources | where type in~ ('microsoft.web/sites', 'Microsoft.Web/sites/slots')"
HOST_QUERIES = [
    "resources | where type =~ 'Microsoft.Web/sites' | where properties.hostNames contains '{host}' | project id",
    "Resources\n| where type =~ 'microsoft.web/sites' // sites only\n"
    "| mv-expand name = properties.hostNames | where tolower(tostring(name)) == '{host}' | project id",
    "resources | where properties.defaultHostName =~ '{host}' or set_has_element(properties.hostNames, '{host}')"
    " | project id",
    "where tolower(tostring(properties)) contains '\"{host}\"' and type == 'microsoft.web/sites' | project id",
    "resources | where type startswith 'microsoft.web/sites' | where array_index_of(properties.hostNames, '{host}')"
    " >= 0 | extend host = properties['defaultHostName'] | project id, host | project-away host",
    "resources | where properties.hostNames has '{host}' | order by name asc | take 5 | project id",
]


@pytest.mark.parametrize("query", HOST_QUERIES)
def test_host_leads_to_site(edge: RunningLab, query: str) -> None:
    edge.patch(settings={"hostNames": ["localhost", "api.lab.test"]})
    for host, wanted in [("api.lab.test", [edge.ready.site_id]), ("nobody.lab.test", [])]:
        found = graph(edge, query.replace("{host}", host))
        assert [row["id"] for row in found.data] == wanted, query


def test_rows_have_the_columns_of_the_service(edge: RunningLab) -> None:
    (row,) = graph(edge, f"{SITES} | where name == '{SITE}'").data
    assert (row["type"], row["resourceGroup"], row["subscriptionId"]) == ("microsoft.web/sites", "lab", SUBSCRIPTION)
    assert {"id", "name", "tenantId", "kind", "location", "sku", "properties", "tags"} <= set(row)
    assert row["properties"]["clientCertMode"] == "Required"


def test_subscriptions_limit_what_is_seen(edge: RunningLab) -> None:
    edge.patch(azure={"neighbours": 4})
    everywhere = graph(edge, f"{SITES} | project name")
    there = graph(edge, f"{SITES} | project name", [OTHER_SUBSCRIPTION])
    assert len(everywhere.data) == 6
    assert [row["name"] for row in there.data] == ["neighbour-2", "neighbour-4"]


def test_pages(edge: RunningLab) -> None:
    edge.patch(azure={"neighbours": 4})
    query, names, skip = f"{SITES} | project name | order by name asc", [], None
    while True:
        page = graph(edge, query, top=4, skip_token=skip)
        assert (page.total_records, page.result_truncated) == (6, "false")
        names += [row["name"] for row in page.data]
        skip = page.skip_token
        if not skip:
            break
    assert names == sorted(names)
    assert len(names) == 6


def test_table_format_and_other_tables(edge: RunningLab) -> None:
    table = graph(
        edge, f"{SITES} | where name == '{SITE}' | project name, properties.httpsOnly", result_format="table"
    )
    assert [column["name"] for column in table.data["columns"]] == ["name", "properties_httpsOnly"]
    assert table.data["rows"] == [[SITE, True]]
    query = "resourcecontainers | where type == 'microsoft.resources/subscriptions' | project name"
    assert [row["name"] for row in graph(edge, query).data] == ["Lab", "Lab, second subscription"]
    assert graph(edge, "resources | count").data == [{"Count": graph(edge, "resources").total_records}]


def test_changes_of_the_last_day(edge: RunningLab) -> None:
    edge.patch(settings={"clientCertEnabled": False})
    query = (
        "resourcechanges | extend at = todatetime(properties.changeAttributes.timestamp) | where at > ago(1d)"
        " | where properties.targetResourceId =~ '{id}' | order by at desc | take 1"
        " | project after = properties.changes['properties.clientCertEnabled'].newValue"
    )
    assert graph(edge, query.replace("{id}", str(edge.ready.site_id))).data == [{"after": "False"}]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "nothing | take 1",
        "resources | summarize count() by type",
        "resources | where frobnicate(name) == 'x'",
        "resources | where name == ",
        "resources | where name == 'x",
        "resources | where nmae == 'x'",
        "resources | where (" + "(" * 200,
        "resources | join (resources) on id",
    ],
)
def test_what_it_cannot_do_is_refused(edge: RunningLab, query: str) -> None:
    status, _, body = call(
        edge,
        "POST",
        "/providers/Microsoft.ResourceGraph/resources",
        body={"query": query},
        bearer=token(edge),
        api="2021-03-01",
    )
    assert (status, body["error"]["code"]) == (400, "BadRequest")
    assert body["error"]["details"][0]["code"] == "InvalidQuery"


def test_the_sdk_raises_for_it(edge: RunningLab) -> None:
    with pytest.raises(HttpResponseError) as fault:
        graph(edge, "resources | frob")
    assert fault.value.status_code == 400


@pytest.mark.parametrize(
    ("test", "kept"),
    [
        ("a == 'X'", []),
        ("a =~ 'X'", [1]),
        ("a != 'x'", [2, 3]),
        ("a in ('x', 'y z')", [1, 2]),
        ("a !in~ ('X')", [2, 3]),
        ("a has 'y'", [2]),
        ("a has 'yz'", []),
        ("isempty(a)", [3]),
        ("n > 1 and n < 3", [2]),
        ("n == 1 or (n == 3 and isnull(a))", [1, 3]),
        ("not(n == 1)", [2, 3]),
        ("d.k[0] == 'v'", [1]),
        ("d.k[5] == 'v' or d['none'].x == 'v'", []),
        ("iff(n == 1, 'one', 'more') == 'more'", [2, 3]),
        ('a in (dynamic(["x"]))', [1]),
        ("strcat(a, '!') endswith 'Z!'", [2]),
    ],
)
def test_the_language(test: str, kept: list[int]) -> None:
    rows: list[Row] = [
        {"n": 1, "a": "x", "d": {"k": ["v"]}},
        {"n": 2, "a": "y z", "d": None},
        {"n": 3, "a": None, "d": {}},
    ]
    assert [row["n"] for row in run(f"t | where {test}", {"t": rows})] == kept


def test_deep_nesting_is_a_fault_not_a_crash() -> None:
    with pytest.raises(QueryFault):
        run("t | where " + "(" * 5_000, {"t": []})
