"""Encryption at rest. One master key (a file outside the database) wraps the keys that seal everything else.

XChaCha20-Poly1305 with associated data that says what a ciphertext is, so one cannot be put in another's place. PyNaCl's own bindings;
no cryptography of our own.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
)
from nacl.exceptions import CryptoError

KEY_BYTES = 32
# What each key is for: payloads of inbox, outbox, drafts, cards; keyed hashes of lanes, receipts, links, files; handlers' private keys;
# where a complainant who wants it so is reached.
NAMES = ("payload", "hash", "files", "handlers", "reach")


LANES = 10_000  # names of lanes that are kept at hand: each is asked for several times an update


class WrongMasterKeyError(Exception):
    """The master key does not open this database's keys."""


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plain: bytes, aad: bytes) -> bytes:
    nonce = secrets.token_bytes(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(plain, aad, nonce, key)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Raises `nacl.exceptions.CryptoError` where key, place or bytes are not what was sealed."""
    cut = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
    return crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(sealed[cut:]), aad, bytes(sealed[:cut]), key)


def rewrapped(old: bytes, new: bytes, stored: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same keys under another master key. Raises WrongMasterKeyError where `old` does not open one of them."""
    fresh = {}
    for name, sealed in stored.items():
        place = b"key:" + name.encode()
        try:
            fresh[name] = seal(new, unseal(old, sealed, place), place)
        except CryptoError as error:
            raise WrongMasterKeyError("the master key does not open this database: give the one it was made with") from error
    return fresh


class Vault:
    """The unlocked keys of one database, held in memory only."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)
        self._lanes: dict[int, str] = {}

    @classmethod
    def unlock(cls, master_key: bytes, stored: Mapping[str, bytes]) -> tuple["Vault", dict[str, bytes]]:
        """Open the stored keys; make the missing ones. Returns the vault and the newly wrapped keys to store."""
        keys, fresh = {}, {}
        for name in NAMES:
            if name in stored:
                try:
                    keys[name] = unseal(master_key, stored[name], b"key:" + name.encode())
                except CryptoError as error:
                    raise WrongMasterKeyError("the master key does not open this database: give the one it was made with") from error
            else:
                keys[name] = new_key()
                fresh[name] = seal(master_key, keys[name], b"key:" + name.encode())
        return cls(keys), fresh

    def seal(self, plain: bytes, aad: str, *, key: str = "payload") -> bytes:
        return seal(self._keys[key], plain, aad.encode())

    def unseal(self, sealed: bytes, aad: str, *, key: str = "payload") -> bytes:
        return unseal(self._keys[key], sealed, aad.encode())

    def mac(self, purpose: str, value: str | bytes) -> str:
        """A keyed hash, 160 bits in url-safe base 64: finds a thing again without keeping it."""
        data = value.encode() if isinstance(value, str) else value
        person = hashlib.blake2b(purpose.encode(), digest_size=16).digest()
        return (
            base64.urlsafe_b64encode(hashlib.blake2b(data, digest_size=20, key=self._keys["hash"], person=person).digest())
            .decode()
            .rstrip("=")
        )

    def lane(self, account: int) -> str:
        """The clear name of a chat's lane: tells lanes apart, not whose they are."""
        found = self._lanes.get(account)
        if found is None:
            if len(self._lanes) >= LANES:
                self._lanes.clear()
            found = self._lanes[account] = self.mac("lane", str(account))
        return found
