"""The report is one page: complete, bounded, and nothing in a mail is more than text."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from streams.replay import report
from streams.replay.difference import Change, Shift, Sums, change
from streams.triage.verdict import Lane
from tests.unit.replay.test_difference import SAME
from tests.verdicts import changed


def text_of(node: LexborNode | None) -> str:
    assert node is not None
    return node.text()


def page(*changes: Change) -> LexborHTMLParser:
    sums = Sums(mails=10, changes=len(changes))
    for one in changes:
        sums.lanes[one.lanes] += 1
    return LexborHTMLParser(report.html(sums, changes, "decided by a test"))


def low(**fields) -> Change:
    return change(changed(**fields), dataclasses.replace(SAME, lane=Lane.LOW, priority=1))


@given(
    st.text(st.characters(codec="utf-8"), max_size=40).map(lambda text: f"<script>{text}</script><img src=x onerror=a>")
)
def test_whatever_a_subject_says_is_its_text(subject: str) -> None:
    shown = page(low(subject=subject))
    assert shown.css("script, img, iframe, object, form, base, link") == []
    assert "<img src=x onerror=a>" in text_of(shown.css_first("table.changes bdi"))


def test_it_fetches_nothing_and_runs_nothing() -> None:
    shown = page(low())
    (policy,) = [meta for meta in shown.css("meta") if meta.attributes.get("http-equiv")]
    assert str(policy.attributes["content"]).startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert not [node for node in shown.css("*") if {"src", "href", "onclick"} & set(node.attributes)]


def test_a_mail_is_told_with_what_changed_and_why() -> None:
    one = dataclasses.replace(low(), why=(Shift(rule="muted", text="You muted it.", before=0.0, after=-6.0),))
    dead = dataclasses.replace(low(), after=None, error="MailError: cut", stands=True)
    text = " ".join(text_of(page(one, dead).body).split())
    for expected in (
        "high → low",
        "priority 7 → 1",
        "You muted it.",
        "+0.00 → -6.00",
        "dead letter",
        "MailError: cut",
        "a later opinion stands",
    ):
        assert expected in text


def test_of_many_changes_the_first_are_shown_and_the_rest_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MOST_ROWS", 3)
    shown = page(*[low(subject=f"mail {number}") for number in range(5)])
    assert len(shown.css("table.changes tbody tr")) == 3
    assert "2 more are not shown here" in text_of(shown.body)


def test_nothing_changed_is_said() -> None:
    assert "No mail changes lane or category." in text_of(page().body)


def test_it_is_written_whole_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    report.save(path, "one")
    report.save(path, "two \ud800")
    assert path.read_text() == "two ?"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(OSError, match="missing"):
        report.save(tmp_path / "missing" / "report.html", "three")
