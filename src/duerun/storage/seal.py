"""Bodies at rest: encrypted where the operator has set a key, as they are where not.

AES-256-GCM with a random nonce of 96 bits; `about` binds a body to its place, so that none can stand for another.
"""

import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from duerun.domain.errors import UnavailableError

NONCE_BYTES = 12
PLAIN, SEALED = b"\x00", b"\x01"


class Seal:
    """Closes and opens bodies. An empty key leaves them readable; what was closed before stays so.

    `setting` is where the key comes from, for who has to mend it.
    """

    def __init__(self, key: str = "", setting: str = "vop_storage_key") -> None:
        self._setting = setting
        self._cipher = AESGCM(sha256(key.encode()).digest()) if key else None

    def close(self, body: bytes, about: str) -> bytes:
        """The body as it is kept."""
        if self._cipher is None:
            return PLAIN + body
        nonce = os.urandom(NONCE_BYTES)
        return SEALED + nonce + self._cipher.encrypt(nonce, body, about.encode())

    def open(self, kept: bytes, about: str) -> bytes:
        """The body; raises `UnavailableError` where the key is missing or another one."""
        if kept[:1] == PLAIN:
            return kept[1:]
        if self._cipher is None:
            raise UnavailableError(f"a body is encrypted and {self._setting} is not set")
        nonce, rest = kept[1 : 1 + NONCE_BYTES], kept[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, rest, about.encode())
        except InvalidTag:
            raise UnavailableError(
                f"a body cannot be decrypted: {self._setting} is not the one it was kept with"
            ) from None
