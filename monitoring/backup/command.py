"""`triage backup create|list|verify|restore|rebuild`."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
import orjson

from infra.errors import ConfigError, Permanent
from infra.options import as_json
from infra.settings import load
from infra.times import Moment


@click.group()
def backup() -> None:
    """Back up the whole system to BACKUP_DIR, check backups, and bring the system back from one."""


@backup.command()
@as_json
def create(*, machine: bool) -> None:
    """Back up a running system: database, cursors, tables, mails on their way, settings.

    Backups older than BACKUP_KEEP_DAYS are removed. Exit 1 when WAL_ARCHIVE_DIR is set and there could be no base
    backup of PostgreSQL.
    """
    from monitoring.backup import create as taking

    settings = load()
    made = taking.create(settings)
    click.echo(taking.as_json(made) if machine else "\n".join(taking.content(made)))
    sys.exit(1 if settings.wal_archive_dir and not made.base else 0)


@backup.command("list")
@as_json
def list_backups(*, machine: bool) -> None:
    """Every backup, oldest first."""
    from monitoring.backup import create as taking
    from monitoring.backup.shelf import Shelf

    for manifest in Shelf(load().backup_dir).all():
        click.echo(taking.as_json(manifest) if machine else next(taking.content(manifest)))


@backup.command()
@click.argument("name", required=False, default="")
@as_json
def verify(*, name: str, machine: bool) -> None:
    """Compare every file of a backup (default: the newest) with its checksum and open each. Exit 1 when one is
    damaged."""
    from monitoring.backup.sealed import backup_keys, read
    from monitoring.backup.shelf import Shelf

    settings = load()
    shelf = Shelf(settings.backup_dir, *backup_keys(settings))
    manifest, folder = shelf.one(name)
    wrong = shelf.damage(manifest)
    key = shelf.key_of(manifest.name)
    if not wrong:
        for file in manifest.files:
            try:
                for _ in read(folder / file.name, key):
                    pass
            except (Permanent, ConfigError) as error:
                wrong.append(str(error))
    if machine:
        click.echo(orjson.dumps({"name": manifest.name, "files": len(manifest.files), "damage": wrong}))
    else:
        click.echo("\n".join(wrong) or f"{manifest.name}: {len(manifest.files)} files, all as they were written")
    sys.exit(1 if wrong else 0)


@backup.command()
@click.argument("name", required=False, default="")
@click.option(
    "--until", type=Moment(exact=True), help="Recover the database to this moment, from the newest backup before it."
)
@click.option("--postgres-data", type=click.Path(path_type=Path), help="Fill this empty folder with PostgreSQL's data.")
@click.option(
    "--stack", "home", type=click.Path(path_type=Path), help="Make a new local stack here, start it, restore all."
)
@click.option("--tables", is_flag=True, help="Fill the empty database of DATABASE_URL from the logical copy.")
@click.option("--topics", is_flag=True, help="Fill the empty cluster of KAFKA_BOOTSTRAP_SERVERS.")
@as_json
def restore(
    *, name: str, until: datetime | None, postgres_data: Path | None, home: Path | None, tables: bool, topics: bool,
    machine: bool,
) -> None:  # fmt: skip
    """Bring the system back from a backup (default: the newest) onto an empty machine.

    \b
    In containers, with all stopped and volumes empty:
      triage backup restore --postgres-data DIR   then start PostgreSQL on DIR, and Kafka
      triage backup restore --topics              then start the rest
    On the local stack: triage backup restore --stack .triage
    """  # noqa: D301 - \b is click's
    from monitoring.backup import restore as putting
    from monitoring.backup.tables import copy_in, recovered

    if not (postgres_data or home or tables or topics):
        raise click.UsageError("say what to restore: --postgres-data, --stack, --tables, --topics")
    settings, lap, laps = load(), _stopwatch(), dict[str, float]()
    chosen = putting.choose(settings, name, until)
    laps["checked"] = lap()
    archive = settings.wal_archive_dir
    done: dict[str, object] = {"name": chosen.manifest.name}
    if postgres_data is not None:
        postgres_data.mkdir(mode=0o700, parents=True, exist_ok=True)
        putting.data_directory(chosen, postgres_data, archive=archive, until=until)
        done["postgres_data"] = str(postgres_data)
        laps["unpacked"] = lap()
    if home is not None:
        from infra.stack import LocalStack

        local = LocalStack(state_dir=home, archive=archive)
        local.adopt(lambda data: putting.data_directory(chosen, data, archive=archive, until=until))
        laps["unpacked"] = lap()
        ends = local.start(lambda line: click.echo(line, err=True))
        laps["started"] = lap()
        asyncio.run(recovered(load(database_url=ends.database_url)))
        laps["recovered"] = lap()
        settings = load(kafka_bootstrap_servers=ends.kafka_bootstrap, database_url=ends.database_url)
        done |= {"kafka_bootstrap": ends.kafka_bootstrap, "database_url": ends.database_url}
    if tables:
        done["rows"] = asyncio.run(copy_in(settings, chosen.folder / "tables", chosen.key, chosen.manifest.migrations))
        laps["tables"] = lap()
    if topics or home is not None:
        done["records"] = putting.topics(settings, chosen)
        laps["topics"] = lap()
    done["seconds"] = laps
    click.echo(orjson.dumps(done) if machine else "\n".join(f"{key}: {value}" for key, value in done.items()))


def _stopwatch() -> Callable[[], float]:
    """Seconds since it was last asked."""
    last = time.monotonic()

    def lap() -> float:
        nonlocal last
        before, last = last, time.monotonic()
        return round(last - before, 1)

    return lap


@backup.command()
@as_json
def rebuild(*, machine: bool) -> None:
    """PostgreSQL is lost, Kafka is there: let the archive read the lanes from their beginning again.

    Stop the archives first; start them afterwards. What is older than the lanes keep (14 days) is in a backup:
    `triage backup restore --tables`, then this.
    """
    from monitoring.backup.rebuild import rebuild as begin_again

    partitions = begin_again(load())
    told = {"partitions": partitions, "next": "start the archive"}
    click.echo(
        orjson.dumps(told)
        if machine
        else f"{partitions} partitions of the lanes: from their beginning; start the archive"
    )
