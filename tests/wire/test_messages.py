"""Reading TLS messages: total for any bytes, and right for messages that OpenSSL made (see test_tls_session)."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from probes.wire import messages
from probes.wire.handshake import HandshakeRecord
from probes.wire.trace import EVENT_LIMIT, Trace


@given(st.binary(max_size=400), st.sampled_from([0x0301, 0x0302, 0x0303, 0x0304]))
def test_a_certificate_request_of_any_bytes_is_read(data: bytes, version: int) -> None:
    asked = messages.certificate_request(b"\x0d\x00\x00\x00" + data, version)
    assert all(name.isprintable() for name in asked.issuers)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([21, 22]), st.binary(max_size=60)), max_size=40))
def test_a_record_takes_any_messages(said: list[tuple[bool, int, bytes]]) -> None:
    record = HandshakeRecord(Trace())
    for outgoing, content, data in said:
        record.message(outgoing, content, data)
    assert len(record.requests) <= 8
    assert len(record.alerts) <= 20


def test_names_survive_the_way_through_der() -> None:
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Lab Root"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "A, B")]
    )
    assert messages.distinguished_name(name.public_bytes()) == name.rfc4514_string()
    assert messages.distinguished_name(b"junk") == b"junk".hex()


@pytest.mark.parametrize(("message", "tls13", "empty"), [
    (bytes.fromhex("0b000003000000"), False, True),
    (bytes.fromhex("0b00000400000000"), True, True),
    (bytes.fromhex("0b000006000003000000"), False, False),
    (bytes.fromhex("0b00000804aabbccdd000000"), True, True),
])  # fmt: skip
def test_an_empty_certificate_is_told_from_a_full_one(message: bytes, tls13: bool, empty: bool) -> None:
    assert messages.certificate_is_empty(message, tls13) is empty


def test_numbers_without_a_name_keep_their_number() -> None:
    assert messages.alert_name(199) == "alert(199)"
    assert messages.handshake_name(199) == "handshake(199)"


def test_events_are_bounded() -> None:
    trace = Trace()
    for _ in range(EVENT_LIMIT + 50):
        trace.add("in", "alert", "user_canceled", 2)
    assert (len(trace.events), trace.dropped) == (EVENT_LIMIT, 50)
