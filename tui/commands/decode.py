"""``mtls-triage decode``: what is in a forwarded certificate header, and what is wrong with it."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cryptography import x509

    from probes.forwarded import Decoded, Expected, Found
    from probes.model import Check, Echo

_FILE = click.Path(dir_okay=True)


@click.command("decode", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("source", metavar="[FILE | -]", required=False, type=_FILE)
@click.option("--sent", metavar="CERT", type=_FILE, help="The certificate that the client sent: PEM, CER or PFX.")
@click.option("--cert-password-env", metavar="VAR", help="Variable with the pass phrase of a PFX given with --sent.")
@click.option("--ca", metavar="FILE", type=_FILE, help="CAs that the app trusts (PEM): check the chain.")
@click.option("--expect-thumbprint", metavar="HEX", help="SHA-1 or SHA-256 thumbprint that the app asks for.")
@click.option(
    "--expect-subject", metavar="NAME", help="Subject that the app asks for: a name, CN=…, or a common name."
)
@click.option("--expect-issuer", metavar="NAME", help="Issuer that the app asks for, written as the subject.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--json-schema", "schema", is_flag=True, help="Print the JSON Schema of --json and stop.")
def command(
    source: str | None,
    sent: str | None,
    cert_password_env: str | None,
    ca: str | None,
    expect_thumbprint: str | None,
    expect_subject: str | None,
    expect_issuer: str | None,
    as_json: bool,
    schema: bool,
) -> None:
    """Decode a forwarded client certificate.

    FILE holds a header's value, a header dump, or the answer of a debug endpoint; - or no FILE is standard input.

    Exit status: 0 nothing wrong, 1 a fault or a failed check, 2 wrong call or file, 3 nothing could be decoded.
    """
    from probes.forwarded import Expected

    if schema:
        click.echo(_schema())
        return
    expected = Expected(thumbprint=expect_thumbprint, subject=expect_subject, issuer=expect_issuer)
    _refuse_unusable(expected)
    body = _input(source)
    sent_chain = _certificates(sent, cert_password_env)
    sys.exit(_run(body, expected, sent_chain, _certificates(ca, None), as_json=as_json))


def _run(
    body: bytes,
    expected: "Expected",
    sent: "tuple[x509.Certificate, ...]",
    cas: "tuple[x509.Certificate, ...]",
    *,
    as_json: bool,
) -> int:
    from probes.forwarded import chain_and_rules, decode_whole, find, read_echo
    from probes.forwarded.fields import readable
    from tui.commands.decode_text import show

    found = find(body)
    leaf = sent[0] if sent else None
    decoded = decode_whole(found.value, found.header, leaf) if found else _nothing()
    something = readable(decoded.facts)
    checks = chain_and_rules(decoded, expected=expected, cas=cas) if something else ()
    _narrate(read_echo(body), found)
    if as_json:
        click.echo(_json(decoded, checks))
    else:
        show(decoded, checks, leaf)
    return _status(decoded, checks, found, something=something)


def _narrate(echo: "Echo | None", found: "Found | None") -> None:
    if echo is None:
        return
    if found is None and echo.headers:
        click.echo(f"{len(echo.headers)} request headers were read; no certificate header is among them", err=True)
    if echo.parse_error:
        click.echo(f"the endpoint itself reports: {echo.parse_error}", err=True)


def _status(decoded: "Decoded", checks: "tuple[Check, ...]", found: "Found | None", *, something: bool) -> int:
    from probes.forwarded.faults import CONCLUSIVE

    if found is None or not (something or CONCLUSIVE.intersection(decoded.facts.faults)):
        return 3
    return 1 if decoded.facts.faults or any(check.ok is False for check in checks) else 0


def _nothing() -> "Decoded":
    from probes.forwarded import Decoded
    from probes.model import ForwardedCertificate

    return Decoded(ForwardedCertificate(faults=("no-certificate-found",)))


def _json(decoded: "Decoded", checks: "tuple[Check, ...]") -> str:
    import msgspec

    from probes.model import DecodeResult

    result = DecodeResult(**msgspec.structs.asdict(decoded.facts), checks=checks)
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode("utf-8")


def _schema() -> str:
    import json

    import msgspec

    from probes.model import DecodeResult

    return json.dumps(msgspec.json.schema(DecodeResult), indent=2)


def _refuse_unusable(expected: "Expected") -> None:
    from probes.errors import UsageFault
    from probes.forwarded.match import name_parts, plain_thumbprint

    if expected.thumbprint is not None and plain_thumbprint(expected.thumbprint) is None:
        raise UsageFault("--expect-thumbprint: 40 (SHA-1) or 64 (SHA-256) hex digits are needed; copy it again")
    for option, name in (("subject", expected.subject), ("issuer", expected.issuer)):
        if name is not None and (not name.strip() or ("=" in name and not name_parts(name))):
            raise UsageFault(f"--expect-{option}: no name in it; write CN=client, or the whole name")


def _input(source: str | None) -> bytes:
    from probes.errors import UsageFault
    from probes.forwarded.extract import MAX_BYTES
    from probes.printable import printable

    if source is None and sys.stdin.isatty():
        raise UsageFault("decode: nothing to read; name a FILE, or pipe the header's value into the command")
    where = "standard input" if source in (None, "-") else printable(str(source), limit=300)
    try:
        if source is None or source == "-":
            body = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with open(source, "rb") as file:
                body = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as why:
        reason = getattr(why, "strerror", None) or "no such path"
        raise UsageFault(f"reading {where}: {reason[:1].lower() + reason[1:]}; check the path") from None
    if len(body) > MAX_BYTES:
        raise UsageFault(f"reading {where}: more than {MAX_BYTES:,} bytes; give the one header or the one answer")
    return body


def _certificates(path: str | None, password_variable: str | None) -> "tuple[x509.Certificate, ...]":
    import os
    from pathlib import Path

    from probes.credential import load_certificates
    from probes.errors import UsageFault

    if path is None:
        return ()
    phrase: bytes | None = None
    if password_variable is not None:
        text = os.environ.get(password_variable)
        if text is None:
            raise UsageFault("--cert-password-env: no variable of that name is set; export it first")
        phrase = os.fsencode(text)
    return load_certificates(Path(path), phrase)
