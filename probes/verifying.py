"""Which probe of the plan verifies the fix of a finding, when it counts as passed, and which control stands by."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from probes.diagnosis.expect import expectation
from probes.errors import UsageFault
from probes.model import Case, Observation, Probe, SiteConfig
from probes.plan import Plan

Passing = Callable[[Observation], str | None]
"""Returns why an attempt failed, in a few words; None when it passed."""

_REFUSALS = frozenset({401, 403, 413, 417, 500})


class Verifying:
    """The verifying probe of one finding with its control.

    ``control`` is the GET without a certificate, None where the user gave none either. ``control_was_refused`` says
    whether it must be refused: by the settings, or as a case saw it; None when neither is known.
    """

    def __init__(
        self,
        finding: str,
        probe: Probe,
        failure: Passing,
        control: Probe | None = None,
        control_was_refused: bool | None = None,
    ) -> None:
        self.finding = finding
        self.probe = probe
        self.failure = failure
        self.control = control
        self.control_was_refused = control_was_refused


def how_it_ended(seen: Observation) -> str:
    """Return how a request ended in a few words: its status, or the outcome."""
    return str(seen.status) if seen.status is not None else seen.outcome.replace("-", " ")


def not_reached(seen: Observation) -> str | None:
    """Pass when the request reached the app, whatever the app answered."""
    return None if seen.judged.reached_app == "yes" else how_it_ended(seen)


def not_taken(seen: Observation) -> str | None:
    """Pass when the request reached the app and the app did not refuse it."""
    if seen.judged.reached_app != "yes" or seen.status in _REFUSALS:
        return how_it_ended(seen)
    return None


def not_received(seen: Observation) -> str | None:
    """Pass when the debug endpoint shows the certificate whole and has no complaint about it."""
    echo = seen.echo
    if echo is None:
        return f"{how_it_ended(seen)}, no headers returned"
    if echo.certificate is None or "empty" in echo.certificate.faults:
        return "no certificate in the app"
    if echo.parse_error:
        return "the app cannot read the certificate"
    if echo.says_none:
        return "the app says that there is no certificate"
    if echo.certificate.faults:
        return f"the certificate header is damaged ({', '.join(echo.certificate.faults)})"
    return "another certificate in the app" if echo.certificate.matches_sent is False else None


def not_sent(seen: Observation) -> str | None:
    """Pass when the request reached the app and the certificate was asked for and sent on its connection."""
    if seen.judged.reached_app != "yes":
        return how_it_ended(seen)
    sent = seen.tls is not None and seen.tls.certificate_sent == "yes"
    return None if sent else f"{how_it_ended(seen)}, no certificate sent"


def not_verified(seen: Observation) -> str | None:
    """Pass when the server's certificate verified and the request reached the app."""
    verification = seen.tls.verification if seen.tls else None
    if verification is None or not verification.ok:
        return "the server's certificate does not verify"
    return not_reached(seen)


def not_direct(seen: Observation) -> str | None:
    """Pass when the server's certificate does not hang on this machine's own store alone."""
    verification = seen.tls.verification if seen.tls else None
    if verification is not None and verification.trusted_by == "system":
        return "only this machine's store trusts the server"
    return not_verified(seen)


def not_signed_in(seen: Observation) -> str | None:
    """Pass when the request was taken and not sent to a sign-in page, such as App Service's ``/.auth/login``."""
    location = dict(seen.exchanges[-1].headers).get("location", "") if seen.exchanges else ""
    return "sent to a sign-in page" if "login" in location.lower() else not_taken(seen)


def not_forged(seen: Observation) -> str | None:
    """Pass when the front end refused the request, or the app printed its headers without the caller's own canary."""
    if seen.outcome == "response" and seen.judged.reached_app == "no":
        return None
    if seen.echo is None:
        return f"{how_it_ended(seen)}, no headers returned"
    certificate = seen.echo.certificate
    return "the caller's own header reached the app" if certificate and certificate.matches_sent else None


def not_continued(seen: Observation) -> str | None:
    """Pass when the wait for 100 Continue was answered and the request was taken."""
    state = seen.exchanges[-1].continue_.state if seen.exchanges else "not-asked"
    if state == "timed-out":
        return "no 100 Continue came"
    return not_taken(seen)


def not_kept_out(seen: Observation) -> str | None:
    """Pass when the app, or TLS in front of it, refused this very certificate; a site that is shut proves nothing."""
    sent = seen.tls is not None and seen.tls.certificate_sent == "yes"
    if not sent:
        return f"{how_it_ended(seen)}, no certificate sent"
    by_app = seen.judged.reached_app == "yes" and seen.status in (400, 401, 403)
    return None if by_app or seen.outcome == "tls-failure" else f"{how_it_ended(seen)}: a stranger is not refused"


# Ids of the plan's probes, the first that the plan has is the one; {client} is the user's client.
_OWN_TLS = frozenset({"tls-version-refused", "cipher-refused"})
_CLIENT = ("as-{client}-large",)
_UPLOAD = ("post-large-own",)
_WAYS: Mapping[str, tuple[tuple[str, ...], Passing]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("large-body-renegotiation", "large-body-legacy-edge", "app-body-limit"), (_UPLOAD, not_taken)
        ),
        **dict.fromkeys(
            ("expect-not-awaited", "curl-below-threshold", "reused-connection-hides-it"), (_CLIENT, not_taken)
        ),
        "expect-blocked-on-the-way": (("post-large-wait",), not_continued),
        "renegotiation-refused-by-client": (("as-{client}-get",), not_reached),
        **dict.fromkeys(("interactive-mode-not-prompted", "issuer-not-acceptable"), (("as-{client}-get",), not_sent)),
        **dict.fromkeys(
            ("server-certificate-expired", "server-certificate-untrusted", "server-certificate-wrong-host"),
            (("get-own",), not_verified),
        ),
        **dict.fromkeys(_OWN_TLS, (("as-{client}-get", "get-own"), not_reached)),
        "tls-inspection-proxy": (("get-own",), not_direct),
        "easy-auth-refused": (("get-own",), not_signed_in),
        "header-forgeable": (("forged-debug",), not_forged),
        "uploaded-cer-is-no-trust-list": (("get-throwaway",), not_kept_out),
        **dict.fromkeys(
            (
                "certificate-without-key",
                "http-redirected",
                "settings-not-in-effect",
                "http2-disables-certificates",
                "plan-too-small",
            ),
            (("get-own",), not_sent),
        ),
        **dict.fromkeys(
            (
                "certificate-expired",
                "certificate-not-yet-valid",
                "certificate-wrong-eku",
                "weak-certificate",
                "chain-incomplete",
                "self-signed-refused",
                "app-rejects-certificate",
                "functions-key-missing",
                "web-config-ip-security",
            ),
            (("get-own",), not_taken),
        ),
        "renegotiation-impossible-tls13": (("get-own",), not_sent),
        "renegotiation-impossible-http2": (("get-own",), not_sent),
    }
)
_ABOUT_HEADER = frozenset(
    {
        "client-certs-disabled",
        "slot-differs",
        "path-excluded",
        "plain-http-request",
        "client-sent-no-certificate",
        "header-parsed-as-pem",
        "header-parsed-as-hex",
        "header-damaged",
        "app-reads-wrong-header",
    }
)
_READS = frozenset({"header-parsed-as-pem", "header-parsed-as-hex", "header-damaged", "app-reads-wrong-header"})
_OUTCOMES = frozenset({"healthy", "inconclusive"})


def verifying(finding: str, plan: Plan, case: Case) -> Verifying:
    """Choose the probe of ``plan`` that verifies ``finding``, and its control.

    ``case`` has the settings, and what was seen before if it is a saved one. Raises UsageFault where the finding is
    no fault, or an option that its probe needs is missing.
    """
    if finding in _OUTCOMES:
        raise UsageFault(f"{finding} is no fault whose fix could be verified. Name the finding that was fixed.")
    there = {probe.id: probe for probe in plan.probes}
    wanted, failure = _way(finding, there)
    client = case.run.client or ""
    probe = next((there[name] for name in (one.format(client=client) for one in wanted) if name in there), None)
    if probe is not None and finding in _OWN_TLS and (probe.tls, probe.ciphers, client) == ("free", None, ""):
        raise UsageFault(f"Verifying {finding}: what does the client speak? Give --as NAME or --curl 'curl …'.")
    if probe is None:
        raise UsageFault(f"Verifying {finding}: {_missing(wanted[0], client)}")
    control = there.get("get-none") if probe.identity == "given" else None
    refused = _was_refused(control, case) if control else None
    return Verifying(finding, probe, failure, control, refused)


def _way(finding: str, there: Mapping[str, Probe]) -> tuple[tuple[str, ...], Passing]:
    if finding in _ABOUT_HEADER:
        if "debug" in there or finding in _READS:
            return ("debug",), not_received
        return ("get-own",), not_sent
    return _WAYS.get(finding, (("get-own",), not_reached))


def _missing(wanted: str, client: str) -> str:
    if wanted == "debug":
        return "only the app can say what it read. Give --debug-path PATH of an endpoint that returns its headers."
    if wanted == "forged-debug":
        return "only the app can say what reached it. Give --check-forgery and --debug-path PATH."
    if "{client}" in wanted and not client:
        return "it depends on the client. Name it with --as NAME."
    return "its probe is not in this plan. Give the options of the run that found it."


def _was_refused(control: Probe, case: Case) -> bool | None:
    before = [seen for seen in case.observations if seen.probe.id == control.id]
    if before and before[-1].judged.reached_app != "unknown":
        return before[-1].judged.reached_app == "no"
    return _by_settings(control, case.configuration)


def _by_settings(control: Probe, configuration: SiteConfig) -> bool | None:
    if configuration.client_cert_enabled is None:
        return None
    expected = expectation(configuration, control)
    return None if expected is None else expected == "refused"
