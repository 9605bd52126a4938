"""Which backups there are, which may go, and what is said of one that was touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from prometheus_client import REGISTRY

from agents.oauth.seal import Key, new_key
from infra.errors import ConfigError
from infra.stack.wal import needless, parameters
from monitoring.backup.age import show
from monitoring.backup.sealed import Damaged, Writer
from monitoring.backup.shelf import Manifest, NoBackup, Shelf, Stored, expired

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def made(shelf: Shelf, at: datetime, *, encrypted: bool = False) -> Manifest:
    folder = shelf.begin(at)
    with Writer(folder / "tables" / "verdicts.copy.gz", None) as out:
        out.write(b"rows")
    manifest = Manifest(
        name=folder.name, began=at.isoformat(), ended=(at + timedelta(minutes=1)).isoformat(), version="0.1.0",
        encrypted=encrypted, base="0" * 24, postgres="18", migrations=("0001_verdicts.sql",), rows={"verdicts": 1},
        records={}, partitions=4, files=(Stored(name="tables/verdicts.copy.gz", size=out.size, sha256=out.sha256),),
    )  # fmt: skip
    shelf.finish(manifest)
    return manifest


@pytest.mark.parametrize(
    ("ages", "kept"),
    [((1, 10, 29), (1, 10, 29)), ((1, 31), (1,)), ((40, 50), (40,)), ((31,), (31,)), ((), ())],
)
def test_old_backups_go_and_the_newest_stays(ages: tuple[int, ...], kept: tuple[int, ...], tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for age in ages:
        made(shelf, NOW - timedelta(days=age))
    shelf.rotate(NOW, 30) if ages else None
    assert [one.at for one in shelf.all()] == [NOW - timedelta(days=age) for age in sorted(kept, reverse=True)]


def test_the_newest_is_told_without_opening_any(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "none")
    assert shelf.newest_at() is None
    shelf = Shelf(tmp_path)
    for age in (3, 1):
        made(shelf, NOW - timedelta(days=age))
    shelf.begin(NOW)  # never finished
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "manifest.json").write_text("{}")
    assert shelf.newest_at() == NOW - timedelta(days=1)


def test_the_age_of_the_newest_backup_is_a_series_only_where_there_is_one(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    show(shelf)
    assert REGISTRY.get_sample_value("crewai_backup_timestamp_seconds", {"process": "control"}) is None
    made(shelf, NOW)
    show(shelf)
    assert REGISTRY.get_sample_value("crewai_backup_timestamp_seconds", {"process": "control"}) == NOW.timestamp()


def test_what_was_never_finished_is_no_backup_and_goes_after_a_day(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.begin(NOW - timedelta(days=2))
    fresh = shelf.begin(NOW - timedelta(hours=1))
    (tmp_path / "notes").mkdir()
    assert shelf.all() == ()
    shelf.rotate(NOW, 30)
    assert {path.name for path in tmp_path.iterdir()} == {fresh.name, "notes"}


def test_the_newest_is_chosen_or_the_newest_that_had_ended_before_a_moment(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first, second = made(shelf, NOW - timedelta(days=2)), made(shelf, NOW - timedelta(days=1))
    assert shelf.one()[0] == second
    assert shelf.before(NOW - timedelta(days=1)) == first.name  # the second had begun, not ended
    with pytest.raises(NoBackup, match="no backup in"):
        shelf.before(NOW - timedelta(days=3))
    with pytest.raises(NoBackup, match=second.name):
        shelf.one("nonsense")


def test_damage_is_named(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    manifest = made(shelf, NOW)
    assert shelf.damage(manifest) == []
    file = tmp_path / manifest.name / "tables" / "verdicts.copy.gz"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert shelf.damage(manifest) == ["tables/verdicts.copy.gz: changed"]
    file.unlink()
    (tmp_path / manifest.name / "manifest.json").write_bytes(b"{}")
    assert shelf.damage(manifest) == ["manifest.json: changed", "tables/verdicts.copy.gz: missing"]


def test_two_in_one_second_are_refused(tmp_path: Path) -> None:
    Shelf(tmp_path).begin(NOW)
    with pytest.raises(ConfigError, match="another backup"):
        Shelf(tmp_path).begin(NOW)


def test_nothing_is_expired_among_none() -> None:
    assert expired([], NOW, 30) == []


def test_segments_before_the_oldest_kept_base_go_and_nothing_else() -> None:
    names = [
        "000000010000000000000001.gz", "000000010000000000000002.gz", "000000020000000000000003.gz",
        "000000010000000000000002.00000028.backup.gz", "00000002.history.gz", "000000010000000000000001.gz.new", "mine",
    ]  # fmt: skip
    assert needless(names, "000000020000000000000003") == [
        "000000010000000000000001.gz", "000000010000000000000002.00000028.backup.gz", "000000010000000000000002.gz",
    ]  # fmt: skip
    assert needless(names, "") == []


def test_a_segment_is_complete_or_not_there(tmp_path: Path) -> None:
    command = parameters(tmp_path)["archive_command"]
    assert command.startswith(f'test ! -f "{tmp_path}/%f.gz"')
    assert command.endswith(f'mv "{tmp_path}/%f.gz.new" "{tmp_path}/%f.gz"')


@pytest.mark.parametrize("name", ["../outside", "", ".", "/tmp/outside", "20250101T000000Z"])
def test_a_manifest_that_names_another_folder_removes_nothing(name: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    shelf = Shelf(tmp_path / "backups")
    forged = made(shelf, NOW - timedelta(days=60))
    made(shelf, NOW)
    folder = tmp_path / "backups" / forged.name
    (folder / "manifest.json").write_bytes(orjson.dumps(replace(forged, name=name)))
    assert shelf.rotate(NOW, 30) == []
    assert outside.is_dir()
    assert folder.is_dir()
    assert [one.at for one in shelf.all()] == [NOW]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"{}", b'{"files": 1}', b"\xff"])
def test_a_manifest_that_cannot_be_read_hides_its_own_backup_only(text: bytes, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    broken, whole = made(shelf, NOW - timedelta(days=60)), made(shelf, NOW)
    (tmp_path / broken.name / "manifest.json").write_bytes(text)
    assert shelf.all() == (whole,)
    assert shelf.rotate(NOW, 30) == []
    with pytest.raises(Damaged, match=broken.name):
        shelf.one(broken.name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "tables/../../x"])
def test_a_file_outside_of_the_backup_is_not_looked_at(name: str, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    manifest = made(shelf, NOW)
    shelf.finish(replace(manifest, files=(*manifest.files, Stored(name=name, size=1, sha256="0" * 64))))
    assert shelf.damage(shelf.one()[0]) == [f"{name}: not a file of this backup"]


def test_a_file_that_the_manifest_does_not_name_is_damage(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    manifest = made(shelf, NOW)
    (tmp_path / manifest.name / "tables" / "added.copy.gz").write_bytes(b"")
    (tmp_path / manifest.name / "tables" / ".DS_Store").write_bytes(b"what copying leaves behind harms nobody")
    assert shelf.damage(manifest) == ["tables/added.copy.gz: not in manifest.json"]


def test_with_a_key_nobody_else_can_write_a_manifest(tmp_path: Path) -> None:
    key, other = Key.parse(new_key()), Key.parse(new_key())
    manifest = made(Shelf(tmp_path, key), NOW)
    assert Shelf(tmp_path, key).damage(manifest) == []
    assert Shelf(tmp_path).damage(manifest) == [], "checksums can be compared without the key"
    unsigned = ["manifest.json: not written with this BACKUP_KEY (unset it where a backup was made without)"]
    assert Shelf(tmp_path, other).damage(manifest) == unsigned
    Shelf(tmp_path).finish(replace(manifest, rows={"verdicts": 0}))
    assert Shelf(tmp_path, key).damage(Shelf(tmp_path).one()[0]) == unsigned
    (tmp_path / manifest.name / "manifest.hmac").unlink()
    assert Shelf(tmp_path, key).damage(manifest) == unsigned
