"""`triage classify` and `triage evaluate` as a person runs them, over odd files and folders."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from agents.commands.classify import classify
from agents.commands.evaluate import evaluate
from infra.cli import triage
from infra.errors import ConfigError
from streams.mail.limits import RAW_BYTES

ASK = b"""From: Otto Brandt <otto@harbour.example>
To: rosa@harbour.example
Date: Mon, 2 Mar 2026 09:00:00 +0000
Message-ID: <1@harbour.example>
Subject: Draft contract

Rosa, could you please review the draft contract by Friday and send me your comments?
"""
OFFER = b"""From: Shop <news@shop.example>
To: rosa@harbour.example
List-Unsubscribe: <mailto:off@shop.example>
Precedence: bulk
Subject: URGENT!!! SALE ENDS TONIGHT

Huge discount, order now! Unsubscribe here.
"""
FIELDS = {"path", "priority", "lane", "category", "needs_reply", "confidence", "reasons"}


def run(*arguments: str | Path, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(classify, [*map(str, arguments), "--json"], input=stdin)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    """A Maildir and a folder of messages below one folder."""
    for folder in ("maildir/cur", "maildir/new", "maildir/tmp", "plain/deep"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "maildir/cur/1.M1.host:2,S").write_bytes(ASK)
    (tmp_path / "maildir/new/2.M2.host").write_bytes(OFFER)
    (tmp_path / "maildir/tmp/3.M3.host").write_bytes(ASK)
    (tmp_path / "maildir/dovecot.index.log").write_bytes(b"\x01\x02")
    (tmp_path / "plain/deep/ask.eml").write_bytes(ASK)
    return tmp_path


def test_each_mail_below_a_folder_gets_one_line_in_the_order_of_names(mailbox: Path) -> None:
    result = run(mailbox)
    assert result.exit_code == 0
    assert [Path(line["path"]).name for line in lines(result)] == ["1.M1.host:2,S", "2.M2.host", "ask.eml"]
    assert all(set(line) == FIELDS for line in lines(result))


def test_hidden_folders_are_read_only_inside_a_maildir(mailbox: Path) -> None:
    for folder in ("maildir/.Sent/cur", "plain/.git"):
        (mailbox / folder).mkdir(parents=True)
        (mailbox / folder / "4.M4.host").write_bytes(ASK)
    assert [line["path"].removeprefix(str(mailbox)) for line in lines(run(mailbox)) if "M4" in line["path"]] == [
        "/maildir/.Sent/cur/4.M4.host"
    ]


def test_the_verdict_is_the_expected_one_with_its_reasons(mailbox: Path) -> None:
    ask, offer, _ = lines(run(mailbox))
    assert (ask["lane"], ask["category"], ask["needs_reply"]) == ("high", "work", True)
    assert (offer["lane"], offer["category"], offer["needs_reply"]) == ("low", "bulk", False)
    assert {"rule", "weight", "text"} == set(ask["reasons"][0])


def test_a_second_run_says_the_same(mailbox: Path) -> None:
    assert run(mailbox).stdout == run(mailbox).stdout


def test_standard_input_is_one_mail() -> None:
    (line,) = lines(run("-", stdin=ASK))
    assert line["path"] == "-"
    assert line["lane"] == "high"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\x00" * 5000,
        os.urandom(4000),
        b"just a line of text",
        b"a,b,c\n1,2,3\n",
        b"PK\x03\x04" + b"\x00" * 99,
    ],
    ids=["empty", "newline", "zeros", "random", "text", "csv", "zip"],
)
def test_what_is_no_mail_is_reported_and_the_rest_classified(mailbox: Path, content: bytes) -> None:
    (mailbox / "plain/deep/broken").write_bytes(content)
    result = run(mailbox / "plain")
    assert result.exit_code == 1
    mail, broken = lines(result)
    assert mail["lane"] == "high"
    assert set(broken) == {"path", "error"}
    assert broken["error"]


@pytest.mark.parametrize(
    "content",
    [
        ASK.replace(b"\n", b"\r\n"),
        ASK.replace(b"Subject: Draft contract", b"Subject: =?bogus?q?=FF=FE?= \xff\xfe"),
        b"From: a@b.example\nSubject: " + b"x" * 100_000 + b"\n\nHello",
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n" * 50,
        b"From: a@b.example\n\n" + b"can you please " * 200_000,
        b"Subject: no body",
    ],
    ids=["crlf", "charset", "long-header", "nested", "huge", "head-only"],
)
def test_odd_mails_get_a_verdict(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd").write_bytes(content)
    result = run(tmp_path / "odd")
    assert result.exit_code == 0
    assert set(lines(result)[0]) == FIELDS


def test_a_mail_longer_than_is_read_is_cut_and_classified(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(ASK + b"filler\n" * (RAW_BYTES // 7 + 1000))
    assert lines(run(tmp_path / "long"))[0]["lane"] in {"high", "normal", "urgent"}


def test_special_files_and_broken_links_are_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "zmail").write_bytes(ASK)
    result = run(tmp_path)
    assert result.exit_code == 1
    assert ["error" in line for line in lines(result)] == [True, True, False]


def test_a_name_that_is_not_utf8_can_be_printed(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.eml")).write_bytes(ASK)
    (line,) = lines(run(tmp_path))
    assert line["path"].endswith("caf\ufffd.eml")


def test_an_empty_folder_is_nothing_to_complain_of(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("arguments", [["/does/not/exist"], [], ["--nonsense"]])
def test_wrong_use_ends_with_two(arguments: list[str]) -> None:
    assert CliRunner().invoke(classify, arguments).exit_code == 2


def test_the_owner_decides_whether_a_copy_is_meant(tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(
        ASK.replace(b"To: rosa@harbour.example", b"To: kim@harbour.example\nCc: rosa@harbour.example")
    )
    as_kim, as_rosa = (lines(run(tmp_path, "--owner", f"{name}@harbour.example"))[0] for name in ("kim", "rosa"))
    rules = [{reason["rule"] for reason in line["reasons"]} for line in (as_kim, as_rosa)]
    assert "asks_you_alone" in rules[0]
    assert "asks_you_alone" not in rules[1]


def test_people_get_a_table_that_no_mail_can_colour(tmp_path: Path) -> None:
    (tmp_path / "mail").write_bytes(ASK.replace(b"Draft contract", b"\x1b[31mred\x1b[0m"))
    result = CliRunner().invoke(classify, [str(tmp_path)])
    assert "high" in result.stdout
    assert "\x1b" not in result.stdout
    assert "1 in all" in result.stderr


def test_the_installed_command_does_the_same(mailbox: Path) -> None:
    command = Path(sys.executable).parent / "triage"
    done = subprocess.run([command, "classify", "--json", mailbox], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3
    assert done.stderr == ""


LABELS = (
    "file,priority_1,category_1,needs_reply_1,priority_2,category_2,needs_reply_2\n"
    "ask.eml,7,work,1,6,work,1\n"
    "offer.eml,2,bulk,0,2,bulk,0\n"
)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Two labelled mails in a folder."""
    (tmp_path / "ask.eml").write_bytes(ASK)
    (tmp_path / "offer.eml").write_bytes(OFFER)
    (tmp_path / "labels.csv").write_text(LABELS)
    return tmp_path


def report(*arguments: str | Path) -> dict[str, Any]:
    result = CliRunner().invoke(evaluate, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_labels_in_a_file_a_folder_and_an_archive_give_the_same_figures(labelled: Path) -> None:
    packed = labelled / "packed.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        for name in ("labels.csv", "ask.eml", "offer.eml"):
            archive.add(labelled / name, f"set/{name}")
    by_file, by_folder = report(labelled / "labels.csv"), report(labelled)
    assert by_file == by_folder
    assert by_file["mails"] == 2
    assert by_file["lane_accuracy"]["value"] == 1.0
    assert by_file["second_annotator"]["lane_agreement"]["value"] == 0.5
    assert report(packed)["confusion"] == by_file["confusion"]


def test_mails_are_found_in_the_archives_of_the_corpus(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "set.tar.gz", "w:gz") as archive:
        for name, content in (("set/a/1.eml", ASK), ("set/b/2.eml", OFFER)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    (tmp_path / "gold.csv").write_text(
        "message,priority,category,needs_reply\nset/a/1.eml,7,work,1\nset/b/2.eml,5,work,0\n"
    )
    figures = report(tmp_path / "gold.csv", "--corpus", tmp_path)
    assert set(figures["sources"]) == {"set/a", "set/b"}
    assert figures["second_annotator"] is None
    assert [error["path"] for error in figures["errors"]] == ["set/b/2.eml"]
    assert figures["errors"][0]["reasons"]


def test_people_get_the_confusion_matrix_and_the_intervals(labelled: Path) -> None:
    result = CliRunner().invoke(evaluate, [str(labelled)])
    assert "true \\ said" in result.stdout
    assert "lane accuracy      1.000 [" in result.stdout


@pytest.mark.parametrize(
    "labels",
    [
        "file,priority,category,needs_reply\nask.eml,11,work,1\n",
        "file,priority,category,needs_reply\nask.eml,5,nonsense,1\n",
        "file,priority,category,needs_reply\nask.eml,5,work\n",
        "file,priority,category,needs_reply\nask.eml\n",
        "file,priority,category,needs_reply\n.,5,work,1\n",
        "a,b\n1,2\n",
    ],
)
def test_labels_that_make_no_sense_are_a_usage_error(labelled: Path, labels: str) -> None:
    (labelled / "labels.csv").write_text(labels)
    with pytest.raises(ConfigError, match="line 2"):
        CliRunner().invoke(evaluate, [str(labelled)], catch_exceptions=False)


@pytest.mark.parametrize("content", [b"", b"file,priority,category,needs_reply\n", b"\xff\xfe\x00", b'"' * 200_000])
def test_a_file_without_any_label_is_a_usage_error_with_what_is_wanted(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "labels.csv").write_bytes(content)
    with pytest.raises(ConfigError, match=r"give a .csv|no label that can be read"):
        CliRunner().invoke(evaluate, [str(tmp_path)], catch_exceptions=False)


def test_a_missing_mail_is_named(labelled: Path) -> None:
    (labelled / "ask.eml").unlink()
    result = CliRunner().invoke(evaluate, [str(labelled)])
    assert "ask.eml" in str(result.exception)


def test_both_commands_have_help() -> None:
    for name in ("classify", "evaluate"):
        assert CliRunner().invoke(triage, [name, "--help"]).exit_code == 0
