"""`triage evaluate`: groups, the comparison of two runs, what people read."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import orjson
import pytest

from agents.commands.labels import Judgement, Labelled
from agents.evaluation import report
from agents.evaluation.comparison import compared
from agents.evaluation.figures import figures, said, worst
from agents.evaluation.judged import Judged, judged
from agents.evaluation.page import page
from infra.errors import ConfigError
from streams.triage.policy import lane_for
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category
from tests.unit.triage.written import COLLEAGUE, mail, verdict

NOTE = mail("Hier sind die Notizen von der letzten Woche, und der Plan ist auch dabei.", sender=COLLEAGUE)


def one(path: str, *, true: int, now: int, sure: float = 0.8) -> Judged:
    label = Labelled(path=path, first=Judgement(priority=true, category=Category.WORK, needs_reply=False), second=None)
    found = dataclasses.replace(verdict(NOTE), priority=now, lane=lane_for(now, DEFAULT), confidence=sure)
    return Judged(label=label, verdict=found, subject="s", language="de", words=13)


RUN = [one("a/1", true=8, now=5), one("a/2", true=5, now=5), one("b/3", true=5, now=8), one("b/4", true=9, now=9)]


def test_every_mail_is_in_one_group_of_each_kind() -> None:
    found = figures(RUN)
    for groups in (found["sources"], *found["slices"].values()):
        assert sum(each["lane_accuracy"]["of"] for each in groups.values()) == len(RUN)
    assert set(found["sources"]) == {"a", "b"}
    assert found["lane_accuracy"]["value"] == 0.5
    assert found["cost"]["value"] == pytest.approx((4 + 1) / 4)
    assert found["calibration"]["brier"] == pytest.approx((2 * 0.64 + 2 * 0.04) / 4)


def test_language_and_first_contact_come_from_the_mails() -> None:
    label = Labelled(path="x", first=RUN[0].label.first, second=None)
    found = judged((dataclasses.replace(label, path=path), NOTE, verdict(NOTE)) for path in ("1", "2"))
    assert [each.slices["contact"] for each in found] == ["first contact", "sender seen before"]
    assert {each.slices["language"] for each in found} == {"de"}
    assert {each.slices["length"] for each in found} == {"up to 20 words"}


def test_the_worst_error_comes_first_with_its_reasons() -> None:
    errors = worst([*RUN, one("c/5", true=0, now=9)], 2)
    assert [each["path"] for each in errors] == ["c/5", "a/1"]
    assert errors[0]["reasons"]


def test_two_runs_are_compared_mail_by_mail(tmp_path: Path) -> None:
    before = tmp_path / "before.json"
    then = [one("a/1", true=8, now=8), one("a/2", true=5, now=8), one("b/3", true=5, now=8), one("z/9", true=5, now=5)]
    before.write_bytes(orjson.dumps(figures(then) | {"said": said(then)}, option=orjson.OPT_NON_STR_KEYS))
    found = compared(RUN, before)
    assert (found["mails"], found["right_only_now"], found["right_only_then"], found["p"]) == (3, 1, 1, 1.0)
    assert found["lane_accuracy"]["value"] == 0
    assert found["cost"]["value"] == pytest.approx((5 - 2) / 3, abs=0.001)
    assert "sign test" in "\n".join(report.lines(figures(RUN) | {"errors": worst(RUN, 1), "compared": found}))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"said": {}, "model_version": "", "policy_version": ""}',
    b'{"said": {"a/1": ["low", "soon"]}, "model_version": "", "policy_version": ""}',
    b'{"said": {"a/1": []}, "model_version": "", "policy_version": ""}', b'{"said": [], "model_version": "", "policy_version": ""}',
    b'{"said": {"a/1": ["low", "low"]}, "model_version": 3, "policy_version": ""}',
])  # fmt: skip
def test_what_is_no_report_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(ConfigError, match=r"x\.json"):
        compared(RUN, tmp_path / "x.json")


def test_the_page_shows_all_and_takes_no_markup_from_a_mail() -> None:
    hostile = dataclasses.replace(one("c/<i>5", true=0, now=9), subject="<script>alert(1)</script>&")
    found = figures([*RUN, hostile]) | {"errors": worst([*RUN, hostile], 3)}
    text = page(found)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in text
    assert "<script" not in text
    assert "<i>" not in text
    for shown in ("Triage on 5 labelled mails", "By language", "Brier", "Worst errors", ">urgent<"):
        assert shown in text
    elements = re.findall(r"<(/?)(table|tr|td|th|ul|li|details|h2|p)\b", text)
    assert sum(1 if not slash else -1 for slash, _ in elements) == 0


def test_nothing_of_a_mail_reorders_or_hides_what_stands_beside_it() -> None:
    hostile = dataclasses.replace(one("c/5\u202e", true=0, now=9), subject="exe\u202egpj\x1b[2J\ud800")
    found = figures([*RUN, hostile]) | {"errors": worst([*RUN, hostile], 3)}
    for text in (page(found), "\n".join(report.lines(found))):
        assert "gpj" in text
        assert not [sign for sign in "\u202e\x1b\ud800" if sign in text]
