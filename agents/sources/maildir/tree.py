"""Which files below a directory are mails, and what identifies each. Only looks; blocking, so call it in a thread.

A directory with `cur/` or `new/` is a Maildir: its mails are the files in those two. Their name is the unique name, the
part before ":", so that a move from new/ to cur/ or to another folder of the same Maildir changes nothing. Everywhere
else every regular file is a mail, named by its path; so are other files beside a lone cur/ or new/, while those of a
Maildir with both are its server's own. Dot files, tmp/ of a Maildir and symbolic links are passed over."""

# ruff: noqa: PTH112, PTH118 - strings and os.path: a pathlib object per file doubles the time of a look at 100,000 files

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

MAILDIR_PARTS = ("new", "cur", "tmp")


@dataclass(frozen=True, slots=True)
class MailFile:
    """One file that holds a mail. Many of these live at once: keep them small."""

    name: str
    """What identifies the mail in its account; may hold surrogates for bytes that are not UTF-8."""
    path: str
    """Relative to the root."""
    in_maildir: bool
    """Delivered by rename, so complete as soon as it is seen."""


@dataclass(slots=True)
class Look:
    """What one walk over the tree saw besides the mails."""

    closed: list[tuple[str, str]] = field(default_factory=list)
    """Directories that could not be listed: (path, reason)."""
    links: int = 0
    """Symbolic links passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What `triage account test` says of a folder."""

    layout: str
    mails: int
    closed: tuple[str, ...]


def key_of(name: str) -> str:
    """The cursor entry of a mail: 96 bits of a hash, 16 characters; a million mails clash with odds of 1 in 10^17."""
    return urlsafe_b64encode(blake2b(os.fsencode(name), digest_size=12).digest()).decode()


def is_maildir(directory: str) -> bool:
    """Whether a mail server would deliver into it."""
    return any(os.path.isdir(os.path.join(directory, part)) for part in ("new", "cur"))


def mails_below(root: str, look: Look) -> Iterator[MailFile]:
    """Every mail below `root`.

    Raises:
        OSError: the root itself cannot be listed.
    """
    with os.scandir(root):
        pass
    inodes: dict[str, int] = {}
    pending: list[tuple[str, str | None]] = [("", None)]  # a directory and the Maildir that it belongs to
    while pending:
        directory, owner = pending.pop()
        absolute = os.path.join(root, directory)
        maildir = is_maildir(absolute)
        strict = maildir and _is_strict(absolute)
        if maildir:
            yield from _delivered(root, directory, directory if owner is None else owner, inodes, look)
        if owner is None and not strict:
            yield from _loose(root, directory, "./" if maildir else "", look)
        inherited = directory if strict and owner is None else owner
        pending += [(below, inherited) for below in _directories(root, directory, look, maildir=maildir)]


def _is_strict(absolute: str) -> bool:
    """A real Maildir: other files in it are the mail server's own. With only one of the two, they may be mails."""
    return all(os.path.isdir(os.path.join(absolute, part)) for part in ("new", "cur"))


def _delivered(root: str, directory: str, owner: str, inodes: dict[str, int], look: Look) -> Iterator[MailFile]:
    for part in ("new", "cur"):  # in this order: a mail that moves meanwhile is seen twice rather than never
        for entry in _entries(root, os.path.join(directory, part), look):
            if not _is_mail(entry, look):
                continue
            unique = entry.name.partition(":")[0]
            name = os.path.join(owner, unique)
            inode = entry.inode()
            if inodes.setdefault(name, inode) != inode:  # not a move: two mails whose names are not unique after all
                name = os.path.join(owner, directory, unique)
                if inodes.setdefault(name, inode) != inode:
                    name = os.path.join(owner, directory, part, entry.name)
            yield MailFile(name, os.path.join(directory, part, entry.name), in_maildir=True)


def _loose(root: str, directory: str, prefix: str, look: Look) -> Iterator[MailFile]:
    for entry in _entries(root, directory, look):
        if _is_mail(entry, look):
            path = os.path.join(directory, entry.name)
            yield MailFile(prefix + path, path, in_maildir=False)


def _directories(root: str, directory: str, look: Look, *, maildir: bool) -> list[str]:
    return sorted(
        (
            os.path.join(directory, entry.name)
            for entry in _entries(root, directory, look)
            if entry.is_dir(follow_symlinks=False)
            and not (maildir and entry.name in MAILDIR_PARTS)
            and (maildir or not entry.name.startswith("."))  # ".Name" is a folder only inside a Maildir (Maildir++)
        ),
        reverse=True,
    )


def _is_mail(entry: os.DirEntry[str], look: Look) -> bool:
    if entry.name.startswith("."):
        return False
    if entry.is_symlink():
        look.links += 1
        return False
    return entry.is_file(follow_symlinks=False)


def _entries(root: str, directory: str, look: Look) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(os.path.join(root, directory)) as listing:
            return list(listing)
    except FileNotFoundError:
        return []  # new/ or cur/ need not exist; a folder may have been removed meanwhile
    except OSError as error:
        look.closed.append((directory, error.strerror or type(error).__name__))
        return []


def probe(root: Path) -> Probe:
    """Whether the folder can be read and what is in it.

    Raises:
        OSError: the root cannot be listed.
    """
    look = Look()
    count = sum(1 for _ in mails_below(str(root), look))
    closed = tuple(f"{path}: {reason}" for path, reason in look.closed)
    return Probe(layout="maildir" if is_maildir(str(root)) else "folder", mails=count, closed=closed)
