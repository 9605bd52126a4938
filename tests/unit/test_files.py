"""A file is replaced as a whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import files


def killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("broken", ["os.fsync", "pathlib.Path.replace"])
def test_whatever_breaks_the_old_content_stands_and_nothing_lies_beside_it(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with monkeypatch.context() as breaking:
        breaking.setattr(broken, killed)
        with pytest.raises(KeyboardInterrupt):
            files.replace(path, b"new")
    assert (path.read_text(), [one.name for one in tmp_path.iterdir()]) == ("old", ["file"])


def test_its_owner_alone_can_read_it_and_its_mark_changes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert files.mark(path) is None
    files.replace(path, b"one")
    first = files.mark(path)
    files.replace(path, b"two")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("two", 0o600)
    assert None is not first != files.mark(path)


def test_as_before_it_keeps_what_owner_and_group_may_and_nothing_for_others(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    files.replace(path, b"new", as_before=True)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_takes_no_other_ones_place(tmp_path: Path) -> None:
    path = tmp_path / "file"
    files.create(path, b"one")
    with pytest.raises(FileExistsError):
        files.create(path, b"two")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("one", 0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
