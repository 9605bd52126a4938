"""The decision: total, deterministic, consistent; deception beats urgency; the explanation adds up."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mail import Address, Attachment, Authentication, Link, Mail
from streams.triage.decide import decide
from streams.triage.model import MODEL
from streams.triage.policy import lane_for
from streams.triage.scale import on_scale
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Category, Facts, Lane, SenderFacts, ThreadFacts
from tests.examples import examples
from tests.unit.triage.written import COLLEAGUE, FACTS, OWNER, mail, verdict

FAILS = Authentication(spf="fail", dkim="none", dmarc="fail")
JUNK = {Category.SPAM, Category.PHISHING}
text = st.text(max_size=300) | st.sampled_from(
    [
        "Could you call me right now? The server is down!",
        "Dringend! Bitte bis morgen, die Anlage ist aus.",
        "UNSUBSCRIBE " * 9,
    ]
)
addresses = st.builds(Address, name=st.text(max_size=40), address=st.text(max_size=60))
counts = st.integers(min_value=0, max_value=10**6)
mails = st.builds(
    Mail,
    size=counts,
    message_id=st.text(max_size=30),
    in_reply_to=st.tuples() | st.tuples(st.text(max_size=20)),
    sender=addresses,
    reply_to=st.tuples() | st.tuples(addresses),
    to=st.lists(addresses, max_size=12).map(tuple),
    cc=st.lists(addresses, max_size=3).map(tuple),
    subject=text,
    date=st.none() | st.datetimes(),
    headers=st.dictionaries(
        st.sampled_from(["delivered-to", "content-type", "importance", "x-priority", "return-path", "list-post"]),
        st.lists(st.text(max_size=30), min_size=1, max_size=2).map(tuple),
    ),
    list_id=st.none() | st.text(max_size=20),
    list_unsubscribe=st.none() | st.text(max_size=20),
    auto_submitted=st.none() | st.sampled_from(["auto-generated", "auto-replied"]),
    precedence=st.none() | st.sampled_from(["bulk", "list", "x"]),
    authentication=st.builds(
        Authentication, spf=st.sampled_from([None, "pass", "fail"]), dmarc=st.sampled_from([None, "pass", "fail"])
    ),
    text=text,
    new_text=text,
    quoted=st.booleans(),
    is_html=st.booleans(),
    links=st.lists(st.builds(Link, text=st.text(max_size=40), target=st.text(max_size=60)), max_size=3).map(tuple),
    attachments=st.lists(
        st.builds(Attachment, name=st.text(max_size=30), content_type=st.text(max_size=9), size=counts), max_size=2
    ).map(tuple),
    calendar_method=st.none() | st.sampled_from(["", "REQUEST", "REPLY", "CANCEL"]),
)
facts = st.builds(
    Facts,
    owner=st.lists(st.text(max_size=30), max_size=2).map(tuple),
    sender=st.none() | st.builds(SenderFacts, mails=counts, important=counts, junk=counts),
    thread=st.none() | st.builds(ThreadFacts, mails=counts, top_priority=st.integers(0, 10), owner_wrote=st.booleans()),
)


@given(mails, facts)
@examples(200)
def test_any_mail_gets_one_consistent_verdict_and_the_same_again(of: Mail, known: Facts) -> None:
    first = decide(of, known, DEFAULT)
    assert first == decide(of, known, DEFAULT)
    assert 0 <= first.priority <= 10
    assert first.lane is lane_for(first.priority, DEFAULT)
    assert 0 <= first.confidence <= 1
    assert first.policy_version == DEFAULT.version
    assert first.model_version == MODEL.version
    assert [abs(reason.weight) for reason in first.reasons] == sorted(
        (abs(reason.weight) for reason in first.reasons), reverse=True
    )


@given(mails, facts)
@examples(200)
def test_bulk_and_junk_never_leave_the_low_lane_nor_want_a_reply(of: Mail, known: Facts) -> None:
    said = decide(of, known, DEFAULT)
    if said.category in JUNK | {Category.BULK}:
        assert said.lane is Lane.LOW
        assert not said.needs_reply


@given(mails, facts)
def test_the_reasons_add_up_to_the_priority_within_the_categorys_bounds(of: Mail, known: Facts) -> None:
    said = decide(of, known, DEFAULT)
    kind = DEFAULT.kinds[said.category]
    score = DEFAULT.kinds[Category.WORK].start + sum(reason.weight for reason in said.reasons)
    placed = on_scale(score, MODEL.edges, DEFAULT) if kind.presses else score
    assert abs(said.priority - min(kind.highest, max(kind.lowest, placed))) <= 0.52


@pytest.mark.parametrize(
    ("of", "lane"),
    [
        (mail("Here are the notes of last week.", sender=COLLEAGUE), Lane.NORMAL),
        (mail("Could you review the draft by Friday? I need your comments.", sender=COLLEAGUE), Lane.HIGH),
        (
            mail("Könnten Sie mir bitte bis Freitag die Unterlagen schicken? Wir brauchen sie für die Prüfung."),
            Lane.HIGH,
        ),
        (mail("Pourriez-vous me confirmer avant vendredi que la salle est libre ?"), Lane.HIGH),
        (mail("¿Me puedes confirmar la fecha antes del viernes? Te lo agradecería, es para el contrato."), Lane.HIGH),
        (
            mail(
                "Otto collapsed and is unconscious, the ambulance is here. Call me right now, please come immediately!"
            ),
            Lane.URGENT,
        ),
        (
            mail("Hi! 20 percent off, sale ends tonight, order now. Unsubscribe here.", "Sale", precedence="bulk"),
            Lane.LOW,
        ),
    ],
)
def test_plain_mails_go_where_a_person_would_put_them(of: Mail, lane: Lane) -> None:
    assert verdict(of).lane is lane


@pytest.mark.parametrize(
    "subject",
    ["URGENT!!! LAST HOURS", "Action required now", "Can you reply right now?", "DEADLINE TONIGHT", "ASAP: emergency"],
)
def test_a_newsletter_that_shouts_stays_low(subject: str) -> None:
    shouting = mail(
        "URGENT! Only hours left! Could you please act immediately? Sale, discount, order now. Unsubscribe here.",
        subject,
        list_unsubscribe="<mailto:off@shop.example>",
        precedence="bulk",
        sender=Address(name="Shop", address="news@shop.example"),
    )
    assert verdict(shouting).lane is Lane.LOW


@pytest.mark.parametrize(
    "pretext",
    [
        "",
        "Urgent! Immediately! ",
        "The server is down, call me right now. ",
        "Somebody is injured, the ambulance is here. ",
    ],
)
def test_deception_beats_urgency(pretext: str) -> None:
    fake = mail(
        pretext + "Your account will be suspended within 2 hours: verify your account below.",
        "Urgent action required",
        sender=Address(name="Harbour IT", address="it@harbour-helpdesk.example"),
        authentication=FAILS,
    )
    said = verdict(fake)
    assert said.category is Category.PHISHING
    assert said.priority <= 1


def test_history_alone_moves_a_mail_by_less_than_a_point() -> None:
    """However many mails a sender got into the important lanes, the next plain one stays where it is."""
    plain = mail("Here are the notes.")
    loud = dataclasses.replace(
        FACTS,
        sender=SenderFacts(mails=10**6, important=10**6),
        thread=ThreadFacts(mails=10**6, top_priority=10, owner_wrote=True),
    )
    with_history, without = (sum(each.weight for each in verdict(plain, known).reasons) for known in (loud, FACTS))
    assert with_history - without < 1
    assert verdict(plain, loud).lane is verdict(plain).lane is Lane.NORMAL


def test_history_does_not_vouch_for_a_forged_sender() -> None:
    """A known address whose domain disowns the mail is no acquaintance."""
    known = dataclasses.replace(FACTS, sender=SenderFacts(mails=50, important=40))
    fake = mail(
        "Verify your account below, or it will be suspended within 24 hours. Pay a fee.",
        "Final notice",
        sender=Address(name="Bank", address="help@bank.example"),
        authentication=FAILS,
    )
    assert verdict(fake, known).lane is Lane.LOW


def test_the_owner_is_inferred_from_the_delivery_header() -> None:
    copied = mail(
        "Could you send it?",
        to=(Address(address="someone@else.example"),),
        cc=(Address(address=OWNER),),
        headers={"delivered-to": (OWNER,)},
    )
    rules = {reason.rule for reason in verdict(copied, Facts()).reasons}
    assert "sent_to_someone_else" in rules
