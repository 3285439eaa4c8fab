"""The format in which a complaint lies at rest: what opens it, what does not, and what its length tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from storage import sealed
from storage.sealed import SealBrokenError
from storage.vault import NAMES, Vault, new_key

CASE, OTHER = 2**62 + 1, 2**62 + 2
RECEIPT, WRONG = "1" * 28, "2" * 28


@pytest.fixture(scope="module")
def vault() -> Vault:
    return Vault({name: new_key() for name in NAMES})


@given(content=st.binary(max_size=40_000))
def test_a_part_opens_as_it_was(content: bytes) -> None:
    key = sealed.new_case_key()
    assert sealed.open_part(key, CASE, 1, "report", sealed.seal_part(key, CASE, 1, "report", content)) == content


@pytest.mark.parametrize(
    ("length", "size"), [(0, 256), (255, 256), (256, 1024), (1023, 1024), (4095, 4096), (4096, 16384), (16384, 32768), (40000, 49152)]
)
def test_a_length_tells_only_its_class(length: int, size: int) -> None:
    part = sealed.seal_part(sealed.new_case_key(), CASE, 1, "report", b"x" * length)
    assert len(part) == 1 + 24 + size + 16  # format, nonce, padded content, tag


def test_a_part_is_bound_to_its_case_place_and_field() -> None:
    key = sealed.new_case_key()
    part = sealed.seal_part(key, CASE, 1, "answer", b"secret")
    for case, n, field in ((OTHER, 1, "answer"), (CASE, 2, "answer"), (CASE, 1, "report")):
        with pytest.raises(SealBrokenError):
            sealed.open_part(key, case, n, field, part)


def test_a_changed_byte_and_an_unknown_format_are_found() -> None:
    key = sealed.new_case_key()
    part = bytearray(sealed.seal_part(key, CASE, 1, "answer", b"secret"))
    part[-1] ^= 1
    with pytest.raises(SealBrokenError):
        sealed.open_part(key, CASE, 1, "answer", bytes(part))
    with pytest.raises(SealBrokenError, match="format"):
        sealed.open_part(key, CASE, 1, "answer", b"\x02" + bytes(part[1:]))


def test_only_the_handler_it_is_wrapped_for_opens_it(vault: Vault) -> None:
    mine, others = sealed.new_handler_key(vault, 7), sealed.new_handler_key(vault, 8)
    key = sealed.new_case_key()
    wrapped = sealed.wrap_for_handler(key, CASE, mine.public)

    assert sealed.unwrap_for_handler(vault, 7, mine.private_sealed, CASE, wrapped) == key
    with pytest.raises(SealBrokenError):
        sealed.unwrap_for_handler(vault, 8, others.private_sealed, CASE, wrapped)
    with pytest.raises(SealBrokenError):  # a private key cannot be put into another seat's row
        sealed.unwrap_for_handler(vault, 8, mine.private_sealed, CASE, wrapped)
    with pytest.raises(SealBrokenError, match="another case"):
        sealed.unwrap_for_handler(vault, 7, mine.private_sealed, OTHER, wrapped)


def test_only_the_receipt_opens_the_receipts_wrap(vault: Vault) -> None:
    key = sealed.new_case_key()
    wrapped = sealed.wrap_for_receipt(vault, key, CASE, RECEIPT)

    assert sealed.unwrap_for_receipt(vault, CASE, RECEIPT, wrapped) == key
    for case, receipt in ((CASE, WRONG), (OTHER, RECEIPT)):
        with pytest.raises(SealBrokenError):
            sealed.unwrap_for_receipt(vault, case, receipt, wrapped)
    other_server = Vault({name: new_key() for name in NAMES})
    with pytest.raises(SealBrokenError):  # a found receipt opens nothing in a stolen database
        sealed.unwrap_for_receipt(other_server, CASE, RECEIPT, wrapped)


def test_the_private_half_does_not_lie_open(vault: Vault) -> None:
    pair = sealed.new_handler_key(vault, 7)
    private = vault.unseal(pair.private_sealed, "handler:7", key="handlers")
    assert bytes(PrivateKey(private).public_key) == pair.public
    assert private not in pair.private_sealed
