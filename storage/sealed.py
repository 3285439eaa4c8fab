"""How a complaint lies at rest: format 1, described byte by byte in docs/decisions/0003-complaint-format.md.

Every complaint has a key of its own. Its parts are sealed with that key; the key itself is wrapped once for the handler (to the public key
of the handler's seat) and once for the complainant (to the receipt). Nothing else opens it.
"""

import hashlib
from dataclasses import dataclass

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from storage.vault import Vault, new_key, seal, unseal

FORMAT = b"\x01"
KEY_BYTES = 32
# A part's length tells only which of these it fits into; above the last, the next multiple of it.
SIZES = (256, 1024, 4096, 16384)


class SealBrokenError(Exception):
    """A sealed part or key does not open: wrong key, moved to another place, or changed. A bug or a database somebody edited."""


@dataclass(frozen=True)
class HandlerKey:
    """A seat's key pair as it is stored. Confidential tier: the private half lies sealed under the server's key `handlers`."""

    public: bytes
    private_sealed: bytes


new_case_key = new_key


def seal_part(case_key: bytes, case: int, n: int, field: str, content: bytes) -> bytes:
    padded = sodium_pad(content, _size(len(content)))
    return FORMAT + seal(case_key, padded, _place(case, n, field))


def open_part(case_key: bytes, case: int, n: int, field: str, sealed: bytes) -> bytes:
    padded = _opened(case_key, sealed, _place(case, n, field))
    return bytes(sodium_unpad(padded, len(padded)))


def _size(length: int) -> int:
    """Padding adds at least one byte; a whole block makes the padded length exactly one size."""
    fitting = next((size for size in SIZES if length < size), None)
    return fitting if fitting is not None else SIZES[-1] * (length // SIZES[-1] + 1)


def _place(case: int, n: int, field: str) -> bytes:
    """What a ciphertext is bound to: moved to another case, field or position it does not open."""
    return b"duban complaint part\x00" + case.to_bytes(8, "big") + n.to_bytes(4, "big") + field.encode()


def new_handler_key(vault: Vault, seat: int) -> HandlerKey:
    private = PrivateKey.generate()
    return HandlerKey(bytes(private.public_key), vault.seal(bytes(private), f"handler:{seat}", key="handlers"))


def wrap_for_handler(case_key: bytes, case: int, public: bytes) -> bytes:
    return FORMAT + SealedBox(PublicKey(bytes(public))).encrypt(case.to_bytes(8, "big") + case_key)


def unwrap_for_handler(vault: Vault, seat: int, private_sealed: bytes, case: int, wrapped: bytes) -> bytes:
    try:
        private = PrivateKey(vault.unseal(private_sealed, f"handler:{seat}", key="handlers"))
        opened = SealedBox(private).decrypt(_body(wrapped))
    except CryptoError as error:
        raise SealBrokenError("a case key does not open with the handler's key") from error
    if opened[:8] != case.to_bytes(8, "big"):
        raise SealBrokenError("a case key belongs to another case")
    return opened[8:]


def wrap_for_receipt(vault: Vault, case_key: bytes, case: int, receipt: str) -> bytes:
    return FORMAT + seal(_receipt_key(vault, receipt), case_key, b"duban complaint key\x00" + case.to_bytes(8, "big"))


def unwrap_for_receipt(vault: Vault, case: int, receipt: str, wrapped: bytes) -> bytes:
    return _opened(_receipt_key(vault, receipt), wrapped, b"duban complaint key\x00" + case.to_bytes(8, "big"))


def receipt_mac(vault: Vault, receipt: str) -> str:
    """What the receipt is found by. Keyed and fast: 89 random bits need no slow hash, and a stolen database lacks the key as well."""
    return vault.mac("receipt", receipt)


def _receipt_key(vault: Vault, receipt: str) -> bytes:
    return hashlib.blake2b(vault.mac("receipt-key", receipt).encode(), digest_size=KEY_BYTES, person=b"duban receipt").digest()


def _opened(key: bytes, sealed: bytes, place: bytes) -> bytes:
    try:
        return unseal(key, _body(sealed), place)
    except CryptoError as error:
        raise SealBrokenError("a sealed part does not open") from error


def _body(sealed: bytes) -> bytes:
    if bytes(sealed[:1]) != FORMAT:
        raise SealBrokenError("a sealed part is of a format that this release does not know")
    return bytes(sealed[1:])
