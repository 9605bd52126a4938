"""A policy file: what it changes, and what a wrong one is told. No file, no Kafka: text in, policy or complaint out."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from agents.commands.policy import policy as command
from streams.mail import Address, Authentication
from streams.policies import PolicyError, load_policy, parse_policy
from streams.policies.positions import positions
from streams.triage.decide import decide
from streams.triage.glob import Glob
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts, Verdict
from tests.unit.triage.written import OWNER, mail

FILE = """\
vips = ["boss@harbour.example"]

[lanes]
high = 6

[weights.asks_for_something]
priority = 1.5

[[rule]]
name = "releases"
subject = "*release*"
at_least = "high"

[[rule]]
name = "tickets"
header = { X-Ticket = "T-*" }
priority = -1

[account.rosa.hours]
begin = "08:00"
end = "18:00"
zone = "Europe/Berlin"
"""
COMPLAINTS = {
    "syntax": ("vips = [", "Invalid value"),
    "unknown key": ("vip = []", "policy:1:1: vip: no such key"),
    "kind": ("[important]\n cost = 'much'", "policy:2:2: important.cost: Input should be a valid number"),
    "range": ("[important]\ncost = 0", "policy:2:1: important.cost: Input should be greater than"),
    "rule": ("\n[weights.asks_fro]\n", "policy:2:1: weights.asks_fro: no such rule"),
    "lanes": ("[lanes]\nhigh = 3", "policy:1:1: lanes: lanes begin at 0 < normal < high < urgent, not 4, 3, 9"),
    "no condition": ('[[rule]]\nname="a"\npriority=1', "policy:1:1: rule.0: a rule needs a condition"),
    "no effect": ('[[rule]]\nname="a"\nsender="b"', "policy:1:1: rule.0: a rule needs an effect"),
    "second rule": (FILE.replace("priority = -1", "prio = 1"), "policy:17:1: rule.1.prio: no such key"),
    "empty pattern": (FILE.replace("T-*", ""), "policy:16:1: rule.1.header.X-Ticket: an empty pattern"),
    "lane": (FILE.replace('"high"', '"soon"'), "policy:12:1: rule.0.at_least: Input should be 'urgent'"),
    "zone": (FILE.replace("Europe/Berlin", "Moon/Sea"), "policy:22:1: account.rosa.hours.zone: 'Moon/Sea' is no time"),
    "a zone is no path": (FILE.replace("Europe/Berlin", "../etc/passwd"), "policy:22:1: account.rosa.hours.zone"),
    "offset": (
        FILE.replace("08:00", "08:00+01:00"),
        "policy:20:1: account.rosa.hours.begin: a time without an offset: `zone`",
    ),
    "time": (FILE.replace("08:00", "8"), "policy:20:1: account.rosa.hours.begin: Invalid isoformat"),
    "twice": (FILE.replace("tickets", "releases"), "rules of the same name: releases"),
    "after a long string": ('[[rule]]\nname="a"\nsays="""\nname = 1\n"""\nsender=3', "policy:6:1: rule.0.sender"),
}


@pytest.mark.parametrize(("text", "complaint"), COMPLAINTS.values(), ids=COMPLAINTS)
def test_what_is_wrong_is_told_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(PolicyError) as told:
        parse_policy(text)
    assert complaint in str(told.value)


@given(
    st.lists(
        st.sampled_from([*FILE.splitlines(), "[", "x = 1", 'says = """', '"""', "[account.rosa]", "\u2028"]),
        max_size=40,
    )
)
def test_any_file_is_a_policy_or_a_complaint(lines: list[str]) -> None:
    try:
        told = parse_policy("\n".join(lines)).version
    except PolicyError as error:
        told = str(error)
    assert told.startswith("policy:") or len(told) == len(DEFAULT.version)


def test_nesting_without_end_is_a_complaint() -> None:
    with pytest.raises(PolicyError):
        parse_policy("vips = " + "[" * 100_000)


def test_an_empty_file_is_the_policy_that_ships() -> None:
    assert parse_policy("").version == DEFAULT.version


def test_the_version_follows_the_content_of_its_own_account_alone() -> None:
    read = parse_policy(FILE)
    other = parse_policy(FILE.replace("18:00", "17:00"))
    assert (read.version, other.version) == (parse_policy("# a comment\n" + FILE).version, read.version)
    assert len({DEFAULT.version, read.version, read.of("rosa").version, other.of("rosa").version}) == 4
    assert read.of("somebody").version == read.version


def test_a_file_that_is_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"none\.toml.*POLICY_FILE"):
        load_policy(tmp_path / "none.toml")


def said(
    text: str, of: str = "", at: str = "2026-03-02T09:00:00.000Z", subject: str = "Notes", **of_mail: object
) -> Verdict:
    facts = Facts(owner=(OWNER,), received_at=at)
    return decide(mail(of or "Some notes from today.", subject, **of_mail), facts, parse_policy(text))


BOSS = Address(name="", address="boss@harbour.example")
FORGED = Authentication(spf="fail", dkim="fail", dmarc="fail")
HOURS = '[hours]\nbegin = "08:00"\nend = "18:00"\nzone = "Europe/Berlin"\n'
RAISE = '[[rule]]\nname = "notes"\nsubject = "*note*"\nat_least = "high"\n'
LANES = {
    "nothing said": ("", {}, "normal"),
    "a VIP": ('vips = ["BOSS@*"]', {"sender": BOSS}, "high"),
    "somebody else": ('vips = ["boss@*"]', {}, "normal"),
    "a VIP's address, claimed": ('vips = ["boss@*"]', {"sender": BOSS, "authentication": FORGED}, "normal"),
    "muted": ('mutes = ["pat@*"]', {}, "low"),
    "a muted list": ('mutes = ["talk.example"]', {"list_id": "talk.example"}, "low"),
    "own rule": (RAISE, {}, "high"),
    "own rule, other subject": (RAISE, {"subject": "Plans"}, "normal"),
    "own rule, sender forged": (RAISE, {"authentication": FORGED}, "normal"),
    "the later rule has its way": (RAISE + '[[rule]]\nname = "b"\nsender = "*"\nat_most = "low"', {}, "low"),
    "every condition counts": (RAISE + 'sender = "nobody@*"', {}, "normal"),
    "one of several patterns": (RAISE + 'sender = ["nobody@*", "pat@*"]', {}, "high"),
    "header": ('[[rule]]\nname = "t"\nheader = { X-Ticket = "T-*" }\nat_most = "low"', {"headers": {"x-ticket": ("T-1",)}}, "low"),
    "lanes moved": ("[lanes]\nnormal = 1\nhigh = 2\nurgent = 9", {}, "high"),
    "category": ('[[rule]]\nname = "ads"\nsender = "pat@*"\nmake_category = "bulk"', {}, "low"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("at", "zone"), [("9999-12-31T23:59:59Z", "Pacific/Kiritimati"), ("0001-01-01T00:00:00Z", "Pacific/Pago_Pago")]
)
def test_a_day_that_the_zones_calendar_lacks_is_working_time(at: str, zone: str) -> None:
    """The Date of a hostile mail, which counts offline."""
    hours = parse_policy(HOURS.replace("Europe/Berlin", zone)).own.hours
    assert hours is not None
    assert hours.covers(at)


@pytest.mark.parametrize(("text", "of_mail", "lane"), LANES.values(), ids=LANES)
def test_a_policy_of_ones_own_decides_the_lane(text: str, of_mail: dict[str, object], lane: str) -> None:
    assert said(text, **of_mail).lane == lane  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "lane"),
    [
        ("2026-03-02T09:00:00.000Z", "high"),
        ("2026-03-02T06:59:59.000Z", "normal"),
        ("2026-03-02T17:00:00.000Z", "normal"),
        ("2026-03-01T09:00:00.000Z", "normal"),
        ("2026-07-06T06:30:00.000Z", "high"),
        ("", "high"),
    ],
)  # Monday, too early, too late, Sunday, summer time, unknown
def test_outside_working_hours_mail_that_is_not_urgent_waits(at: str, lane: str) -> None:
    verdict = said(RAISE.replace("at_least", "category = 'work'\npriority = 0\nat_least") + HOURS, at=at)
    assert verdict.lane == "high"  # an own rule is the more special one
    ask = "Could you please approve the budget by tomorrow? We need your decision, the order is blocked."
    free, held = said("", ask, "2026-03-02T09:00:00.000Z"), said(HOURS, ask, at)
    assert free.lane == "high"
    assert held.lane == lane
    assert ("outside_hours" in {reason.rule for reason in held.reasons}) == (lane == "normal")


def test_urgent_mail_and_vips_come_at_any_hour() -> None:
    night = "2026-03-01T02:00:00.000Z"
    assert said('vips = ["pat@*"]\n' + HOURS, at=night).lane == "high"


def test_working_hours_may_go_over_midnight() -> None:
    text = HOURS.replace("08:00", "22:00").replace("18:00", "06:00")
    hours = parse_policy(text).own.hours
    assert hours is not None
    moments = ("2026-03-06T22:30:00Z", "2026-03-07T04:00:00Z", "2026-03-07T22:30:00Z", "2026-03-06T12:00:00Z")
    assert [hours.covers(moment) for moment in moments] == [True, True, False, False]


def test_a_reason_of_ones_own_weighs_what_it_moved() -> None:
    plain, ruled = said(""), said('[[rule]]\nname = "n"\nsays = "Notes."\nsubject = "notes"\npriority = -1.5')
    (reason,) = [each for each in ruled.reasons if each.rule == "own:n"]
    assert (reason.weight, reason.text) == (-1.5, "Notes.")
    assert [each for each in ruled.reasons if each is not reason] == list(plain.reasons)


def test_the_dearer_a_buried_mail_the_more_is_high() -> None:
    texts = [
        "Could you have a look at this?",
        "Please send the file by Friday.",
        "See you.",
        "We must decide today, please answer.",
    ]

    def high(cost: float) -> int:
        policy = parse_policy(f"[important]\ncost = {cost}")
        return sum(decide(mail(text), Facts(owner=(OWNER,)), policy).priority >= 7 for text in texts)

    counts = [high(cost) for cost in (0.25, 1, 4, 16, 64)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


GLOBS = [
    ("a@b.example", "A@B.example", True), ("a@b.example", "xa@b.example", False), ("*@b.example", "a@b.example", True),
    ("*@b.example", "a@b.example.evil", False), ("a*b*c", "a-b-b-c", True), ("a*b*c", "acb", False), ("a*a", "a", False),
    ("*", "", True), ("re*: *", "RE[2]: x", True), ("ab*bc", "abc", False), ("ẞ", "ss", True),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text", "fits"), GLOBS)
def test_a_pattern_is_plain_text_and_stars(pattern: str, text: str, fits: bool) -> None:
    assert Glob(pattern).fits(text) is fits


@given(
    st.lists(st.text("ab", max_size=3), min_size=1, max_size=5),
    st.lists(st.text("ab", max_size=3), min_size=4, max_size=4),
)
def test_a_pattern_fits_what_it_is_filled_to(parts: list[str], between: list[str]) -> None:
    pattern = "*".join(parts)
    text = "".join(part + fill for part, fill in zip(parts, [*between[: len(parts) - 1], ""], strict=False))
    assert not pattern or Glob(pattern).fits(text)


def test_check_and_test_say_what_a_file_would_change(tmp_path: Path) -> None:
    file, corpus = tmp_path / "policy.toml", tmp_path / "mails"
    corpus.mkdir()
    for number, subject in enumerate(("Notes", "Plans")):
        text = f"From: pat@elsewhere.example\nTo: {OWNER}\nSubject: {subject}\nDate: Mon, 2 Mar 2026 09:00:00 +0000\n\nHello.\n"
        (corpus / f"{number}.eml").write_text(text)
    file.write_text(RAISE)
    run = CliRunner()
    assert parse_policy(RAISE).version in run.invoke(command, ["check", str(file)]).output
    tried = run.invoke(command, ["test", str(file), "--against", str(corpus), "--max-changes", "1"])
    assert tried.exit_code == 0
    assert "1 of 2 mails change" in tried.output
    assert "Your rule 'notes' says so." in tried.output
    gated = run.invoke(command, ["test", str(file), "--against", str(corpus), "--max-changes", "0", "--json"])
    assert gated.exit_code == 1
    assert '"changed":1' in gated.output
    file.write_text("vip = 1")
    assert isinstance(run.invoke(command, ["check", str(file)]).exception, PolicyError)


HUGE = {
    "a number": "x = " + "1" * 5000,
    "a dotted key": "a" + ".a" * 400_000 + " = 1",
    "a quoted dotted key": '"a b"' + '. "\\" b"' * 100_000 + " = 1",
    "a dotted header": "[a" + ".a" * 400_000 + "]",
    "tables within tables": "x = " + "{a.b.c.d.e.f.g.h = " * 100 + "1" + "}" * 100,
    "a long list and a mistake": "vips = [\n" + '"a@b.example",\n' * 40_000 + "]\nvip = 1\n",
    "a long list in lines": "vips = [" + '"a@b.example", ' * 40_000 + "]\nvip = 1\n",
    "quotes": 'says = "' + '\\"' * 400_000 + '"\nvip = 1',
    "many keys": "".join(f"k{number} = 1\n" for number in range(50_000)),
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_a_file_that_is_made_to_be_slow_is_a_complaint_in_linear_time(text: str) -> None:
    began = time.process_time()
    with pytest.raises(PolicyError, match="policy:"):
        parse_policy(text)
    assert time.process_time() - began < 20  # the worst took an hour


def test_many_complaints_are_told_in_part() -> None:
    with pytest.raises(PolicyError) as told:
        parse_policy(HUGE["many keys"])
    lines = str(told.value).splitlines()
    assert lines[0] == "policy:1:1: k0: no such key"
    assert (len(lines), lines[-1]) == (101, "policy: and 49900 more")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('a = """\n[x]\n"""\nb = 1', {("a",): (1, 1), ("b",): (4, 1)}),
        ('a = """x\\""" # [\n"""\nb = 1', {("a",): (1, 1), ("b",): (3, 1)}),
        ('a = """x"""""\nb = 1', {("a",): (1, 1), ("b",): (2, 1)}),
        ("a = '''\n\"\n'''\nb = 1", {("a",): (1, 1), ("b",): (4, 1)}),
        ("a = [ # ]\n '#]', \"\\\"]\",\n]\n b = 1", {("a",): (1, 1), ("b",): (4, 2)}),
        ("a = [\r\n1]\r\nb = 1\r\n", {("a",): (1, 1), ("b",): (3, 1)}),
        ("# '''\n\na = {b = ['[']}\nc = \"'''\"\nd = 1", {
            ("a",): (3, 1), ("a", "b"): (3, 1), ("c",): (4, 1), ("d",): (5, 1),
        }),
        ('["a.]b"]\nc = 1', {("a.]b",): (1, 1), ("a.]b", "c"): (2, 1)}),
    ],
)  # fmt: skip
def test_statements_of_several_lines_keep_their_place(
    text: str, places: dict[tuple[str, ...], tuple[int, int]]
) -> None:
    assert positions(text) == places
