"""`triage load` into everything that it can write to, with the whole way behind it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from agents.accounts import Account, ImapServer, save_account
from infra.settings import load
from infra.stack import KafkaBroker
from tests.integration.ingest.conftest import fresh_topics
from tests.integration.pipeline.processes import Pipeline, pipeline
from tests.services.dovecot import Dovecot


async def loaded(processes: Pipeline, *arguments: str) -> dict[str, object]:
    code, stdout, stderr = await asyncio.to_thread(
        processes.outcome, "load", "--emails", "60", "--concurrent", "4", "--json", *arguments
    )
    assert code in {0, 1}, f"{stderr}{processes.logs()}"
    report: dict[str, object] = json.loads(stdout)
    assert (report["lost"] == 0) is (code == 0), report
    return report


async def test_all_that_is_written_lands_and_what_does_not_is_told(
    ingest_broker: KafkaBroker, dovecot: Dovecot, tmp_path: Path, unique: str
) -> None:
    settings = load(kafka_bootstrap_servers=ingest_broker.bootstrap)
    box, user = tmp_path / "box", f"load{unique}"
    dovecot.add_user(user, "right")
    server = ImapServer(host="127.0.0.1", port=dovecot.tls_port, username=user, cafile=str(dovecot.ca_file))
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": ingest_broker.bootstrap,
        "KAFKA_SESSION_TIMEOUT_S": "6",
        "STATUS_INTERVAL_S": "0.3",
        "LOAD_PASSWORD": "right",
    }
    with fresh_topics(settings), pipeline(tmp_path, **environment) as processes:
        (box / "new").mkdir(parents=True)
        await save_account(settings, Account(id=f"box{unique}", kind="maildir", maildir=str(box), since_days=None))
        await save_account(
            settings, Account(id=user, kind="imap", imap=server, secret="env:LOAD_PASSWORD", since_days=None)
        )
        lost = await loaded(processes, "--to", "kafka", "--patience", "1", "--seed", "1")
        assert (lost["written"], lost["landed"], lost["lost"]) == (60, 0, 60), "no worker runs"
        processes.start("worker-0")
        processes.start("ingest-0")
        for number, to in enumerate(("kafka", f"maildir:{box}", f"imap:{user}"), 2):
            report = await loaded(processes, "--to", to, "--seed", str(number), "--rate", "200")
            assert (report["written"], report["landed"], report["twice"]) == (60, 60, 0), to
        code, _, stderr = await asyncio.to_thread(processes.outcome, "load", "--to", "imap:nobody")
        assert (code, "no such IMAP account" in stderr) == (2, True)
        assert processes.died() == []


@pytest.mark.parametrize("to", ["imap", "smtp:host"])
async def test_a_target_that_there_is_not_is_refused(tmp_path: Path, to: str) -> None:
    with pipeline(tmp_path) as processes:
        code, _, stderr = await asyncio.to_thread(processes.outcome, "load", "--to", to)
    assert (code, "is allowed" in stderr) == (2, True)
