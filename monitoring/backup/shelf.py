"""BACKUP_DIR: a folder per backup, named by the moment at which it was begun (UTC), each with a manifest of
checksums. With a key the manifest is authenticated, and by its checksums every file: who can write to the folder can
neither change a backup unnoticed nor put one together from others. What a manifest says is never a path to follow."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Self

import orjson

from agents.oauth.seal import Key
from infra.errors import ConfigError, Permanent
from monitoring.backup.sealed import Damaged, checksum

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
MAC = "manifest.hmac"
"""HMAC-SHA-256 (RFC 2104) of the manifest, in hexadecimal; only where there is a key."""
NAME = "%Y%m%dT%H%M%SZ"


class NoBackup(Permanent):
    """There is no such backup; the message says which there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One file of a backup as it lies there."""

    name: str
    """Its path below the backup's folder."""
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. Written last: a folder without it is no backup."""

    name: str
    began: str
    """RFC 3339, UTC."""
    ended: str
    version: str
    encrypted: bool
    base: str
    """The first segment of PostgreSQL's log that a recovery needs; empty: no base backup, `notes` say why."""
    postgres: str
    """The server's version."""
    migrations: tuple[str, ...]
    rows: dict[str, int]
    """Of each table."""
    records: dict[str, int]
    """Of each topic."""
    partitions: int
    files: tuple[Stored, ...] = ()
    notes: tuple[str, ...] = field(default=())
    cut: dict[str, int] = field(default_factory=dict)
    """The end of `mail.received` at which the cursors are, by partition; empty: not known."""

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files)

    @property
    def at(self) -> datetime:
        """When it was begun."""
        return datetime.fromisoformat(self.began)

    @classmethod
    def decode(cls, text: bytes) -> Self:
        """Read one."""
        data: dict[str, Any] = orjson.loads(text)
        files = tuple(Stored(**one) for one in data.pop("files"))
        return cls(**{**data, "files": files, "migrations": tuple(data["migrations"]), "notes": tuple(data["notes"])})


class Shelf:
    """All backups of one folder."""

    def __init__(self, folder: Path, *keys: Key) -> None:
        """`keys`: the first is what a new backup is encrypted with, each may have been that of an older one; without
        any nothing tells who wrote a manifest."""
        self._folder, self._keys = folder, keys

    def begin(self, now: datetime) -> Path:
        """A new backup's folder.

        Raises:
            ConfigError: the folder cannot be made, or a backup was begun in the same second.
        """
        path = self._folder / now.strftime(NAME)
        try:
            path.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            raise ConfigError(f"{path} exists: another backup was begun in this second") from None
        except OSError as error:
            raise ConfigError(f"BACKUP_DIR={self._folder}: {error.strerror}") from None
        return path

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which makes it a backup."""
        path = self._folder / manifest.name
        (path / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        (path / SEAL).write_text(f"{checksum(path / MANIFEST)}  {MANIFEST}\n")
        if self._keys:
            (path / MAC).write_text(_mac(self._keys[0], (path / MANIFEST).read_bytes()) + "\n")

    def maker_of(self, name: str) -> Key | None:
        """The key at hand that a backup was made with: it authenticates the manifest. None: none does."""
        folder = self._folder / name
        said, manifest = _said(folder / MAC), (folder / MANIFEST).read_bytes()
        return next((key for key in self._keys if hmac.compare_digest(said, _mac(key, manifest))), None)

    def key_of(self, name: str) -> Key | None:
        """What to open a backup with: the key that it was made with, or the first one, which will say that it is
        another's. None: there are no keys."""
        return self.maker_of(name) or next(iter(self._keys), None)

    def all(self) -> tuple[Manifest, ...]:
        """Oldest first. A backup whose manifest cannot be read is none, and is not removed either."""
        return tuple(manifest for path in self._folders() if (manifest := _manifest(path)) is not None)

    def _folders(self) -> list[Path]:
        """Of finished backups, readable or not."""
        found = (path.parent for path in self._folder.glob(f"*/{MANIFEST}"))
        return sorted(folder for folder in found if _moment(folder.name) is not None)

    def newest_at(self) -> datetime | None:
        """When the newest finished backup was begun, by its name; None: there is none, or the folder cannot be read."""
        try:
            names = [path.name for path in self._folders()]
        except OSError:
            return None
        return max((at for name in names if (at := _moment(name))), default=None)

    def one(self, name: str = "") -> tuple[Manifest, Path]:
        """The backup of that name, by default the newest, and its folder.

        Raises:
            NoBackup
            Damaged: its manifest cannot be read.
        """
        known = {manifest.name: manifest for manifest in self.all()}
        chosen = name or max(known, default="")
        if chosen not in known:
            if chosen in {path.name for path in self._folders()}:
                raise Damaged(f"{self._folder / chosen / MANIFEST}: damaged; use another backup")
            there = ", ".join(known) or "none"
            raise NoBackup(f"no backup {name or 'at all'} in {self._folder}; there: {there}")
        return known[chosen], self._folder / chosen

    def before(self, moment: datetime) -> str:
        """The newest backup that had ended by then.

        Raises:
            NoBackup
        """
        fit = [manifest.name for manifest in self.all() if datetime.fromisoformat(manifest.ended) <= moment]
        if not fit:
            raise NoBackup(f"no backup in {self._folder} had ended by {moment.isoformat()}")
        return max(fit)

    def damage(self, manifest: Manifest) -> list[str]:
        """What is missing or changed."""
        folder = self._folder / manifest.name
        wrong = []
        if _said(folder / SEAL) != checksum(folder / MANIFEST):
            wrong.append(f"{MANIFEST}: changed")
        elif self._keys and self.maker_of(folder.name) is None:
            wrong.append(f"{MANIFEST}: not written with this BACKUP_KEY (unset it where a backup was made without)")
        there = {str(path.relative_to(folder)) for path in folder.rglob("*.gz")}  # all that a restore reads
        wrong += [f"{name}: not in {MANIFEST}" for name in sorted(there - {file.name for file in manifest.files})]
        for file in manifest.files:
            path = folder / file.name
            if not _is_below(file.name):
                wrong.append(f"{file.name}: not a file of this backup")
            elif not path.is_file() or path.is_symlink():
                wrong.append(f"{file.name}: missing")
            elif path.stat().st_size != file.size or checksum(path) != file.sha256:
                wrong.append(f"{file.name}: changed")
        return wrong

    def rotate(self, now: datetime, keep_days: float) -> list[str]:
        """Remove backups that are older, and what was never finished; the newest stays whatever its age."""
        gone = expired([manifest.name for manifest in self.all()], now, keep_days)
        finished = {path.name for path in self._folders()}
        begun_long_ago = (now - timedelta(days=1)).strftime(NAME)
        gone += [
            path.name for path in self._folder.iterdir()
            if path.is_dir() and path.name not in finished and path.name < begun_long_ago and _moment(path.name)
        ]  # fmt: skip
        for name in gone:
            shutil.rmtree(self._folder / name)
        return gone


def expired(names: Sequence[str], now: datetime, keep_days: float) -> list[str]:
    """Which of these may go."""
    oldest = (now - timedelta(days=keep_days)).strftime(NAME)
    return [name for name in sorted(names)[:-1] if name < oldest]


def _moment(name: str) -> datetime | None:
    """What a backup's name says; None: it is none."""
    try:
        return datetime.strptime(name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_below(name: str) -> bool:
    """Whether it is a path that stays in the folder that it is taken from."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _manifest(folder: Path) -> Manifest | None:
    """The folder's own; None: unreadable, or another folder's."""
    try:
        found = Manifest.decode((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if found.name == folder.name else None


def _said(path: Path) -> str:
    """The first word of a small file; empty where there is none."""
    try:
        return next(iter(path.read_text("ascii").split()), "")
    except (OSError, UnicodeDecodeError):
        return ""


def _mac(key: Key, manifest: bytes) -> str:
    """By a key of its own that is made of the files' (RFC 5869 section 3.2, the context alone)."""
    own = hmac.digest(key.secret, b"triage backup manifest", "sha256")
    return hmac.new(own, manifest, hashlib.sha256).hexdigest()
