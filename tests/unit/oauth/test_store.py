"""One file per account: private, replaced as a whole, changed by one at a time."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest

from agents.oauth import store as stores
from agents.oauth.seal import Key, Keys, Unsealable, new_key
from agents.oauth.store import TokenStore
from agents.sources.base import ProviderTransient
from infra.errors import ConfigError
from infra.settings import load
from tests.unit.oauth.records import STORED, stored

KEY = new_key()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tokens"


@pytest.fixture
def store(folder: Path) -> TokenStore:
    return TokenStore(folder, Keys([Key.parse(KEY)]))


def test_a_token_is_read_back_by_another_process(store: TokenStore, folder: Path) -> None:
    assert store.read("box") is None
    store.write("box", STORED)
    assert TokenStore(folder, Keys([Key.parse(KEY)])).read("box") == STORED
    assert store.read("other") is None


def test_nobody_else_may_read_it_and_nothing_lies_about(store: TokenStore, folder: Path) -> None:
    os.umask(0o022)
    store.write("box", STORED)
    store.write("box", stored(email="x@example.org"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()] == [("box.token", 0o600)]
    content = store.path("box").read_bytes()
    assert not [secret for secret in (b"planted", b"x@example.org", b"google", KEY.encode()) if secret in content]


def test_a_write_that_fails_leaves_the_old_one(
    store: TokenStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write("box", STORED)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.write("box", stored(email="x@example.org"))
    assert store.read("box") == STORED
    assert [path.name for path in folder.iterdir()] == ["box.token"]


def test_its_mark_changes_with_every_write(store: TokenStore) -> None:
    marks = [store.mark("box")]
    for _ in range(3):
        store.write("box", STORED)
        marks.append(store.mark("box"))
    assert len(set(marks)) == 4
    assert marks[0] is None


def test_a_file_that_cannot_be_read_is_named_with_the_remedy(store: TokenStore, folder: Path) -> None:
    store.write("box", STORED)
    with pytest.raises(Unsealable, match=r"box\.token: it was encrypted with key .*: add that key to TOKEN_KEY"):
        TokenStore(folder, Keys([Key.parse(new_key())])).read("box")
    store.path("box").write_bytes(b"junk")
    with pytest.raises(Unsealable, match=r"box\.token: it is no token file"):
        store.read("box")


async def test_one_at_a_time_also_over_processes(store: TokenStore, folder: Path) -> None:
    """flock is of the open file, so two stores are as two processes."""
    others, inside = TokenStore(folder, Keys([Key.parse(KEY)])), []

    async def work(one: TokenStore, name: str) -> None:
        async with one.locked("box"):
            inside.append(name)
            await asyncio.sleep(0.05)
            inside.append(name)

    async with asyncio.timeout(60):
        await asyncio.gather(work(store, "a"), work(others, "b"), work(store, "c"))
    assert inside[0::2] == inside[1::2]


async def test_accounts_do_not_wait_for_each_other(store: TokenStore) -> None:
    async with asyncio.timeout(60), store.locked("one"), store.locked("two"):
        pass


async def test_a_lock_that_is_never_given_up_is_named(store: TokenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "LOCK_S", 0.05)
    async with store.locked("box"):
        with pytest.raises(ProviderTransient, match="held by another process"):
            async with store.locked("box"):
                raise AssertionError("it was let in")


async def test_a_folder_that_cannot_be_made_needs_no_lock(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    async with TokenStore(tmp_path / "file", Keys([Key.parse(KEY)])).locked("box"):
        pass
    assert "going on without a lock" in caplog.text


def test_keys_come_from_the_environment_or_a_file(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{new_key()}\n{KEY}\n")
    TokenStore.of(load(token_dir=folder, token_key=KEY)).write("box", STORED)
    assert TokenStore.of(load(token_dir=folder, token_key_file=file)).read("box") == STORED
    with pytest.raises(ConfigError, match="TOKEN_KEY_FILE=/nowhere: cannot be read"):
        TokenStore.of(load(token_dir=folder, token_key_file="/nowhere"))
    with pytest.raises(ConfigError, match="TOKEN_KEY is not set"):
        TokenStore.of(load(token_dir=folder))
