"""What strangers approach with: junk of today is learned from the written tables, and by what it says alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.training import approach, authored
from agents.training.corpora import Example, written
from agents.training.vocabulary import plain_words

HEADER = "language\tpriority\tcategory\tneeds_reply\twho\tto\tsubject\ttext\n"
ROWS = [
    ("0\tspam\t0\tspammer", "we sell followers for your website"),
    ("0\tphishing\t0\tscammer", "confirm the gift voucher with your password"),
    ("5\twork\t0\tcustomer", "the minutes of the garden meeting"),
    ("4\tnotification\t0\trobot", "the build of the garden shed is done"),
]


@pytest.fixture
def mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Example]:
    lines = [f"en\t{told}\tdirect\tno {at}\t{text} {at}" for told, text in ROWS for at in range(12)]
    (tmp_path / "few.tsv").write_text(HEADER + "\n".join(lines) + "\n", "utf-8")
    monkeypatch.setattr(authored, "FOLDER", tmp_path)
    return written("few")


def test_words_of_junk_speak_for_it_and_those_of_its_kinds_for_theirs(mails: list[Example]) -> None:
    found: Any = approach.learned(mails, plain_words(mails))
    junk, deceit = found["approach"]["words"], found["deceit"]["words"]
    assert min(junk["followers"], junk["voucher"]) > 0 > max(junk["garden"], junk["minutes"])
    assert deceit["voucher"] > 0 > deceit["followers"]
    assert found["approach_at"] == approach.AT


def test_what_a_sender_says_of_itself_says_little(mails: list[Example]) -> None:
    rules = approach.learned(mails, plain_words(mails))["approach"]["rules"]
    assert -0.5 < rules[approach.MARK] < 0


def test_to_whom_it_went_and_how_it_is_built_says_nothing(mails: list[Example]) -> None:
    found: Any = approach.learned(mails, plain_words(mails))
    assert "sent_to_you_alone" not in found["approach"]["rules"]
    assert not [name for name in found["approach"]["form"] if name.startswith(("role", "people", "html"))]


def test_nothing_to_learn_from_says_nothing() -> None:
    found: Any = approach.learned([], [])
    assert not any(found["approach"]["rules"].values())
