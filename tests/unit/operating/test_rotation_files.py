"""Webhook secrets, admin tokens, backup keys: each changed by one replacement of one file; the old one is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from agents.deliver.signature import new_secret
from agents.oauth.seal import Key, new_key
from infra.errors import ConfigError
from infra.settings import Settings, load
from monitoring.admin.tokens import Refused, TokensNow, new_token
from monitoring.backup.sealed import Writer, backup_keys, read
from monitoring.backup.shelf import Shelf
from monitoring.rotation import admin_token, backup_key, inventory, place, webhook
from monitoring.rotation.command import secrets
from tests.unit.backup.test_shelf import made

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def endpoints(tmp_path: Path, references: str) -> Settings:
    (tmp_path / "deliver.toml").write_text(
        f'[[endpoint]]\nname = "pager"\nurl = "https://hooks.example.com/x"\nsecrets = [{references}]\n'
    )
    return load(deliver_file=tmp_path / "deliver.toml")


def test_a_webhooks_old_secret_signs_beside_the_new_one_and_ends_by_itself(tmp_path: Path) -> None:
    settings, file, old = endpoints(tmp_path, f'"file:{tmp_path}/secret"'), tmp_path / "secret", new_secret()
    file.write_text(f"{old}\n")
    assert webhook.rotate(settings, "pager", grace=DAY, now=NOW) == (file, NOW + DAY)
    new, ending = file.read_text().splitlines()
    assert ending == f"{old} until 2026-11-27T09:00:00.000Z"
    assert new != old
    with pytest.raises(ConfigError, match="two secrets sign until 2026-11-27T09:00:00Z"):
        webhook.rotate(settings, "pager", grace=DAY, now=NOW)
    assert webhook.rotate(settings, "pager", grace=timedelta(), now=NOW)[1] is None
    (alone,) = file.read_text().splitlines()
    assert alone not in {new, old}


@pytest.mark.parametrize(
    ("references", "name", "said"),
    [
        ('"env:HOOK"', "pager", "a variable cannot"),
        ('"file:/a", "file:/b"', "pager", "one file:/PATH"),
        ('"file:/a"', "other", "DELIVER_FILE has pager"),
        ('"file:/none/such"', "pager", "No such file"),
    ],
)
def test_what_cannot_be_changed_from_here_is_said(tmp_path: Path, references: str, name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        webhook.rotate(endpoints(tmp_path, references), name, grace=DAY, now=NOW)


def test_a_webhooks_file_that_holds_something_else_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    with pytest.raises(ConfigError) as refused:
        webhook.rotate(endpoints(tmp_path, f'"file:{tmp_path}/secret"'), "pager", grace=DAY, now=NOW)
    assert "hunter2" not in str(refused.value)


@pytest.fixture
def admins(tmp_path: Path) -> tuple[Settings, str, str]:
    (ops, entry), (other, second) = new_token("ops", "operate", DAY, NOW), new_token("grafana", "read", DAY, NOW)
    (tmp_path / "tokens").write_text(f"{entry}\n{second}\n")
    return load(admin_tokens_file=tmp_path / "tokens"), ops, other


def test_an_old_token_is_refused_with_the_next_call_and_others_go_on(
    admins: tuple[Settings, str, str], tmp_path: Path
) -> None:
    settings, old, other = admins
    running = [TokensNow(settings), TokensNow(settings)]
    assert admin_token.rotate(settings, "ops", tmp_path / "new", lasting=DAY, now=NOW) == NOW + DAY
    new = (tmp_path / "new").read_text().strip()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600
    for process in running:
        assert process.admit(f"Bearer {new}", NOW).may("operate")
        assert process.admit(f"Bearer {other}", NOW).name == "grafana"
        with pytest.raises(Refused, match="not known"):
            process.admit(f"Bearer {old}", NOW)


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_run_that_is_killed_leaves_the_old_token_and_the_next_one_ends_it(
    admins: tuple[Settings, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, old, _ = admins
    with monkeypatch.context() as killing:
        killing.setattr(place, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            admin_token.rotate(settings, "ops", tmp_path / "new", lasting=DAY, now=NOW)
    handed_out = (tmp_path / "new").read_text()
    assert TokensNow(settings).admit(f"Bearer {old}", NOW).name == "ops"
    for _run in range(2):
        admin_token.rotate(settings, "ops", tmp_path / "new", lasting=DAY, now=NOW)
        assert (tmp_path / "new").read_text() == handed_out
    assert TokensNow(settings).admit(f"Bearer {handed_out.strip()}", NOW).name == "ops"
    assert len((tmp_path / "tokens").read_text().split()) == 2


@pytest.mark.parametrize(("name", "said"), [("nobody", "no token of"), ("ops", "holds something else")])
def test_a_token_that_cannot_be_changed_is_left(
    admins: tuple[Settings, str, str], tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / "new").write_text("a letter")
    before = (tmp_path / "tokens").read_text()
    with pytest.raises(ConfigError, match=said):
        admin_token.rotate(admins[0], name, tmp_path / "new", lasting=DAY, now=NOW)
    assert (tmp_path / "tokens").read_text() == before


def test_a_token_in_the_variable_too_would_go_on_and_is_named(
    admins: tuple[Settings, str, str], tmp_path: Path
) -> None:
    settings = load(
        admin_tokens=(tmp_path / "tokens").read_text().split()[0], admin_tokens_file=admins[0].admin_tokens_file
    )
    with pytest.raises(ConfigError, match="take it out"):
        admin_token.rotate(settings, "ops", tmp_path / "new", lasting=DAY, now=NOW)


def test_while_the_file_of_tokens_is_broken_nobody_in_it_is_let_in(
    admins: tuple[Settings, str, str], tmp_path: Path
) -> None:
    settings, old, _ = admins
    running = TokensNow(settings)
    (tmp_path / "tokens").write_text("ops")
    for _call in range(2):
        with pytest.raises(Refused):
            running.admit(f"Bearer {old}", NOW)


def test_two_rotations_at_once_are_not_let_through(admins: tuple[Settings, str, str], tmp_path: Path) -> None:
    with place.alone(tmp_path / "tokens"), pytest.raises(ConfigError, match="another rotation"):
        admin_token.rotate(admins[0], "ops", tmp_path / "new", lasting=DAY, now=NOW)
    admin_token.rotate(admins[0], "ops", tmp_path / "new", lasting=DAY, now=NOW)


def test_old_backups_open_after_a_change_and_a_key_goes_when_no_backup_needs_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(new_key())
    settings = load(backup_key_file=tmp_path / "key", backup_dir=tmp_path / "backups")
    (old,) = backup_keys(settings)
    first = made(Shelf(settings.backup_dir, old), NOW)
    with Writer(tmp_path / "content", old) as out:
        out.write(b"mails")

    assert backup_key.rotate(settings) == 2
    new, kept = backup_keys(settings)
    assert (kept, new == old) == (old, False)
    shelf = Shelf(settings.backup_dir, new, kept)
    assert shelf.damage(first) == []
    assert b"".join(read(tmp_path / "content", shelf.key_of(first.name))) == b"mails"

    second = made(shelf, NOW + timedelta(days=40))
    assert shelf.maker_of(second.name) == new
    assert backup_key.retire(settings) == 0
    shelf.rotate(NOW + timedelta(days=41), 30)
    assert backup_key.retire(settings) == 1
    assert backup_keys(settings) == (new,)
    assert Shelf(settings.backup_dir, old).damage(second) != []


def test_no_key_goes_while_a_backup_is_of_none_or_there_is_no_shelf(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{new_key()}\n{new_key()}\n")
    settings = load(backup_key_file=tmp_path / "key", backup_dir=tmp_path / "backups")
    with pytest.raises(ConfigError, match="no such folder"):
        backup_key.retire(settings)
    made(Shelf(settings.backup_dir, Key.parse(new_key())), NOW, encrypted=True)
    with pytest.raises(ConfigError, match="none of these keys"):
        backup_key.retire(settings)
    assert len(backup_keys(settings)) == 2


def test_every_secret_of_the_settings_is_listed_and_no_value(tmp_path: Path) -> None:
    """A secret that is added to the settings without a word on how it is changed fails here."""
    hidden = [name for name, field in Settings.model_fields.items() if field.annotation is SecretStr]
    hidden += ["database_url"]
    token = new_token("ops", "read", DAY, NOW)
    (tmp_path / "secret").write_text("whsec_hunter2")
    endpoints(tmp_path, f'"file:{tmp_path}/secret"')
    values = {
        **dict.fromkeys(hidden, "hunter2"), "database_url": "postgresql://u:hunter2@h/d", "admin_tokens": token[1],
        "cache_url": "redis://:hunter2@h/0", "deliver_file": tmp_path / "deliver.toml",
    }  # fmt: skip
    rows = list(inventory.secrets(load(**values)))
    text = orjson.dumps(rows).decode()
    assert [name for name in hidden if name.upper() not in text] == []
    assert "hunter2" not in text
    assert token[1].rpartition(":")[2] not in text
    assert {"webhook pager", "admin token ops", "CACHE_URL"} <= {row.name for row in rows if row.where}


def test_a_file_of_endpoints_that_is_wrong_hides_no_other_secret(tmp_path: Path) -> None:
    (tmp_path / "deliver.toml").write_text("[[endpoint]")
    rows = {row.name: row for row in inventory.secrets(load(deliver_file=tmp_path / "deliver.toml"))}
    assert rows["webhooks"].changed == "cannot be read"
    assert "GOOGLE_CLIENT_SECRET" in rows


def test_the_list_is_for_people_and_for_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(new_key())
    monkeypatch.setenv("TOKEN_KEY_FILE", str(tmp_path / "key"))
    told = CliRunner().invoke(secrets, ["list"])
    assert (told.exit_code, "triage secrets rotate token-key" in told.output) == (0, True), told.output
    listed = [orjson.loads(line) for line in CliRunner().invoke(secrets, ["list", "--json"]).output.splitlines()]
    (row,) = [one for one in listed if one["name"] == "TOKEN_KEY"]
    assert (row["where"], row["by"], row["changed"][:2]) == (str(tmp_path / "key"), "triage", "20")
    assert (tmp_path / "key").read_text().strip() not in told.output
