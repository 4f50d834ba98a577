"""Every real client and Expect: 100-continue: sent by itself or not, awaited or not, and for how long."""

import pytest

from probes.personas import CLIENTS
from tests.clients.conftest import Files
from tests.clients.real import REAL
from tests.clients.waiting import Noted, silent_server

SILENT_S = 2.5
"""Longer than every client here that sends its body all the same; those that never do are then let go on."""
SOON_S = 0.25


def noted(name: str, files: Files, *, size: int, expect: bool) -> Noted:
    with silent_server(files.server, SILENT_S) as server:
        got = REAL[name](files.order(server.port, size=size, expect=expect))
        assert got.status == 200, got.error
    assert len(server.noted) == 1
    return server.noted[0]


@pytest.mark.parametrize("name", REAL)
def test_the_header_is_sent_unasked_where_the_persona_says_so(name: str, files: Files) -> None:
    sizes = [2000, 1_048_576, 1_048_577]
    seen = {size: noted(name, files, size=size, expect=False).expect for size in sizes}
    assert seen == {size: CLIENTS[name].expects(size) for size in sizes}


@pytest.mark.parametrize("name", REAL)
def test_the_body_is_held_back_as_long_as_the_persona_says(name: str, files: Files) -> None:
    persona = CLIENTS[name]
    one = noted(name, files, size=300_000, expect=True)
    assert one.expect is persona.expect_on_request
    if persona.waits_for_ever:
        assert one.body_after_s is None
    elif persona.waits_ms is not None:
        assert one.body_after_s == pytest.approx(persona.waits_ms / 1000, abs=0.4)
    else:
        assert one.body_after_s is not None
        assert one.body_after_s < SOON_S


@pytest.mark.parametrize("name", [name for name in REAL if not CLIENTS[name].waits])
def test_head_and_small_body_share_a_record_where_the_persona_says_so(name: str, files: Files) -> None:
    assert noted(name, files, size=2000, expect=True).together is CLIENTS[name].writes_together
