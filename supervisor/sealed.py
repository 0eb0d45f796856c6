"""Encrypts a stream: AES-256-GCM in chunks, with a key that scrypt makes from a passphrase.

The header holds the name of the format, the salt, and bytes that check the key. Chunks of equal length follow; the last
one may be shorter, and its nonce marks it as the last. A reader refuses a stream that is cut short, or in which chunks
were changed or exchanged.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from supervisor.trouble import Trouble

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"TalentLink sealed 1\n"
SALT, CHECK, TAG = 16, 16, 16
HEADER = len(MAGIC) + SALT + CHECK
CHUNK = 1 << 20
SHORTEST_KEY = 12
# The cost of scrypt: each guess of a passphrase takes 32 MB and a tenth of a second.
COST = 1 << 15


def given_key(key_file: str | None, environ: Mapping[str, str]) -> str:
    """The passphrase of backups: the content of the key file, else BACKUP_KEY; empty if neither is given."""
    try:
        key = Path(key_file).read_text().strip() if key_file else environ.get("BACKUP_KEY", "").strip()
    except (OSError, UnicodeDecodeError) as refusal:
        raise Trouble(f"the key file {key_file} cannot be read.", f"无法读取密钥文件 {key_file}。") from refusal
    if (key_file or key) and len(key) < SHORTEST_KEY:
        raise Trouble(
            f"the key of backups must have at least {SHORTEST_KEY} characters.",
            f"备份密钥至少 {SHORTEST_KEY} 个字符。",
        )
    return key


def _keys(passphrase: str, salt: bytes) -> "tuple[AESGCM, bytes]":
    """The cipher, and the bytes that show whether the passphrase is wrong or the archive is damaged."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 -- slow to import, used here only

    made = hashlib.scrypt(passphrase.encode(), salt=salt, n=COST, r=8, p=1, maxmem=1 << 26, dklen=32 + CHECK)
    return AESGCM(made[:32]), made[32:]


def _nonce(number: int, *, last: bool) -> bytes:
    """The nonce of a chunk. Each chunk of an archive has another nonce, and each archive has its own key."""
    return number.to_bytes(11, "big") + bytes([last])


class Sealer:
    """Encrypts the bytes that are written to it, and writes them to `target`."""

    def __init__(self, target: BinaryIO, passphrase: str) -> None:
        salt = os.urandom(SALT)
        self._target = target
        self._cipher, check = _keys(passphrase, salt)
        self._header = MAGIC + salt + check
        self._waiting = bytearray()
        self._number = 0
        target.write(self._header)

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._close_chunk(CHUNK, last=False)
        return len(data)

    def finish(self) -> None:
        """Write the last chunk; a reader refuses a stream without it."""
        self._close_chunk(len(self._waiting), last=True)

    def _close_chunk(self, length: int, *, last: bool) -> None:
        plain = bytes(self._waiting[:length])
        del self._waiting[:length]
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, self._header))
        self._number += 1


class Unsealer:
    """Decrypts what a Sealer wrote; refuses a wrong passphrase right after reading the header."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        self._source = source
        self._header = source.read(HEADER)
        if len(self._header) < HEADER:
            raise damaged()
        self._cipher, check = _keys(passphrase, self._header[len(MAGIC) : len(MAGIC) + SALT])
        if check != self._header[-CHECK:]:
            raise Trouble(
                "this archive was closed with another key: name the right one by --key-file or BACKUP_KEY.",
                "密钥不对：该备份用另一把密钥加密。请用 --key-file 或 BACKUP_KEY 给出正确的密钥。",
            )
        self._open = bytearray()
        self._next = source.read(CHUNK + TAG)
        if not self._next:
            raise damaged()
        self._number = 0

    def read(self, size: int) -> bytes:
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 -- slow to import, used here only

        while len(self._open) < size and self._next:
            closed, self._next = self._next, self._source.read(CHUNK + TAG)
            try:
                nonce = _nonce(self._number, last=not self._next)
                self._open += self._cipher.decrypt(nonce, closed, self._header)
            except InvalidTag:
                raise damaged() from None
            self._number += 1
        found = bytes(self._open[:size])
        del self._open[:size]
        return found


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def damaged() -> Trouble:
    return Trouble(
        "this archive is damaged or was cut short; nothing was restored from it. Take another one.",
        "该备份文件已损坏或不完整，未从中恢复任何内容。请改用另一份备份。",
    )
