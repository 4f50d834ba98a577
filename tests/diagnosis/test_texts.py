"""The texts: whole, quoted for the language that they stand in, and in the user's own names."""

import json
import re
import shlex
from importlib.resources import files

import msgspec
import pytest

from probes.diagnosis import catalogue, finding, generic, render, verdict
from probes.diagnosis.catalogue import AZURE_SECTIONS, CODE, CatalogueFault, parse, unwrapped
from probes.diagnosis.facts import Facts
from probes.diagnosis.names import names_of
from probes.diagnosis.render import PLACEHOLDER, fill
from probes.model import ErrorFacts, Judged
from tests.diagnosis.build import EXCLUDED, INTERACTIVE, Site, make_case

LATE = Site(when="renegotiation", tls13=False)
SLUGS = [one.slug for one in catalogue()]


def test_ranks_are_unique_and_the_outcomes_come_last() -> None:
    ranks = [one.rank for one in catalogue()]
    assert len(set(ranks)) == len(ranks)
    assert [one.slug for one in catalogue()][-2:] == ["healthy", "inconclusive"]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sentence_is_short_and_plain(slug: str) -> None:
    one = finding(slug)
    assert len(one.sentence) <= 68
    assert not one.sentence.endswith(".")
    assert slug not in one.sentence
    assert not re.search(r"renegotiat|post-handshake|CertificateRequest|ARM", one.sentence)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_source_is_a_public_document_with_its_date(slug: str) -> None:
    text = render(slug, make_case(Site()))
    assert text.sources
    for line in text.sources:
        assert "https://" in line
    assert any(re.search(r"20\d\d", line) for line in text.sources)


@pytest.mark.parametrize("slug", SLUGS)
def test_only_known_placeholders_are_used(slug: str) -> None:
    names = names_of(Facts(make_case(Site())))
    used = {found for text in finding(slug).sections.values() for found in PLACEHOLDER.findall(text)}
    assert used <= {*names.outside, *names.own}
    texts = {title: text for title, text in generic(finding(slug)).items() if title != CODE}
    assert not any(PLACEHOLDER.search(text) for text in texts.values())


@pytest.mark.parametrize("slug", [one.slug for one in catalogue() if one.kind == "site"])
def test_a_site_finding_has_all_four_ways(slug: str) -> None:
    text = render(slug, make_case(LATE, config=EXCLUDED))
    assert all((text.portal, text.az, text.bicep, text.arm))
    assert len(AZURE_SECTIONS) == 4
    assert "Allow" in text.portal
    assert "Optional Interactive User" in text.portal


def test_the_arm_snippets_are_json() -> None:
    for one in catalogue():
        for block in re.findall(
            r"```json\n(.*?)```", render(one.slug, make_case(LATE, config=EXCLUDED)).arm, re.DOTALL
        ):
            assert json.loads(block)["type"] == "Microsoft.Web/sites"


def test_the_fix_is_for_the_setting_that_was_read() -> None:
    az = {
        config.client_cert_mode: render("large-body-renegotiation", make_case(LATE, config=config)).az
        for config in (EXCLUDED, INTERACTIVE)
    }
    assert "--set clientCertExclusionPaths=\n" in az["Required"]
    assert "--set clientCertMode=Optional\n" in az["OptionalInteractiveUser"]


def test_the_hosts_own_names_are_in_the_text() -> None:
    text = render("large-body-renegotiation", make_case(LATE, config=EXCLUDED))
    assert "contoso.azurewebsites.net" in text.cause
    assert "the certificate exclusion paths" in text.cause
    assert "--name contoso " in text.az
    assert "<resource-group>" in text.az
    assert "/health" in text.costs


EVIL = ["x; rm -rf ~", "$(reboot)", "a'b\"c", "`id`", "${x}", "\x1b[2J\u202e", "{host}"]


@pytest.mark.parametrize("name", EVIL)
def test_a_name_from_a_file_stays_one_word_in_a_shell(name: str) -> None:
    config = msgspec.structs.replace(EXCLUDED, name=name, resource_group=name)
    az = render("large-body-renegotiation", make_case(LATE, config=config)).az
    command = az.removeprefix("```bash\n").removesuffix("```")
    words = shlex.split(command)
    assert words[:3] == ["az", "webapp", "update"]
    assert len(words) == 9
    assert words[words.index("--name") + 1] == words[words.index("--resource-group") + 1]
    assert "\x1b" not in az


@pytest.mark.parametrize("name", EVIL)
def test_a_name_from_a_file_stays_inside_its_string_in_templates(name: str) -> None:
    config = msgspec.structs.replace(EXCLUDED, name=name)
    text = render("large-body-renegotiation", make_case(LATE, config=config))
    block = re.findall(r"```json\n(.*?)```", text.arm, re.DOTALL)[0]
    assert isinstance(json.loads(block)["name"], str)
    line = next(line for line in text.bicep.splitlines() if line.strip().startswith("name:"))
    assert re.fullmatch(r"  name: '(?:[^'\\$]|\\.|\$(?!\{))*'", line)


def test_a_value_is_not_filled_again() -> None:
    case = make_case(LATE, config=msgspec.structs.replace(EXCLUDED, name="{target}"))
    assert fill("{site}", names_of(Facts(case))) == "{target}"


def test_a_slot_gets_its_own_option() -> None:
    config = msgspec.structs.replace(EXCLUDED, name="contoso/staging")
    assert (
        "--name contoso --slot staging --set" in render("large-body-renegotiation", make_case(LATE, config=config)).az
    )


def test_inconclusive_says_what_is_missing_and_the_error() -> None:
    case = make_case(Site(), only=["get-own"])
    dead = msgspec.structs.replace(
        case.observations[0],
        outcome="protocol-error",
        tls=None,
        status=None,
        exchanges=(),
        echo=None,
        judged=Judged(reached_app="no"),
        error=ErrorFacts(kind="http", message="the answer is no HTTP"),
    )
    case = msgspec.structs.replace(case, observations=(dead,))
    assert verdict(case).finding == "inconclusive"
    assert verdict(case).evidence == ("obs:o1#error",)
    cause = render("inconclusive", case).cause
    assert "the answer is no HTTP" in cause
    assert "\n- " in cause


def test_paragraphs_are_one_line_and_code_is_kept() -> None:
    assert unwrapped("a\nb\n\n- c\n  d\n- e\n\n```bash\nf\ng\n```\nh\ni") == (
        "a b\n\n- c d\n- e\n\n```bash\nf\ng\n```\nh i"
    )


@pytest.mark.parametrize(
    "change", [("## Reply", "## Answer"), ("sentence: ", "sentence: " + "x" * 60), ("## Cause", "")]
)
def test_a_finding_that_is_not_whole_is_refused(change: tuple[str, str]) -> None:
    text = files("probes.diagnosis").joinpath("findings", "en", "healthy.md").read_text(encoding="utf-8")
    parse("healthy.md", text)
    with pytest.raises(CatalogueFault):
        parse("healthy.md", text.replace(*change, 1))
