"""Which backups there are, which may go, and what is said of one that was touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from infra.errors import ConfigError
from infra.stack.wal import needless, parameters
from monitoring.backup.age import show
from monitoring.backup.sealed import Writer
from monitoring.backup.shelf import Manifest, NoBackup, Shelf, Stored, expired

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def made(shelf: Shelf, at: datetime) -> Manifest:
    folder = shelf.begin(at)
    with Writer(folder / "tables" / "verdicts.copy.gz", None) as out:
        out.write(b"rows")
    manifest = Manifest(
        name=folder.name, began=at.isoformat(), ended=(at + timedelta(minutes=1)).isoformat(), version="0.1.0",
        encrypted=False, base="0" * 24, postgres="18", migrations=("0001_verdicts.sql",), rows={"verdicts": 1},
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
