"""The project's own tables: their mails have the headers that such senders have, and the same ones on every run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.training import authored
from agents.training.authored import CHECK, JUNK, LEARNED, OWNER, Written, labelled, raw, read
from agents.training.corpora import written
from agents.training.vocabulary import plain_words
from infra.errors import ConfigError
from streams.mail import parse
from streams.triage.features import Features
from streams.triage.parties import Role
from streams.triage.verdict import Category, Facts

HEADER = "language\tpriority\tcategory\tneeds_reply\twho\tto\tsubject\ttext\n"


def features(who: str, to: str, subject: str = "Notes", text: str = "Ärger: the pump stands still.") -> Features:
    row = Written("en", 5, Category.WORK, needs_reply=False, who=who, to=to, subject=subject, text=text)
    return Features(parse(raw(row, "a/b/en/1")), Facts(owner=(OWNER,)))


def test_a_mail_is_the_same_on_every_run_and_another_for_another_row() -> None:
    row = Written("de", 9, Category.WORK, needs_reply=True, who="customer", to="direct", subject="Kühlung", text="Äh")
    assert raw(row, "one") == raw(row, "one") != raw(row, "two")
    assert parse(raw(row, "one")).new_text.strip() == "Äh"
    assert parse(raw(row, "one")).subject == "Kühlung"


@pytest.mark.parametrize(
    ("who", "to", "role"),
    [
        ("colleague", "direct", Role.DIRECT),
        ("colleague", "few", Role.FEW),
        ("manager", "copy", Role.COPY),
        ("colleague", "crowd", Role.CROWD),
        ("list", "list", Role.LIST),
        ("robot", "list", Role.LIST),
        ("newsletter", "crowd", Role.CROWD),
        ("scammer", "direct", Role.DIRECT),
    ],
)
def test_the_owner_is_what_the_row_says(who: str, to: str, role: Role) -> None:
    assert features(who, to).role is role


@pytest.mark.parametrize(
    ("who", "sign"),
    [
        ("colleague", "is_colleague"),
        ("robot", "is_robot"),
        ("newsletter", "is_bulk_mail"),
        ("newsletter", "is_publisher"),
        ("list", "is_discussion_list"),
    ],
)
def test_senders_have_the_marks_of_their_kind(who: str, sign: str) -> None:
    assert getattr(features(who, "direct"), sign)
    assert not getattr(features("customer", "direct"), sign)


def test_an_answer_names_the_mail_that_it_answers() -> None:
    assert features("customer", "direct", "Re: Notes").is_reply_to_something
    assert not features("customer", "direct").is_reply_to_something


@pytest.mark.parametrize(
    "row", ["en\tmany\twork\t1\tfriend\tdirect\ta\tb", "en\t5\tnoise\t1\tfriend\tdirect\ta\tb", "en"]
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, row: str) -> None:
    (table := tmp_path / "x.tsv").write_text(HEADER + row + "\n", "utf-8")
    with pytest.raises(ConfigError, match=r"x\.tsv, line 2"):
        read(table)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.tsv"):
        read(tmp_path / "none.tsv")


@pytest.mark.parametrize("table", [*LEARNED, JUNK, CHECK])
def test_the_tables_can_be_read_and_hold_every_lane(table: str) -> None:
    rows = [(label, mail) for label, mail in labelled(table)]
    assert len(rows) >= 150
    priorities = {label.first.priority for label, _ in rows}
    assert all(priorities & lane for lane in ({0, 1, 2, 3}, {4, 5, 6}, {7, 8}, {9, 10}))
    assert len({label.path for label, _ in rows}) == len(rows)


def test_nothing_that_judges_is_learned_from() -> None:
    learned = {(row.subject, row.text) for table in (*LEARNED, JUNK) for row in read(authored.FOLDER / f"{table}.tsv")}
    assert not [row for row in read(authored.FOLDER / f"{CHECK}.tsv") if (row.subject, row.text) in learned]


def test_words_of_several_mails_may_be_learned_and_a_word_with_capitals_only_where_all_nouns_have_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {
        "en": "the pump at Harbour is leaking and we cannot stop it",
        "de": "die Pumpe ist undicht und wir sind allein",
    }
    rows = [f"{code}\t9\twork\t1\tcolleague\tdirect\tno {at}\t{text}" for code, text in said.items() for at in range(3)]
    rows.append("en\t9\twork\t1\tcolleague\tdirect\tonce\tseldom")
    (tmp_path / "few.tsv").write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
    monkeypatch.setattr(authored, "FOLDER", tmp_path)
    mails: Any = written("few")
    found = set(plain_words(mails))
    assert {"pump", "leaking", "pumpe"} <= found
    assert not {"harbour", "seldom"} & found
