"""Which files are mails, and by what name each is known."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agents.sources.maildir.tree import Look, key_of, mails_below, probe


def lay(root: Path, *paths: str) -> Path:
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.encode())
    return root


def names(root: Path) -> dict[str, str]:
    return {mail.path: mail.name for mail in mails_below(str(root), Look())}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["new/1.a", "cur/2.a:2,S", "tmp/3.a"], {"new/1.a": "1.a", "cur/2.a:2,S": "2.a"}),
        (["new/1.a", "cur/2.a:2,", "dovecot-uidlist", ".hidden"], {"new/1.a": "1.a", "cur/2.a:2,": "2.a"}),
        (["cur/1.a:2,", "new/2.a", ".Sent/cur/3.a:2,S", ".Sent/new/.keep"],
         {"cur/1.a:2,": "1.a", "new/2.a": "2.a", ".Sent/cur/3.a:2,S": "3.a"}),
        (["a.eml", "sub/b.eml", "sub/deep/00001.abc", ".git/x"],
         {"a.eml": "a.eml", "sub/b.eml": "sub/b.eml", "sub/deep/00001.abc": "sub/deep/00001.abc"}),
        (["loose.eml", "box/cur/1.a", "box/new/2.a", "other/cur/1.a", "other/new/3.a"],
         {"loose.eml": "loose.eml", "box/cur/1.a": "box/1.a", "box/new/2.a": "box/2.a", "other/cur/1.a": "other/1.a",
          "other/new/3.a": "other/3.a"}),
        # A folder that only happens to be called "new": nothing beside it may get lost.
        (["new/a.eml", "old/a.eml", "a.eml"], {"new/a.eml": "a.eml", "old/a.eml": "old/a.eml", "a.eml": "./a.eml"}),
        (["cur/1.a:2,S", "new/1.a", "tmp/x"], {"new/1.a": "1.a", "cur/1.a:2,S": "cur/1.a:2,S"}),
        (["cur/x", "new/y", ".A/cur/x"], {"cur/x": "x", "new/y": "y", ".A/cur/x": ".A/x"}),
    ],
)  # fmt: skip
def test_each_layout_is_read_as_what_it_is(tmp_path: Path, files: list[str], expected: dict[str, str]) -> None:
    assert names(lay(tmp_path, *files)) == expected


def test_a_mail_that_is_seen_twice_during_a_move_keeps_its_name(tmp_path: Path) -> None:
    root = lay(tmp_path, "new/1.a", "cur/2.b")
    os.link(root / "new/1.a", root / "cur/1.a:2,S")
    assert set(names(root).values()) == {"1.a", "2.b"}


def test_links_are_passed_over_and_counted(tmp_path: Path) -> None:
    root = lay(tmp_path / "box", "a.eml")
    secret = lay(tmp_path / "outside", "secret")
    (root / "link.eml").symlink_to(secret / "secret")
    (root / "directory").symlink_to(secret)
    look = Look()
    assert [mail.path for mail in mails_below(str(root), look)] == ["a.eml"]
    assert look.links >= 1


def test_pipes_are_no_mails(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.eml")
    assert names(tmp_path) == {}


def test_a_name_that_is_not_utf8_has_a_key(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.eml")).write_bytes(b"x")
    ((_, name),) = names(tmp_path).items()
    assert key_of(name) != key_of("caf.eml")
    assert len(key_of(name)) == 16


def test_probe_tells_layout_and_count(tmp_path: Path) -> None:
    found = probe(lay(tmp_path, "new/1.a", "cur/2.a:2,S"))
    assert (found.layout, found.mails, found.closed) == ("maildir", 2, ())


def test_a_missing_root_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "nowhere")
