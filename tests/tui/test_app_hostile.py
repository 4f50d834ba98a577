"""Text from outside in every field that is shown: never a crash, never an action, never raw on a terminal."""

import unicodedata
from typing import Any

import msgspec
import pytest

from probes.model import (
    Alert,
    Case,
    Connection,
    CredentialFacts,
    Echo,
    ErrorFacts,
    ForwardedCertificate,
    Judged,
    Observation,
    SiteConfig,
    Step,
    Unknown,
    Verdict,
)
from tests.tui import cases
from tests.tui.fake import FakeTriage
from tests.tui.screen_text import screen_text
from tui.app import TriageApp
from tui.finding import FindingText

HOSTILE = {
    "unbalanced": "[/]",
    "action": "[@click=app.quit]x[/]",
    "spaced action": "[ @click=app.quit]x[/]",
    "title": "AA\x1b]0;PWNED\x07BB",
    "clipboard": "\x1b]52;c;aHVudGVyMg==\x07",
    "c1": "a\x9b31mb",
    "bidi": "abc\u202edef",
    "wide": "証明書の件名" * 9,
    "combining": "e" + "\u0301" * 60,
    "surrogate": "x\ud800y",
    "lines": "one\ntwo\r\nthree\u2028four",
    "long": "x" * 4000,
}


def hostile_case(text: str) -> Case:
    """Return a finished case with ``text`` in every field that comes from outside."""
    plan = cases.plan()
    observations = tuple(hostile_observation(made, text) for made in cases.observations(plan))
    verdict = Verdict(
        finding="large-body-renegotiation",
        confidence="confirmed",
        path=(Step(node=text, question=text, answer=text, evidence=("obs:o2#x", text)),),
        evidence=("obs:o12#status", text),
    )
    return cases.case(
        credential=CredentialFacts(
            kind="pem",
            subject=f"CN={text}",
            issuer=text,
            thumbprint_sha1=text,
            not_before=text,
            not_after=text,
            key=text,
        ),
        configuration=SiteConfig(
            source="file",
            client_cert_enabled=True,
            client_cert_mode="Required",
            client_cert_exclusion_paths=(text, text),
        ),
        observations=observations,
        verdict=verdict,
        unknown=(Unknown(what=text, why="not-run", how_to_get=text),),
    )


def hostile_observation(made: Observation, text: str) -> Observation:
    assert made.tls is not None
    exchange = msgspec.structs.replace(
        made.exchanges[-1], reason=text, headers=(("location", text),), body_excerpt=text
    )
    tls = msgspec.structs.replace(
        made.tls, version=text, cipher=text, alerts=(Alert(at_ms=1, direction="received", level="fatal", name=text),)
    )
    return msgspec.structs.replace(
        made,
        at=text,
        probe=msgspec.structs.replace(made.probe, path=f"/{text}", persona=text, via=f"http://{text}"),
        connection=Connection(ip=text, port=443, addresses=(text, text), canonical_name=text),
        exchanges=(exchange,),
        tls=tls,
        echo=Echo(certificate=ForwardedCertificate(header=text, faults=(text,), subject=text)),
        judged=Judged(reached_app="no", by="edge", because=text),
        error=ErrorFacts(kind=text, message=text),
    )


def render(slug: str, case: Case) -> FindingText:
    text = case.credential.issuer or ""
    return FindingText(
        title=text,
        sentence=text,
        cause=text,
        now=text,
        lasting=text,
        ways=(("az", f"```\n{text}\n```"),),
        costs=text,
        verify_command=text,
    )


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_is_only_text(name: str, size: tuple[int, int]) -> None:
    end = hostile_case(HOSTILE[name])
    app = TriageApp(FakeTriage(end=end), autosend=False, render=render)
    shown: list[str] = []
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        shown.append(screen_text(app))
        await pilot.press("enter")
        await pilot.pause(0.5)
        assert app.store.phase == "finished"
        for keys in ("G", "g", "1", "3", "4", "y", "5"):
            await pilot.press(keys)
            await pilot.pause(0.1)
            shown.append(screen_text(app))
        assert_harmless(shown, app, size)
        assert app.is_running


def assert_harmless(shown: list[str], app: TriageApp, size: tuple[int, int]) -> None:
    for char in set("".join(shown)) - {"\n"}:
        assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}, repr(char)
    for strip in app.screen._compositor.render_strips():
        assert strip.cell_length == size[0]
        for segment in strip:
            meta: dict[str, Any] = dict(segment.style.meta) if segment.style else {}
            assert "@click" not in meta
    assert all(unicodedata.category(char) != "Cc" or char == "\n" for char in app.clipboard)
