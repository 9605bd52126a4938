"""What was written is read back, or refused by name: cut, changed, reordered, or without its key."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.oauth.seal import Key, new_key
from infra.errors import ConfigError
from infra.settings import load
from monitoring.backup import sealed
from monitoring.backup.sealed import MAGIC, Damaged, Writer, backup_keys, checksum, lines, read
from tests.examples import examples

KEY, OTHER = Key.parse(new_key()), Key.parse(new_key())


def written(path: Path, content: bytes, key: Key | None) -> Writer:
    path.unlink(missing_ok=True)
    with Writer(path, key) as out:
        for start in range(0, len(content), 1000):
            out.write(content[start : start + 1000])
    return out


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, 50_000])
def test_content_comes_back(key: Key | None, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "CHUNK", 4096)
    content = os.urandom(size)
    out = written(tmp_path / "f", content, key)
    assert b"".join(read(tmp_path / "f", key)) == content
    assert out.sha256 == checksum(tmp_path / "f")
    assert out.size == (tmp_path / "f").stat().st_size
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600


def test_without_a_key_it_is_what_any_machine_opens(tmp_path: Path) -> None:
    written(tmp_path / "f.gz", b"a\nb\n", None)
    assert gzip.decompress((tmp_path / "f.gz").read_bytes()) == b"a\nb\n"
    assert list(lines(tmp_path / "f.gz", None)) == [b"a", b"b"]


def test_zeros_do_not_fill_the_memory(tmp_path: Path) -> None:
    written(tmp_path / "f", bytes(8 * sealed.CHUNK), KEY)
    assert max(map(len, read(tmp_path / "f", KEY))) <= sealed.CHUNK


@examples(60, fixtures_are_shared=True)
@given(data=st.data())
def test_a_changed_encrypted_file_is_refused(
    data: st.DataObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "CHUNK", 64)
    path = tmp_path / "f"
    written(path, bytes(range(200)), KEY)
    whole = bytearray(path.read_bytes())
    at = data.draw(st.integers(len(MAGIC), len(whole) - 1))
    if data.draw(st.booleans()):
        whole[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del whole[at:]
    path.write_bytes(whole)
    with pytest.raises(Damaged, match=str(path)):
        b"".join(read(path, KEY))


@pytest.mark.parametrize("byte", range(4))
def test_the_length_of_the_last_chunk_is_believed_only_when_true(byte: int, tmp_path: Path) -> None:
    written(tmp_path / "f", b"one chunk", KEY)
    whole = bytearray((tmp_path / "f").read_bytes())
    whole[len(MAGIC) + sealed.SALT_BYTES + byte] ^= 1
    (tmp_path / "f").write_bytes(whole)
    with pytest.raises(Damaged):
        b"".join(read(tmp_path / "f", KEY))


def test_chunks_cannot_change_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "CHUNK", 64)
    path = tmp_path / "f"
    written(path, os.urandom(256), KEY)
    start, size = len(MAGIC) + sealed.SALT_BYTES, 4 + 64 + 16
    whole = path.read_bytes()
    first, second = whole[start : start + size], whole[start + size : start + 2 * size]
    path.write_bytes(whole[:start] + second + first + whole[start + 2 * size :])
    with pytest.raises(Damaged):
        b"".join(read(path, KEY))


@pytest.mark.parametrize(("key", "error"), [(None, ConfigError), (OTHER, Damaged)])
def test_without_its_key_it_stays_closed(key: Key | None, error: type[Exception], tmp_path: Path) -> None:
    written(tmp_path / "f", b"secret " * 100, KEY)
    assert b"secret" not in (tmp_path / "f").read_bytes()
    with pytest.raises(error, match="BACKUP_KEY"):
        b"".join(read(tmp_path / "f", key))


def test_a_plain_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "f", os.urandom(5000), None)
    (tmp_path / "f").write_bytes((tmp_path / "f").read_bytes()[:-20])
    with pytest.raises(Damaged, match="end is missing"):
        b"".join(read(tmp_path / "f", None))


def test_a_key_that_is_none_is_refused_by_its_setting() -> None:
    assert backup_keys(load()) == ()
    with pytest.raises(ConfigError, match="BACKUP_KEY") as refused:
        backup_keys(load(backup_key="hunter2"))
    assert "hunter2" not in str(refused.value)


def test_with_a_key_a_file_that_anybody_could_have_written_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "f", b"forged", None)
    with pytest.raises(ConfigError, match="not encrypted, but BACKUP_KEY is set"):
        b"".join(read(tmp_path / "f", KEY))
