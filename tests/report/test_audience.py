"""Who sees what: the public sees pseudonyms, in every format alike, and equal values stay equal."""

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from probes.case import open_case
from probes.model import Case
from probes.report import Audience, Format, Report, for_audience, write
from probes.report.pseudonyms import Pseudonyms
from tests.report.hostile import (
    ADDRESS,
    ADDRESS6,
    HOST,
    MAIL,
    OTHER,
    PERSON,
    PRIVATE,
    SUBSCRIPTION,
    THUMB,
    THUMB256,
    named,
)

FORMATS: tuple[Format, ...] = get_args(Format)
NAMES = (HOST, OTHER, "payments-prod", "rg-payments", SUBSCRIPTION, ADDRESS, ADDRESS6, PRIVATE, MAIL, PERSON,
         "Alex", "contoso", THUMB, THUMB256, THUMB[:32])  # fmt: skip


@pytest.fixture(scope="module")
def case(faulty: Path) -> Case:
    return named(open_case(faulty).case)


@pytest.mark.parametrize("form", FORMATS)
def test_the_public_learns_no_name(case: Case, form: Format) -> None:
    text = write(Report(case=case, audience="public"), form).lower()
    assert [name for name in NAMES if name.lower() in text] == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_customer_sees_what_is_its_own(case: Case, form: Format) -> None:
    text = write(Report(case=case, audience="customer"), form)
    assert OTHER in text
    if form != "junit":
        assert ADDRESS in text
        assert THUMB in text


def test_equal_values_stay_equal_in_all_formats(case: Case) -> None:
    public = for_audience(case, "public")
    host = re.match(r"https://([^/]+)/", public.target.url)
    assert host
    assert {seen.probe.origin for seen in public.observations} == {f"https://{host.group(1)}:443"}
    assert public.configuration.host_names is not None
    assert public.configuration.host_names[1] == host.group(1)
    assert (
        public.configuration.default_host_name
        == f"{(public.configuration.name or '').split('/')[0]}.azurewebsites.net"
    )
    assert {one.connection.ip for one in public.observations if one.connection} == {"192.0.2.1"}
    assert public.credential.thumbprint_sha1 != public.credential.thumbprint_sha256
    echo = next(seen.echo for seen in public.observations if seen.echo)
    assert echo.certificate
    assert echo.certificate.thumbprint_sha1 == public.credential.thumbprint_sha1
    for form in FORMATS:
        assert host.group(1) in write(Report(case=case, audience="public"), form)


def test_pseudonyms_do_not_depend_on_anything_but_the_case(case: Case) -> None:
    again = msgspec.json.decode(msgspec.json.encode(case), type=Case)
    assert for_audience(case, "public") == for_audience(again, "public")


def test_what_the_evidence_needs_stays(case: Case) -> None:
    public = for_audience(case, "public")
    assert public.verdict == case.verdict
    assert public.configuration.client_cert_exclusion_paths == ("/health",)
    for seen, before in zip(public.observations, case.observations, strict=True):
        assert (seen.id, seen.at, seen.outcome, seen.status) == (before.id, before.at, before.outcome, before.status)
        assert (seen.events, seen.timing_ms) == (before.events, before.timing_ms)


def test_the_team_sees_the_case_as_it_is(case: Case) -> None:
    assert for_audience(case, "team") is case
    assert json.loads(write(Report(case=case, audience="team"), "json"))["target"]["url"] == case.target.url


@pytest.mark.parametrize("audience", ["customer", "public"])
def test_the_proxy_of_who_ran_it_is_for_the_team_alone(case: Case, audience: Audience) -> None:
    first = case.observations[0]
    probe = msgspec.structs.replace(first.probe, via="http://proxy.corp.internal:3128")
    behind = msgspec.structs.replace(case, observations=(msgspec.structs.replace(first, probe=probe),))
    assert "proxy.corp" in write(Report(case=behind, audience="team"), "json")
    for form in FORMATS:
        assert "proxy.corp" not in write(Report(case=behind, audience=audience), form)


def test_no_redact_is_marked_in_every_report(case: Case) -> None:
    report = Report(case=case, audience="public", redacted=False)
    assert json.loads(write(report, "json"))["run"]["redacted"] is False
    for form in ("markdown", "html"):
        text = write(report, form)
        assert "--no-redact" in text.replace("\\", "")
        assert OTHER in text


def test_kinds_stay_recognisable() -> None:
    names = Pseudonyms()
    assert names.host("a.scm.azurewebsites.net") == "name-1.scm.azurewebsites.net"
    assert names.host("a.azurewebsites.net") == "name-1.azurewebsites.net"
    assert names.host("x.westeurope-01.azurewebsites.net") == "name-2.azurewebsites.net"
    assert names.host("*.corp.example") == "*.host-1.example"
    assert names.host("localhost") == "localhost"
    assert names.address("127.0.0.1") == "127.0.0.1"
    assert names.address("10.1.2.3").startswith("10.0.")
    assert names.address("fd12::9").startswith("fd00::")
    assert (
        names.text("at 12:30:45.123, 1.2.3, TLS 1.2.3.4.5, 04:05:06")
        == "at 12:30:45.123, 1.2.3, TLS 1.2.3.4.5, 04:05:06"
    )
    assert names.text("::1 and ::ffff:20.1.2.3").startswith("::1 and ")
