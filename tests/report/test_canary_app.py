"""The same search over everything that the app shows, page by page, and over the case that it keeps."""

from pathlib import Path

import pytest

from probes.triage import Triage
from tests.peers.certs import make_pki
from tests.report.mirror import mirror
from tests.report.test_canary import PLANTED, Place, pfx_with_a_secret, words
from tests.tui.screen_text import screen_text
from tui.app import TriageApp
from tui.commands.options import parse_options
from tui.request import triage_request
from tui.saving import save


async def test_no_page_of_the_app_shows_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pki").mkdir()
    pki, pfx = make_pki(tmp_path / "pki"), tmp_path / "client.pfx"
    key, certificate = pfx_with_a_secret(pfx)
    place = Place(tmp_path, "", pki, pfx, key, [])
    for name, value in (("PHRASE", PLANTED[6]), ("HEADER", PLANTED[2])):
        monkeypatch.setenv(name, value)
    with mirror(pki, certificate) as place.origin:
        target, *options = words(place, "/json")
        triage = Triage(triage_request(target, parse_options(options)))
        save(triage, str(tmp_path / "case.jsonl"), lambda _words: None)
        app = TriageApp(triage, autosend=True, again=lambda: Triage(triage.request))
        async with app.run_test(size=(160, 50)) as pilot:
            while not app.store.over:
                await pilot.pause(0.05)
            for page in "12345":
                await pilot.press(page)
                for _ in range(12):
                    place.said.append(screen_text(app).encode())
                    await pilot.press("down")
            await pilot.press("question_mark")
            place.said.append(screen_text(app).encode())
        triage.journal.close()
    assert (tmp_path / "case.jsonl").read_bytes().count(b'"type":"observation"') > 10
    assert b"POST" in b"".join(place.said)
    assert place.found() == []
