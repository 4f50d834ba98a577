"""The list of sites: its search, thousands of rows, and the truth about rows that were not read."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from probes.siteconfig.rows import SiteList, SiteRow
from probes.siteconfig.siteid import SiteId
from tests.loops.served import serve
from tests.siteconfig.conftest import signed_out
from tests.tui.azure import FRESH, SCENARIO, asked, principal, reach, started, told
from tests.tui.screen_text import screen_text, settled
from tests.tui.test_app_pages import NAMES, bound
from tui.azure_list import Found
from tui.drawing.azure import clock, site_detail, site_line, spinner
from tui.drawing.parts import cells, plain
from tui.screens.azure import AzureScreen
from tui.screens.azure_code import CodeScreen
from tui.screens.azure_sites import SitesScreen

__all__ = ["signed_out"]


@pytest.fixture
def many(signed_out: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    with serve(SCENARIO) as ready:
        told(ready, **FRESH | {"neighbours": 2000, "page_size": 1000})
        for name, value in principal(ready).items():
            monkeypatch.setenv(name, value)
        yield ready


async def test_thousands_of_rows_stay_quick_and_what_is_missing_is_searched_in_azure(many: dict[str, Any]) -> None:
    async with started(*reach(many)) as pilot:
        await pilot.press("z")
        shown = await settled(pilot, "the first 2,000 of 2,002; narrow the search", seconds=60)
        assert "neighbour-999 " not in shown, "it is among the last two of 2,002 by name, and was not read"
        screen = pilot.app.screen
        assert isinstance(screen, SitesScreen)
        began = time.process_time()
        for _ in range(20):
            screen.action_turn(1)
            screen.found.search("neighbour")
            screen.redraw()
        assert (time.process_time() - began) / 20 < 0.1, "CPU seconds for a page and a search"
        await pilot.press("G")
        shown = screen_text(pilot.app)
        last = screen.found.rows[-1].id.shown
        assert f"{last} ─" in shown
        # What a person types is found among the rows that were read at once, and in Azure after a moment.
        before = len([one for one in asked(many, "arm") if one["method"] == "POST"])
        await pilot.press("slash", *"second neighbour-999")
        shown = await settled(pilot, "0 of 2,002 sites")
        await pilot.press("backspace", "backspace", "backspace", *"1000")
        await settled(pilot, "neighbour-1000 ─", seconds=20)
        await pilot.press("ctrl+u", *"neighbour-999")
        await settled(pilot, "neighbour-999 ─", seconds=20)
        shown = screen_text(pilot.app)
        assert "! " not in shown.splitlines()[3], "nothing that fits is missing any more"
        assert "1 of 2,002 sites" in shown
        assert len([one for one in asked(many, "arm") if one["method"] == "POST"]) > before
        await pilot.press("ctrl+u", *"https://neighbour-998.lab.test/x")
        await settled(pilot, "neighbour-998 ─", seconds=20)


def row(name: str, *hosts: str, **more: Any) -> SiteRow:
    where = SiteId("s-1", "stores", name)
    given: dict[str, Any] = {"kind": "app", "state": "Running", "subscription": "Production"} | more
    return SiteRow(id=where, host=hosts[0] if hosts else None, hosts=hosts, **given)


def listed(*rows: SiteRow, total: int = 0, words: str = "") -> SiteList:
    return SiteList(rows=rows, total=total or len(rows), whole=total <= len(rows), words=words)


SHOP = row("shop", "shop.azurewebsites.net", "api.contoso.com")
BLOG = row("blog", "blog.azurewebsites.net", "*.contoso.net", state="Stopped")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("", ["blog", "shop"]),
        ("  ", ["blog", "shop"]),
        ("SHOP", ["shop"]),
        ("contoso api", ["shop"]),
        ("store", ["blog", "shop"]),
        ("production blog", ["blog"]),
        ("s-1 stopped", []),
        ("https://api.contoso.com/upload?x=1", ["shop"]),
        ("https://www.contoso.net", ["blog"]),
        ("https://[", []),
        ("[@click=app.quit]", []),
    ],
)
def test_the_search(words: str, names: list[str]) -> None:
    found = Found(listed(SHOP, BLOG))
    found.search(words)
    assert [one.id.shown for one in found.rows] == names
    assert found.is_whole


def test_the_chosen_row_stays_while_it_fits() -> None:
    found = Found(listed(SHOP, BLOG))
    found.move(1)
    assert found.row is SHOP
    found.search("contoso")
    assert found.row is SHOP
    found.search("blog")
    assert found.row is BLOG
    found.move(5)
    found.move(-9)
    assert found.row is BLOG
    found.search("nothing")
    assert found.row is None


def test_what_is_missing_is_said() -> None:
    found = Found(listed(SHOP, total=1200))
    assert found.told() == ("1 site", "the first 1 of 1,200; narrow the search")
    found.search("blog")
    assert found.told() == ("0 of 1,200 sites", "among the first 1 of 1,200")
    found.asking = "blog"
    assert found.told()[1] == "searching in Azure"
    found.went_deeper(listed(BLOG, total=7, words="blog"))
    assert found.told() == ("1 of 1,200 sites", "the first 1 of 7 that fit; narrow the search")
    found.went_deeper(listed(BLOG, words="blog"))
    assert found.told() == ("1 of 1,200 sites", "")
    found.search("")
    assert not found.is_whole
    found.search("blog")
    found.read_again(listed(SHOP, BLOG))
    assert found.told() == ("1 of 2 sites", "")
    assert found.row is BLOG
    endless = Found(SiteList(rows=(SHOP,), total=1, whole=False))
    assert endless.told() == ("1 site", "the list did not end; some may be missing")


def test_rows_keep_their_columns_whatever_stands_in_them() -> None:
    hostile = row("\x1b]0;x\x07[/][b]日本語" * 9, "h" * 300, subscription="[@click=app.quit]x" * 9)
    for width, wide in ((116, True), (78, False)):
        for one in (SHOP, BLOG, hostile, row("bare")):
            assert cells(site_line(one, width, wide=wide)) <= width
            assert all(cells(line) <= width for line in site_detail(one, width))
    assert "! stopped" in plain([site_line(BLOG, 116, wide=True)])
    assert "no host name" in plain([site_line(row("bare"), 78, wide=False)])


def test_time_is_told() -> None:
    assert [clock(left) for left in (-3, 0, 0.2, 59.9, 60, 845)] == ["0:00", "0:00", "0:01", "1:00", "1:00", "14:05"]
    assert len({spinner(place / 4, still=False) for place in range(4)}) == 4
    assert {spinner(place / 4, still=True) for place in range(4)} == {"…"}


@pytest.mark.parametrize("kind", [AzureScreen, CodeScreen, SitesScreen], ids=lambda kind: kind.__name__)
def test_keys_that_are_shown_or_explained_are_bound(kind: Any) -> None:
    known = bound(kind)
    for keys, _ in (*kind.KEYS, *kind.ABOUT):
        assert {NAMES.get(key, key) for key in keys.split()} <= known, keys
