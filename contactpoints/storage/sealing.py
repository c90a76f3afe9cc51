"""Sealing: stored setups hold secrets, so they are encrypted, with a key from the environment or a
file.

The key is the one of ``CONTACTPOINTS_SECRET_KEY`` (several with commas: the first seals, all open),
else of the file that ``CONTACTPOINTS_SECRET_KEY_FILE`` names, else of a file beside the SQLite
database, which is made when it is first needed. A key is a Fernet key,
https://cryptography.io/en/latest/fernet/
"""

from __future__ import annotations

import json
import logging
import os
import stat
import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from contactpoints.storage.database import StorageError

log = logging.getLogger(__name__)

VARIABLE = "CONTACTPOINTS_SECRET_KEY"
PATIENCE = 2.0  # seconds that another process may take to write the key it has just made
LEVEL = 3  # of zlib: a third larger than the best, in a fifth of the time


class SealingError(StorageError):
    """What is stored cannot be opened, or nothing can be sealed: a person has to give the key."""


class Seal:
    """Seals and opens documents. The first of ``keys`` seals.

    :raises SealingError: when one is no key.
    """

    def __init__(self, keys: Sequence[str], source: str) -> None:
        self.source = source
        try:
            self._fernets = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise SealingError(
                f"{source}: a key is 32 random bytes as 44 characters of URL-safe base64; "
                "`contactpoints key new` prints one"
            ) from None

    def close(self, document: Mapping[str, Any]) -> bytes:
        """The document as it may be stored."""
        text = json.dumps(document, separators=(",", ":"))
        return self._fernets.encrypt(zlib.compress(text.encode(), LEVEL))

    def open(self, sealed: bytes) -> dict[str, Any]:
        """The document. :raises SealingError: when it was sealed with another key."""
        try:
            found: dict[str, Any] = json.loads(zlib.decompress(self._fernets.decrypt(sealed)))
        except InvalidToken:
            raise SealingError(
                "the stored setup cannot be opened: it was sealed with another key than "
                f"{self.source} gives"
            ) from None
        return found

    def again(self, sealed: bytes) -> bytes:
        """The same, sealed with the first key. :raises SealingError: as :meth:`open`."""
        return self.close(self.open(sealed))


class Keyring:
    """Where the key comes from. Nothing is read before it is needed.

    ``keys`` and ``file`` are what the environment says, ``beside`` the SQLite file, None for
    PostgreSQL: several hosts share it, so a file on one of them would not do.
    """

    def __init__(self, keys: Sequence[str], file: str, beside: Path | None) -> None:
        self._keys = tuple(keys)
        self.file = Path(file) if file else beside.with_suffix(".key") if beside else None
        self._may_make = not file
        self._seal: Seal | None = None
        self._read_at: tuple[int, int] | None = None

    def seal(self, *, make: bool = True) -> Seal:
        """The seal to use now; a key file that has changed is read again.

        ``make``: a key may be made if there is none.

        :raises SealingError: when there is no key, or it is none.
        """
        if self._keys:
            self._seal = self._seal or Seal(self._keys, VARIABLE)
            return self._seal
        if self.file is None:
            raise SealingError(
                f"there is no key to seal the setup with: set {VARIABLE}, or {VARIABLE}_FILE; "
                "`contactpoints key new` prints a key"
            )
        if (changed := _changed_at(self.file)) is None:
            if not (make and self._may_make):
                raise SealingError(f"there is no key: the file {self.file} is missing")
            make_file(self.file)
            changed = _changed_at(self.file)
        if self._seal is None or changed != self._read_at:
            self._seal = Seal(read_file(self.file), f"the file {self.file}")
            self._read_at = changed
        return self._seal

    def prepend(self, key: str) -> None:
        """Let ``key`` seal from now on; the one before it still opens.

        :raises SealingError: when the key is not in a file.
        """
        if self._keys or self.file is None:
            raise SealingError(f"the key is in {VARIABLE}: put a new one before it, with a comma")
        keys = [key, *read_file(self.file)][:2]
        beside = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)  # of a process that died here
        _write(beside, "".join(f"{each}\n" for each in keys))
        beside.replace(self.file)


def new_key() -> str:
    """A key that nobody has."""
    return Fernet.generate_key().decode()


def make_file(path: Path) -> None:
    """Make a key file, unless another process does so at the same time.

    :raises SealingError: when it cannot be.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, new_key() + "\n")
        log.info("key_file=made path=%r", str(path))
    except FileExistsError:
        pass
    except OSError as error:
        raise SealingError(f"the key file {path} cannot be made: {error.strerror}") from None


def read_file(path: Path) -> list[str]:
    """The keys in a file, one a line. :raises SealingError: when there is none."""
    end = time.monotonic() + PATIENCE
    try:
        while True:
            if keys := path.read_text("ascii").split():
                break
            if time.monotonic() > end:
                raise SealingError(f"there is no key in the file {path}")
            time.sleep(0.02)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            log.warning("key_file=open_to_others path=%r", str(path))
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is not text"
        raise SealingError(f"the key file {path} cannot be read: {said}") from None
    return keys


def _write(path: Path, text: str) -> None:
    """A new file that only its owner may read; it is on the disk when this returns."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _changed_at(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SealingError(f"the key file {path} cannot be read: {error.strerror}") from None
    return status.st_mtime_ns, status.st_ino
