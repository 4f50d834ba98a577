"""What the walk through a cut-off certificate reads is what the whole certificate says, at every length."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from probes.certificate import name_text, serial_text, utc_text
from probes.forwarded.der import walk
from tests.forwarded.material import KINDS, der, key, leaf, root

ODD_NAMES = [
    [(NameOID.COMMON_NAME, ' # "a"+b,c;d<e>f\\ ')],
    [(NameOID.COMMON_NAME, "Łódź 東京 \u202e")],
    [(NameOID.EMAIL_ADDRESS, "a@b.example"), (NameOID.USER_ID, "x"), (NameOID.PSEUDONYM, "p")],
    [(NameOID.COMMON_NAME, " ")],
]


@pytest.mark.parametrize("kind", KINDS)
def test_each_prefix_gives_true_fields_or_none(kind: str) -> None:
    one = leaf(kind, issuer=root(), common="client-cut")
    data = der(one)
    whole = walk(data)
    assert whole.subject == name_text(one.subject)
    assert whole.issuer == name_text(one.issuer)
    assert whole.serial == serial_text(one.serial_number)
    assert whole.not_before == utc_text(one.not_valid_before_utc)
    assert whole.not_after == utc_text(one.not_valid_after_utc)
    seen = set()
    for end in range(len(data)):
        for field, value in vars(walk(data[:end])).items():
            assert value in (None, getattr(whole, field)), (end, field)
            if value is not None:
                seen.add(field)
    assert seen == {"serial", "signature", "issuer", "not_before", "not_after", "subject", "key"}


@pytest.mark.parametrize("attributes", ODD_NAMES)
def test_names_are_written_as_cryptography_writes_them(attributes: list[tuple[x509.ObjectIdentifier, str]]) -> None:
    name = x509.Name([x509.NameAttribute(oid, text) for oid, text in attributes])
    base = leaf("ec")
    one = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(x509.Name([x509.RelativeDistinguishedName(list(name))]))
        .public_key(key("ec").public_key())
        .serial_number(1)
        .not_valid_before(base.not_valid_before_utc)
        .not_valid_after(base.not_valid_after_utc.replace(year=2060))
        .sign(key("ec"), base.signature_hash_algorithm)  # type: ignore[arg-type]
    )
    found = walk(der(one))
    assert found.subject == name_text(one.subject)
    assert set((found.issuer or "").split("+")) == set(name_text(one.issuer).split("+"))
    assert found.not_after == utc_text(one.not_valid_after_utc)
    assert found.serial == "01"
