"""What the settings permit beside what was seen, probe by probe, on real runs; and the app without TARGET."""

from urllib.parse import urlsplit

import pytest

from probes.lab.child import LabProcess
from tests.tui.driving import app_of, opened, over
from tests.tui.screen_text import settled
from tui.drawing.parts import plain
from tui.drawing.permitted import permitted, rows, summary


@pytest.mark.parametrize("wide", [True, False])
async def test_every_probe_has_a_row_and_what_is_not_documented_says_so(wide: bool) -> None:
    async with opened("lab:large-body-renegotiation", size=(120, 36) if wide else (80, 24)) as pilot:
        await over(pilot)
        store = app_of(pilot).store
        case = store.case
        assert case is not None
        found = rows(store, case)
        assert {row.state.probe.id for row in found} == set(store.probes)
        assert any(told.certainty == "inferred" for row in found for told in row.told)
        assert all(row.held is not False for row in found), "the lab keeps to its own settings"
        width = 114 if wide else 77
        large = next(row for row in found if any("over 100 KB is refused" in rule.rule for rule in row.rules))
        lines, places = permitted(store, case, width, wide=wide, chosen=f"seen:{large.state.probe.id}")
        shown = plain(lines)
        assert len(places) == len(found)
        assert max(len(line) for line in shown.splitlines()) <= width
        assert ("(inferred)" if wide else " ~") in shown
        told = " ".join(shown.replace("│", " ").replace("├─○", " ").split())
        assert all(f"{rule.certainty}: {rule.rule}" in told for rule in large.rules), told
        kept, followed = plain([summary(store, case)]), sum(1 for row in found if row.held)
        assert followed > 5
        assert kept.startswith(f"✓ {followed} probes as these settings permit")
        await pilot.press("1", "G", "enter")
        await settled(pilot, "outcome   request")
        chosen = pilot.app.screen.query_one("ProbeRows").chosen  # type: ignore[attr-defined]
        assert chosen == found[-1].state.probe.id


async def test_a_site_that_does_not_do_what_its_settings_say_is_marked() -> None:
    async with opened("lab:settings-not-in-effect") as pilot:
        await over(pilot)
        store = app_of(pilot).store
        assert store.case is not None
        broken = [row for row in rows(store, store.case) if row.held is False]
        assert broken
        lines, places = permitted(store, store.case, 114, wide=True)
        marked = [plain([lines[places[f"seen:{row.state.probe.id}"]]]) for row in broken]
        assert all(line.startswith(("✗ ", "! ")) for line in marked)
        assert any("never asked" in line.partition("  app")[2] or "never asked" in line for line in marked)


async def test_the_app_opens_on_a_curl_command_without_a_target() -> None:
    async with LabProcess.start("healthy-required") as lab:
        ready = lab.ready
        command = f"curl --cacert {ready.ca} --cert {ready.certificate} {ready.target}"
        async with opened("", "--curl", command) as pilot:
            await over(pilot)
            case = app_of(pilot).store.case
            assert case is not None
            assert urlsplit(case.target.url).port == urlsplit(ready.target).port
            assert (case.run.client, case.credential.kind) == ("curl", "pem")
            assert case.verdict is not None
            assert case.verdict.finding == "healthy"
