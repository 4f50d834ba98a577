"""Stage 3: what was sent beside what the app received, field by field; faults, chain, and the app's own rules."""

from cryptography import x509

from probes.certificate import name_text
from probes.forwarded import FAULTS, Decoded
from probes.model import Case, Check, ForwardedCertificate, Observation
from tui.desk import Desk, received, rules, sent_facts
from tui.drawing.parts import Line, crop, fit, text, titled_rule, wrap
from tui.drawing.words import request_words

FIELDS = (
    ("subject", "subject"),
    ("issuer", "issuer"),
    ("serial", "serial number"),
    ("thumbprint_sha1", "SHA-1 thumbprint"),
    ("thumbprint_sha256", "SHA-256 thumbprint"),
    ("not_before", "valid from"),
    ("not_after", "valid until"),
    ("san", "alternative names"),
    ("eku", "extended key usage"),
    ("key", "key"),
    ("signature", "signature"),
)
ENCODINGS = {
    "base64-der": "Base64 of the DER bytes, as App Service sends it",
    "pem": "PEM",
    "url-encoded-pem": "URL-encoded PEM",
    "hex": "hex of the DER bytes",
    "xfcc": "an element of X-Forwarded-Client-Cert, as Envoy sends it",
    "rfc9440": "Base64 between colons (RFC 9440)",
}
OFFERS = (
    ("p", "paste a header", "the value of X-ARR-ClientCert, a header dump, or what a debug endpoint answered"),
    ("d", "give a path", "of an endpoint that returns the headers it received; one GET is sent to it"),
    ("c", "copy a debug endpoint", "a few lines for your stack that return what arrived"),
)
FORM = (
    ("thumbprint", "thumbprint"),
    ("subject", "subject"),
    ("issuer", "issuer"),
    ("chain", "CAs it trusts"),
)
"""The rules of an app that only its owner knows: name of the rule, label of the line."""
_RULES = {
    "matches-sent": "is what was sent",
    "thumbprint": "thumbprint",
    "subject": "subject",
    "issuer": "issuer",
    "not-before": "valid already",
    "not-after": "still valid",
    "client-auth": "for clients",
    "key-usage": "key may sign",
    "key-strength": "strong key",
    "signature-strength": "strong signature",
    "chain": "chain",
}
LABEL = 18


def certificate_page(desk: Desk, case: Case, width: int, *, wide: bool) -> tuple[list[Line], dict[str, int]]:
    """Return the page in ``width`` cells, and the lines that can be chosen: offers, and fields of the form."""
    decoded, made = received(desk, case)
    gap: list[Line] = [()] if wide else []
    lines = [*_head(case, decoded, made, width), *gap]
    places: dict[str, int] = {}
    if decoded is None:
        for key, words, note in OFFERS:
            places[f"offer-{key}"] = len(lines)
            offer: Line = (("  ", ""), (f"{key}  ", "primary bold"), (fit(words, 23), ""), (note, "muted"))
            lines += [crop(offer, width)]
        lines += [()]
    lines += _fields(sent_facts(desk, case.credential), decoded, width)
    if decoded is not None:
        lines += [*gap, *_faults(decoded.facts, width)]
    chain = _chain(desk, decoded, width)
    lines += [*gap, *chain] if chain else []
    if decoded is not None:
        lines += gap
        _form(desk, decoded, width, lines, places)
    return lines, places


def _head(case: Case, decoded: Decoded | None, made: Observation | None, width: int) -> list[Line]:
    if decoded is None:
        return _nothing(case, made, width)
    facts = decoded.facts
    if facts.faults:
        glyph, role, words = "✗", "error", "The certificate arrived damaged."
    elif facts.matches_sent is False:
        glyph, role, words = "✗", "error", "The app received another certificate than the one that was sent."
    elif facts.matches_sent:
        glyph, role, words = "✓", "success", "The app received the certificate that was sent."
    else:
        glyph, role, words = "?", "warning", "The app received a certificate; what was sent is not known."
    encoding = ENCODINGS.get(facts.encoding or "", "in no known encoding")
    where = "pasted" if made is None else f"{request_words(made.probe)}, {made.probe.path}"
    told = f"{facts.header or 'a value without a name'}: {encoding}; {where}"
    return [((f"{glyph} ", role), (words, "bold")), crop(text(f"  {told}", "muted"), width)]


def _nothing(case: Case, made: Observation | None, width: int) -> list[Line]:
    if made is not None and made.echo is not None and made.echo.parse_error:
        words = "The debug endpoint answered, and reports an error of its own."
        return [(("✗ ", "error"), (words, "bold")), crop(text(f"  {made.echo.parse_error}", "muted"), width)]
    if made is not None:
        words = "The debug endpoint answered, and no certificate header is among what it received."
        told = f"  {request_words(made.probe)}, {made.probe.path}"
        return [*_led("!", "warning", words, width), crop(text(told, "muted"), width)]
    asked = [seen for seen in case.observations if seen.probe.id.startswith("debug")]
    if asked:
        words = "A debug endpoint was asked, and its answer shows no request headers."
        return _led("?", "warning", words, width)
    return _led("?", "warning", "What the app received is not known: no debug endpoint was asked.", width)


def _led(glyph: str, role: str, words: str, width: int) -> list[Line]:
    first, *rest = wrap(words, width - 2, "bold")
    return [((f"{glyph} ", role), *first), *((("  ", ""), *line) for line in rest)]


def _value(facts: ForwardedCertificate | None, name: str) -> str | None:
    value = getattr(facts, name) if facts is not None else None
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return value


def _fields(sent: ForwardedCertificate | None, decoded: Decoded | None, width: int) -> list[Line]:
    half = (width - 2 - LABEL - 4) // 2
    title = ("  " + fit("", LABEL), ""), ("  ", ""), (fit("sent", half), "faint"), ("  ", "")
    lines: list[Line] = [(*title, ("received by the app", "faint"))]
    got = decoded.facts if decoded else None
    for name, label in FIELDS:
        one, other = _value(sent, name), _value(got, name)
        if one is None and other is None:
            continue
        differs = one is not None and other is not None and one != other
        role = "bold" if differs else ""
        lines += [
            (
                ("! " if differs else "  ", "warning"),
                (fit(label, LABEL), "" if differs else "muted"),
                ("  ", ""),
                (fit(one or "not known", half), role if one else "faint"),
                ("  ", ""),
                (fit(other or ("not readable" if got else "not known"), half), role if other else "faint"),
            )
        ]
    if len(lines) == 1:
        return [text("  No client certificate was given.", "muted")]
    return lines


def _faults(facts: ForwardedCertificate, width: int) -> list[Line]:
    if not facts.faults:
        return [(("✓ ", "success"), ("The value is whole and in its usual form.", ""))]
    lines: list[Line] = [titled_rule(text("What is wrong with the value", "italic muted"), width)]
    for fault in facts.faults:
        meaning = FAULTS.get(fault)
        what, todo = (meaning.what, meaning.todo) if meaning else (fault, "")
        lines += [crop((("✗ ", "error"), (fault, "bold")), width)]
        lines += [(("  ", ""), *line) for line in wrap(what, width - 2)]
        lines += [(("  ", ""), *line) for line in wrap(todo, width - 2, "muted")]
    return lines


def _chain(desk: Desk, decoded: Decoded | None, width: int) -> list[Line]:
    if not desk.sent:
        return []
    leaf, *more = desk.sent
    lines: list[Line] = [titled_rule(text("Chain", "italic muted"), width)]
    top = more[-1] if more else leaf
    rows: list[tuple[str, str]] = []
    if top.issuer != top.subject:
        rows += [(name_text(top.issuer), "issued the one below; it is not in the file")]
    rows += [(name_text(one.subject), _role(one, len(more))) for one in reversed(more)]
    forwarded = "sent" if decoded is None else "sent; the only one that App Service forwards"
    rows += [(name_text(leaf.subject), forwarded)]
    for depth, (name, note) in enumerate(rows):
        stem = "  " + "   " * max(depth - 1, 0) + ("└─ " if depth else "")
        room = max(width - len(stem) - 50, 24)
        last = depth == len(rows) - 1
        lines += [
            crop(((stem, "faint"), (fit(name, room), "" if last else "muted"), ("  ", ""), (note, "muted")), width)
        ]
    return lines


def _role(one: x509.Certificate, count: int) -> str:
    if one.issuer == one.subject:
        return "root, sent along; servers know it or do not"
    return "sent along, not forwarded to the app" if count else ""


def _form(desk: Desk, decoded: Decoded, width: int, lines: list[Line], places: dict[str, int]) -> None:
    lines += [
        titled_rule(text("Would your app accept it?", "italic muted"), width, text("enter sets a rule", "faint"))
    ]
    results = {check.rule: check for check in rules(desk, decoded)}
    typed = {
        "thumbprint": desk.expected.thumbprint,
        "subject": desk.expected.subject,
        "issuer": desk.expected.issuer,
        "chain": desk.cas_from,
    }
    for rule, label in FORM:
        places[f"rule-{rule}"] = len(lines)
        value = typed[rule]
        if value is None:
            line: Line = (("– ", "muted"), (fit(label, LABEL), ""), ("  ", ""), ("no such rule", "faint"))
            lines += [crop(line, width)]
        else:
            lines += [_ruled(label, results.get(rule), value, width)]
    for rule, check in results.items():
        if rule not in typed:
            lines += [_ruled(_RULES.get(rule, rule), check, check.wanted or "", width)]


def _ruled(label: str, check: Check | None, wanted: str, width: int) -> Line:
    ok = check.ok if check else None
    glyph, role = {True: ("✓", "success"), False: ("✗", "error"), None: ("?", "warning")}[ok]
    saw = check.saw if check and check.saw else "could not be checked"
    room = (width - 2 - LABEL - 4) // 2
    return (
        (f"{glyph} ", role),
        (fit(label, LABEL), "muted" if ok else ""),
        ("  ", ""),
        (fit(saw, room), "" if ok is not True else "muted"),
        ("  ", ""),
        (fit(wanted, room), "muted"),
    )
