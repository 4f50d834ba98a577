"""Does the forwarded certificate lead to one of the given CAs? Chain building by OpenSSL, dates by hand."""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from OpenSSL import crypto

from probes.certificate import UNREADABLE, name_text, quietly, utc_text
from probes.model import Check
from probes.printable import printable

MAX_CAS = 2000
"""CAs of one file that are trusted; a bundle of public roots has some 150."""
NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME (OpenSSL x509_vfy.h): dates are rules of their own here, each with its own answer."""
# X509_V_ERR numbers (OpenSSL x509_vfy.h) that an app sees most, in words that say what to do.
_HINTS = {
    2: "an issuing CA is there, its root is not: give the whole chain with --ca",
    18: "it is self-signed: the app can only pin its thumbprint",
    19: "the chain ends at a root that is not among the given CAs",
    20: "its issuer is not among the given CAs; only the leaf is forwarded, so the app needs the intermediate itself",
    21: "its issuer is not among the given CAs; only the leaf is forwarded, so the app needs the intermediate itself",
}
WANTED = "a chain to one of the given CAs"


def chain_check(
    certificate: x509.Certificate | None,
    further: Sequence[x509.Certificate],
    cas: Sequence[x509.Certificate],
    now: datetime | None = None,
) -> Check:
    """Return the rule ``chain``: ``ok`` None when no CA was given or the certificate could not be read whole.

    ``further`` are certificates that came along and are not trusted by themselves. ``now`` is aware and judges the
    CAs' dates; the leaf's dates are other rules. Never raises.
    """
    if certificate is None:
        return Check(rule="chain", ok=None, wanted=WANTED)
    if not cas:
        return Check(rule="chain", ok=None, saw="not checked: no CA was given", wanted=WANTED)
    try:
        with quietly():
            chain = _verified(certificate, further, cas)
    except crypto.X509StoreContextError as why:
        return Check(rule="chain", ok=False, saw=_why(why), wanted=WANTED)
    except (crypto.Error, *UNREADABLE):
        return Check(rule="chain", ok=None, saw="OpenSSL cannot read one of the certificates", wanted=WANTED)
    return _dated(chain, now or datetime.now(UTC))


def _verified(
    certificate: x509.Certificate, further: Sequence[x509.Certificate], cas: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    store = crypto.X509Store()
    store.set_flags(NO_CHECK_TIME)
    for ca in dict.fromkeys(cas[:MAX_CAS]):
        store.add_cert(crypto.X509.from_cryptography(ca))
    untrusted = [crypto.X509.from_cryptography(one) for one in further]
    context = crypto.X509StoreContext(store, crypto.X509.from_cryptography(certificate), untrusted)
    return [one.to_cryptography() for one in context.get_verified_chain()]


def _why(why: crypto.X509StoreContextError) -> str:
    code, depth, text = why.errors[:3]
    hint = _HINTS.get(int(code))
    return printable(f"{text} (error {code} at depth {depth})" + (f": {hint}" if hint else ""), limit=500)


def _dated(chain: list[x509.Certificate], now: datetime) -> Check:
    for ca in chain[1:]:
        with quietly(), contextlib.suppress(*UNREADABLE):
            name = name_text(ca.subject)
            if now > ca.not_valid_after_utc:
                saw = f"the CA {name} expired {utc_text(ca.not_valid_after_utc)}"
                return Check(rule="chain", ok=False, saw=saw, wanted=WANTED)
            if now < ca.not_valid_before_utc:
                saw = f"the CA {name} is not valid before {utc_text(ca.not_valid_before_utc)}"
                return Check(rule="chain", ok=False, saw=saw, wanted=WANTED)
    names = " → ".join(name_text(one.subject) for one in chain[1:]) or "it is one of the given CAs"
    return Check(rule="chain", ok=True, saw=printable(names, limit=2048), wanted=WANTED)
