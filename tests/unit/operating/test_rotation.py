"""A key is changed in two steps; after each, every token opens, and at the end the old key opens nothing."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from agents.oauth.seal import Key, Keys, Unsealable, new_key
from agents.oauth.store import TokenStore
from agents.oauth.token import StoredToken
from infra.errors import ConfigError, Transient
from infra.settings import Settings, load
from monitoring.rotation import database, token_key
from monitoring.rotation.database import verifier, with_password
from tests.unit.oauth.records import STORED


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "key").write_text(new_key())
    (tmp_path / "key").chmod(0o604)
    return load(token_dir=tmp_path / "tokens", token_key_file=tmp_path / "key")


def test_tokens_open_at_every_step_and_the_old_key_opens_nothing_at_the_end(settings: Settings, tmp_path: Path) -> None:
    old = (tmp_path / "key").read_text()
    TokenStore.of(settings).write("box", STORED)
    assert token_key.begin(settings) == 2
    assert TokenStore.of(settings).read("box") == STORED
    assert asyncio.run(token_key.finish(settings)) == 1
    assert TokenStore.of(settings).read("box") == STORED
    assert old.strip() not in (tmp_path / "key").read_text()
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(Unsealable):
        TokenStore(settings.token_dir, Keys([Key.parse(old)])).read("box")


def test_a_token_that_no_key_opens_ends_it_before_anything_is_forgotten(settings: Settings, tmp_path: Path) -> None:
    token_key.begin(settings)
    TokenStore(settings.token_dir, Keys([Key.parse(new_key())])).write("strange", STORED)
    before = (tmp_path / "key").read_text()
    with pytest.raises(Unsealable, match="strange"):
        asyncio.run(token_key.finish(settings))
    assert (tmp_path / "key").read_text() == before


def test_steps_out_of_order_are_refused(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="--begin"):
        asyncio.run(token_key.finish(settings))
    token_key.begin(settings)
    with pytest.raises(ConfigError, match="--finish"):
        token_key.begin(settings)


def test_a_key_in_the_environment_cannot_be_changed_from_here() -> None:
    with pytest.raises(ConfigError, match="TOKEN_KEY_FILE"):
        token_key.begin(load(token_key=new_key()))


def test_the_verifier_is_that_of_the_rfc() -> None:
    """RFC 7677 section 3: user "user", password "pencil"."""
    import base64
    import hashlib
    import hmac

    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    kind, iterations, rest = verifier("pencil", salt).split("$", 2)[0], *verifier("pencil", salt).split("$", 2)[1:]
    assert (kind, iterations.partition(":")[0]) == ("SCRAM-SHA-256", "4096")
    stored, server = (base64.b64decode(part) for part in rest.split(":"))
    message = (
        b"n=user,r=rOprNGfwEbeRWgbNEkqO,"
        b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    )
    assert base64.b64encode(hmac.digest(server, message, "sha256")) == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
    proof = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    client = bytes(a ^ b for a, b in zip(proof, hmac.digest(stored, message, "sha256"), strict=True))
    assert hashlib.sha256(client).digest() == stored


@pytest.mark.parametrize(
    ("url", "changed"),
    [
        ("postgresql://crewai:old@db:5432/x?sslmode=require", "postgresql://crewai:n%2Fw@db:5432/x?sslmode=require"),
        ("postgresql://crewai@127.0.0.1/x", "postgresql://crewai:n%2Fw@127.0.0.1/x"),
    ],
)
def test_an_address_keeps_all_but_its_password(url: str, changed: str) -> None:
    assert with_password(url, "n/w") == changed


def test_whoever_could_read_the_key_can_read_the_next_one(settings: Settings, tmp_path: Path) -> None:
    """The services run as another user, or by the key's group; the operator is root."""
    (tmp_path / "key").chmod(0o640)
    before = (tmp_path / "key").stat()
    token_key.begin(settings)
    after = (tmp_path / "key").stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_stays_theirs(settings: Settings, tmp_path: Path) -> None:
    os.chown(tmp_path / "key", 10001, 10002)
    token_key.begin(settings)
    after = (tmp_path / "key").stat()
    assert (after.st_uid, after.st_gid) == (10001, 10002)


def test_a_file_that_cannot_stay_theirs_is_left_as_it_is(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refused)
    before = (tmp_path / "key").read_text()
    with pytest.raises(ConfigError, match="run it as the user"):
        token_key.begin(settings)
    assert (tmp_path / "key").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_link_to_the_key_stays_one(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "key").rename(tmp_path / "real")
    (tmp_path / "key").symlink_to("real")
    token_key.begin(settings)
    assert (tmp_path / "key").is_symlink()
    assert len((tmp_path / "real").read_text().split()) == 2


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_kill_before_the_old_key_goes_loses_nothing_and_finish_goes_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account in ("one", "two"):
        TokenStore.of(settings).write(account, STORED)
    token_key.begin(settings)
    for broken in ("agents.oauth.store.TokenStore.write", "monitoring.rotation.place.write"):
        with monkeypatch.context() as killing:
            killing.setattr(broken, killed)
            with pytest.raises(KeyboardInterrupt):
                asyncio.run(token_key.finish(settings))
        assert TokenStore.of(settings).read("one") == TokenStore.of(settings).read("two") == STORED
    assert asyncio.run(token_key.finish(settings)) == 2
    assert TokenStore.of(settings).read("two") == STORED


def test_a_token_that_came_meanwhile_under_the_old_key_keeps_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process with another copy of the file logs a mailbox in while the others' tokens are sealed."""
    before = TokenStore(settings.token_dir, Keys([Key.parse((tmp_path / "key").read_text())]))
    before.write("one", STORED)
    token_key.begin(settings)
    write = TokenStore.write

    def also(store: TokenStore, account: str, token: StoredToken) -> None:
        write(store, account, token)
        write(before, "late", STORED)

    monkeypatch.setattr(TokenStore, "write", also)
    with pytest.raises(ConfigError, match=r"late.*restart"):
        asyncio.run(token_key.finish(settings))
    assert len((tmp_path / "key").read_text().split()) == 2
    monkeypatch.setattr(TokenStore, "write", write)
    assert asyncio.run(token_key.finish(settings)) == 2
    assert TokenStore.of(settings).read("late") == STORED


def test_a_process_that_runs_takes_the_new_key_up_and_needs_the_old_one_no_more(settings: Settings) -> None:
    running = TokenStore.of(settings)
    running.write("box", STORED)
    assert asyncio.run(token_key.rotate(settings)) == 1
    assert running.read("box") == STORED
    running.write("later", STORED)
    assert TokenStore.of(settings).read("later") == STORED


def test_a_key_file_that_breaks_while_a_process_runs_costs_no_token(settings: Settings, tmp_path: Path) -> None:
    running = TokenStore.of(settings)
    running.write("box", STORED)
    (tmp_path / "key").write_text("no key at all")
    assert running.read("box") == STORED


def test_a_token_that_is_sealed_anew_while_it_is_read_is_read_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole rotation happens between a process's reading the token and its looking for the key."""
    running = TokenStore.of(settings)
    running.write("box", STORED)
    open_it, done = Keys.open, list[bool]()

    def late(keys: Keys, account: str, content: bytes) -> bytes:
        if not done:
            done.append(True)
            asyncio.run(token_key.rotate(settings))
            keys = Keys([Key.parse((settings.token_key_file or Path()).read_text())])
        return open_it(keys, account, content)

    monkeypatch.setattr(Keys, "open", late)
    assert running.read("box") == STORED


def test_a_rotation_that_was_begun_is_ended_by_the_next(settings: Settings, tmp_path: Path) -> None:
    TokenStore.of(settings).write("box", STORED)
    token_key.begin(settings)
    new = (tmp_path / "key").read_text().split()[0]
    asyncio.run(token_key.rotate(settings))
    assert (tmp_path / "key").read_text().split() == [new]


def test_a_password_that_cannot_be_set_is_not_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_: Settings) -> None:
        raise Transient("away")

    monkeypatch.setattr(database, "connect_once", away)
    kept: list[str] = []
    with pytest.raises(Transient):
        asyncio.run(database.rotate(load(), kept.append))
    assert kept == []
