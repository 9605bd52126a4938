"""Each rule: a mail that it hits and a near miss that it leaves alone."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest

from streams.mail import Address, Attachment, Authentication, Link, Mail
from streams.triage.cues import Cue
from streams.triage.features import Features
from streams.triage.parties import Role
from streams.triage.rule import hits_of, rule
from streams.triage.rules import RULES
from streams.triage.shipped import DEFAULT
from streams.triage.traits import Trait
from streams.triage.verdict import Facts, SenderFacts, ThreadFacts
from tests.unit.triage.written import COLLEAGUE, FACTS, OWNER, hits, mail

NOTHING = Authentication()
FAILS = Authentication(spf="fail", dkim="none", dmarc="fail")
OTHERS = tuple(Address(address=f"person{n}@other.example") for n in range(12))
ROBOT = Address(name="Beacon", address="alerts@beacon.example")
ROSA = Address(name="Rosa Lind", address=OWNER)
SPAM = (
    "Make money fast. 100 percent free, risk free. Extra income! No credit check. Dear friend, you have been selected. "
    "Viagra and pills, order now."
)


def by(address: str, name: str = "") -> dict[str, Any]:
    return {"sender": Address(name=name, address=address)}


def headers(**values: str) -> dict[str, Any]:
    return {"headers": {name.replace("_", "-"): (value,) for name, value in values.items()}}


BULK: dict[str, Any] = {"list_unsubscribe": "<mailto:off@shop.example>", "precedence": "bulk"}
LIST: dict[str, Any] = {"list_id": "talk.lists.example", "in_reply_to": ("a@b.example",), "precedence": "list"}
AUTOMATIC: dict[str, Any] = {"auto_submitted": "auto-generated"} | {"sender": ROBOT}

CASES: list[tuple[str, Mail, Mail]] = [
    # rule, a hit, a near miss
    ("asks_for_something", mail("Could you send me the plan?"), mail("The plan was sent.")),
    ("asks_repeatedly", mail("Please call me. Please send it. Can you confirm the date?"), mail("Please call me.")),
    ("asks_in_the_subject", mail("x", "Can you come?"), mail("x", "Re: Can you come?", in_reply_to=("a@b.example",))),
    ("puts_a_question_to_you", mail("Are you there on Monday?"), mail("Is it there on Monday?")),
    ("is_a_short_question", mail("Any interest?"), mail("Any interest? " + "word " * 80)),
    ("wants_a_decision", mail("It awaits your approval."), mail("It was approved.")),
    ("asks_politely", mail("Happy to discuss."), mail("Could you send it? Happy to discuss.")),
    ("turns_to_you_by_name", mail("Rosa, what now?", to=OTHERS[:2], cc=(ROSA,)), mail("As Rosa said", to=OTHERS[:2], cc=(ROSA,))),
    ("names_you_on_a_list", mail("Rosa, is there a reason?", **LIST), mail("Hi all, is there a reason?", **LIST)),
    ("sent_to_you_alone", mail("x"), mail("x", to=(ROSA, OTHERS[0]))),
    ("asks_you_alone", mail("Could you call?"), mail("Could you call?", to=(ROSA, OTHERS[0]))),
    ("sent_to_a_few", mail("x", to=(ROSA, OTHERS[0])), mail("x", to=(ROSA, *OTHERS))),
    ("asks_a_few", mail("Could you call?", to=(ROSA, OTHERS[0])), mail("Could you call?")),
    ("sent_to_many", mail("x", to=(ROSA, *OTHERS)), mail("x", to=(ROSA, OTHERS[0]))),
    ("sent_to_someone_else", mail("Otto, do it.", to=OTHERS[:1], cc=(ROSA,)), mail("Rosa, do it.", to=OTHERS[:1], cc=(ROSA,))),
    ("asks_someone_else", mail("Otto, could you do it?", to=OTHERS[:1], cc=(ROSA,)), mail("Rosa, could you do it?", to=OTHERS[:1], cc=(ROSA,))),
    ("office_chatter", mail("There is cake in the kitchen.", to=OTHERS), mail("There is cake in the kitchen.")),
    ("cannot_wait", mail("The court closes at noon."), mail("The court is closed.")),
    ("can_hardly_wait", mail("The database is down, nobody else can restart it, call me."), mail("The database is down.")),
    ("must_not_wait", mail("The database is down since noon, only you can restart it, call me."), mail("The database is down. Call me.")),
    ("must_not_wait_at_all", mail("Smoke in the hall! They are standing outside and only you have the key, call me, or else they break the door at 15:00 today."), mail("Smoke in the hall! " + "word " * 700)),
    ("goes_on_now", mail("The van leaves in ten minutes and the boxes are still here. Do you have the key?", subject="Boxes"), mail("The van leaves on Friday in the morning and the boxes are still here. Do you have the key?", subject="Boxes")),
    ("goes_on_now_and_wants_you", mail("The van leaves in ten minutes, I can't open the gate. Do you have the key? Call me."), mail("The van leaves next week and I can't open the gate. Do you have the key? Call me.")),
    ("only_you_can", mail("The server is down and only you can restart it."), mail("The server is down.")),
    ("closes_today", mail("The portal closes at 17:00, otherwise we are out."), mail("The portal closes at 17:00.")),
    ("practises", mail("The fire drill is on Tuesday."), mail("The fire is out.")),
    ("not_named", mail("x", to=()), mail("x")),
    ("from_a_colleague", mail("x", sender=COLLEAGUE), mail("x", sender=COLLEAGUE, authentication=FAILS)),
    ("no_action_needed", mail("No action is needed."), mail("Action is needed.")),
    ("asks_nothing_after_all", mail("Could you check? No need to reply."), mail("No need to reply.")),
    ("decision_in_the_subject", mail("x", "Claim awaits your approval"), mail("It awaits your approval")),
    ("ask_withdrawn", mail("Never mind, found it."), mail("I do mind.")),
    ("only_thanks", mail("Thank you for the lovely evening."), mail("Thank you for the plan. Could you send the rest?")),
    ("only_for_information", mail("FYI, attached is the table."), mail("FYI. Please review it.")),
    ("forwarded_without_a_word", mail("", "FW: table"), mail("", "FW: can you do this?")),
    ("answers_in_a_word", mail("Go ahead.", "Re: paint", in_reply_to=("a@b.example",)), mail("Thanks!", "Re: paint", in_reply_to=("a@b.example",))),
    ("personal_words", mail("Mum and dad send kisses."), mail("The father of the theory.")),
    ("from_a_private_mailbox", mail("x", **by("pat@gmail.com")), mail("x", **by("pat@firm.example"))),
    ("presses_for_now", mail("Call me right now."), mail("Call me next month.")),
    ("presses_hard", mail("Right now! Immediately!"), mail("Immediately.")),
    ("presses_with_stakes", mail("Immediately: the server is down."), mail("Immediately.")),
    ("stakes_by_tomorrow", mail("The court hearing is tomorrow."), mail("The court hearing is next year.")),
    ("due_within_a_day", mail("Please send it by tomorrow."), mail("It rained today.")),
    ("speaks_of_today", mail("It is today."), mail("It was yesterday.")),
    ("soon_in_the_subject", mail("x", "Gate duty tomorrow"), mail("tomorrow", "Gate duty")),
    ("has_a_deadline", mail("Please send it by Friday."), mail("We met; the deadline was met.")),
    ("named_day_is_near", mail("Please send it by Friday.", date=datetime(2026, 3, 5, 9, tzinfo=UTC)), mail("Please send it by Friday.", date=datetime(2026, 3, 2, 9, tzinfo=UTC))),
    ("named_day_is_far", mail("Please send it by the deadline, 2026-04-30.", date=datetime(2026, 3, 5, 9, tzinfo=UTC)), mail("Please send it by Friday.", date=datetime(2026, 3, 2, 9, tzinfo=UTC))),
    ("mentions_a_deadline", mail("The deadline was met."), mail("Please send it by Friday.")),
    ("says_urgent", mail("This is urgent."), mail("The surgent fish.")),
    ("urgent_with_stakes", mail("Urgent: the server is down."), mail("Urgent.")),
    ("marked_important", mail("x", **headers(importance="High")), mail("x", **headers(importance="normal"))),
    ("danger_to_someone", mail("She collapsed in the hall."), mail("She sang in the hall.")),
    ("danger_at_length", mail("He is bleeding, the ambulance is here."), mail("The ambulance museum is nice.")),
    ("danger_now", mail("He is bleeding, come immediately."), mail("The bleeding stopped last year.")),
    ("something_is_down", mail("The database is down."), mail("The database was down. It has been restored.")),
    ("alarm_is_firing", mail("Status triggered. Disk full.", **AUTOMATIC), mail("Status triggered. Disk full. Resolved.", **AUTOMATIC)),
    ("security_at_stake", mail("There was a data breach."), mail("There was a beach.")),
    ("money_at_stake", mail("The invoice is overdue."), mail("The invoice was paid.")),
    ("law_at_stake", mail("Please bring the contract."), mail("The contract is long.")),
    ("work_is_blocked", mail("We are blocked."), mail("We are happy.")),
    ("it_is_over", mail("It is resolved."), mail("It is open.")),
    ("invites_you", mail("x", calendar_method="REQUEST"), mail("x", calendar_method="REPLY")),
    ("updates_a_meeting", mail("It was moved to May.", calendar_method="REQUEST"), mail("x", calendar_method="REQUEST")),
    ("answers_an_invitation", mail("x", calendar_method="REPLY"), mail("x", calendar_method="REQUEST")),
    ("cancels_a_meeting", mail("x", calendar_method="CANCEL"), mail("x", calendar_method="REQUEST")),
    ("plan_changes_soon", mail("Tomorrow is cancelled."), mail("The show is cancelled.")),
    ("proposes_a_meeting", mail("Could you join the meeting?"), mail("The meeting was long.")),
    ("sent_by_a_program", mail("x", auto_submitted="auto-generated"), mail("x")),
    ("is_a_receipt", mail("x", "Your order"), mail("x", "In order")),
    ("is_about_a_parcel", mail("Your parcel is on its way.", **AUTOMATIC), mail("Your parcel is on its way.")),
    ("has_a_one_time_code", mail("Your code is 123456."), mail("Your code is 123456.", authentication=FAILS)),
    ("is_about_your_account", mail("Your account was updated.", **AUTOMATIC), mail("Your account of the trip was fun.")),
    ("is_from_a_tool", mail("Build failed.", **AUTOMATIC), mail("Build failed.")),
    ("assigned_to_you", mail("Ticket 4 is assigned to you.", **AUTOMATIC), mail("Ticket 4 was closed.", **AUTOMATIC)),
    ("your_payment_failed", mail("Your payment failed.", **AUTOMATIC), mail("Your payment failed.")),
    ("nobody_is_there", mail("x", auto_submitted="auto-replied"), mail("x", auto_submitted="auto-replied", calendar_method="REPLY")),
    ("mail_came_back", mail("x", **by("MAILER-DAEMON@mx.example")), mail("x", **by("mailer@mx.example"))),
    ("cleared_by_itself", mail("Alert resolved.", **AUTOMATIC), mail("We resolved it.")),
    ("can_be_unsubscribed", mail("x", **BULK), mail("x", **LIST)),
    ("sent_in_bulk", mail("x", precedence="bulk"), mail("x", precedence="first-class")),
    ("talks_of_unsubscribing", mail("Click here to unsubscribe."), mail("Click.")),
    ("reads_like_a_newsletter", mail("Newsletter. In this issue: news."), mail("A letter with news.")),
    ("newsletter_in_the_subject", mail("x", "Weekly digest"), mail("x", "Digestion")),
    ("digest_by_a_program", mail("12 things happened.", "Your week in numbers", **AUTOMATIC), mail("Rate your stay.", "Server is down", **AUTOMATIC)),
    ("reads_like_marketing", mail("Huge sale, use this coupon, order now!"), mail("The sail is torn.")),
    ("from_a_publisher", mail("x", **by("newsletter@shop.example")), mail("x", **by("newton@firm.example"))),
    ("looks_like_a_page", mail("x", is_html=True, links=(Link(text="a", target="https://a.example"),) * 9), mail("x", is_html=True)),
    ("talk_on_a_list", mail("x", **LIST), mail("x", list_id="news.shop.example", **by("news@shop.example"))),
    ("announced_to_a_list", mail("x", list_id="news.shop.example", **by("news@shop.example")), mail("x", **LIST)),
    ("machine_fed_list", mail("x", **by("rssfeeds@feeds.example")), mail("x", **by("ross@feeds.example"))),
    ("chain_letter", mail("A joke.", "Fwd: joke"), mail("A yoke.", "Fwd: yoke")),
    ("shouting_bulk", mail("x", "URGENT: LAST HOURS TO SAVE", **BULK), mail("x", "Our news", **BULK)),
    ("spam_phrases", mail(SPAM), mail("The money is in the bank.")),
    ("more_spam_phrases", mail(SPAM), mail("Make money fast. " + "word " * 200)),
    ("full_of_spam_phrases", mail(SPAM), mail("Make money fast, risk free.")),
    ("dense_with_offers", mail(SPAM), mail(SPAM, "Re: x")),
    ("spam_in_the_subject", mail("x", "Viagra here"), mail("x", "Niagara here")),
    ("noise_in_the_subject", mail("x", "Great rates        93xkq"), mail("x", "Great rates in 2026")),
    ("pretends_to_answer", mail("x", "Re: your request"), mail("x", "Re: your request", in_reply_to=("a@b.example",))),
    ("marked_as_advertisement", mail("x", "ADV: buy"), mail("x", "Advice: do not buy")),
    ("throwaway_sender", mail("x", **by("kq8271z@firm.example")), mail("x", **by("paul2@firm.example"))),
    ("nameless_free_mail", mail("x", **by("pat@hotmail.com")), mail("x", **by("pat@hotmail.com", "Pat"))),
    ("to_itself_or_nobody", mail("x", to=()), mail("x")),
    ("answers_go_to_free_mail", mail("x", reply_to=(Address(address="x@gmail.com"),)), mail("x", reply_to=(Address(address="x@firm.example"),))),
    ("link_hides_its_place", mail("x", links=(Link(text="a", target="http://10.1.2.3/x"),)), mail("x", links=(Link(text="a", target="http://a.example/10.1.2.3"),))),
    ("html_alone_from_a_stranger", mail("x", authentication=NOTHING, **headers(content_type="text/html")), mail("x", authentication=NOTHING, **headers(content_type="text/plain"))),
    ("no_proper_headers", mail("x", message_id=""), mail("x", date=datetime(2026, 1, 1, tzinfo=UTC))),
    ("hides_text", mail("x", flags=frozenset({"hidden-text"})), mail("x", flags=frozenset({"truncated"}))),
    ("cold_pitch", mail("Our agency does SEO."), mail("Our agency does SEO.", sender=COLLEAGUE)),
    ("hard_pitch", mail("Our agency does SEO, backlinks, a free audit."), mail("Our agency.")),
    ("advance_fee", mail("My late husband, next of kin, sum of ten million dollars."), mail("My husband.")),
    ("fails_authentication", mail("x", authentication=FAILS), mail("x", authentication=FAILS, list_id="a.example")),
    ("unproven_lure", mail("Verify your account.", authentication=FAILS), mail("Verify your account.")),
    ("wants_credentials", mail("Verify your account."), mail("Verify your account.", sender=COLLEAGUE)),
    ("threatens_your_account", mail("Your account will be suspended."), mail("The bridge is suspended.")),
    ("threat_and_credentials", mail("Your account will be suspended: verify your account."), mail("Your account will be suspended.")),
    ("wants_a_payout", mail("Buy gift cards."), mail("Buy gifts.")),
    ("boss_from_free_mail", mail("I can't take calls. Buy gift cards.", **by("boss@gmail.com")), mail("Buy gift cards.", **by("boss@gmail.com"))),
    ("name_claims_another_address", mail("x", **by("a@evil.example", "help@bank.example")), mail("x", **by("a@bank.example", "help@bank.example"))),
    ("name_claims_your_organisation", mail("x", **by("a@evil.example", "Harbour IT")), mail("x", **by("a@harbour.example", "Harbour IT"))),
    ("lookalike_of_yours", mail("x", **by("it@harbour-helpdesk.example")), mail("x", **by("it@harbinger.example"))),
    ("lookalike_of_its_name", mail("x", **by("a@paypa1.example", "Paypal")), mail("x", **by("a@paypal.example", "Paypal"))),
    ("domain_in_disguise", mail("x", **by("a@p\u0430ypal.example")), mail("x", **by("a@paypal.example"))),
    ("dressed_up_domain", mail("Verify your account.", **by("a@ibarra-secure.example")), mail("Hello.", **by("a@ibarra-secure.example"))),
    ("link_lies", mail("x", links=(Link(text="https://bank.example", target="https://evil.example"),)), mail("x", links=(Link(text="https://bank.example", target="https://www.bank.example/x"),))),
    ("link_lies", mail("x", links=(Link(text="https://bank.example", target="https://bank.example@evil.example/"),)), mail("x", links=(Link(text="https://bank.example", target="https://www.bank.example/x"),))),
    ("answers_go_elsewhere", mail("x", reply_to=(Address(address="x@third.example"),)), mail("x", reply_to=(Address(address="x@elsewhere-firm.example"),))),
    ("dangerous_attachment", mail("x", attachments=(Attachment(name="invoice.pdf.exe", content_type="x/y", size=1),)), mail("x", attachments=(Attachment(name="invoice.pdf", content_type="x/y", size=1),))),
    ("lure_with_a_bare_link", mail("Verify your account.", links=(Link(text="go", target="https://evil.example"),)), mail("Verify your account.", links=(Link(text="go", target="https://elsewhere-firm.example"),))),
    ("your_own_address_forged", mail("x", sender=ROSA, authentication=FAILS), mail("x", sender=ROSA)),
    ("borrows_a_name", mail("x", **by("a@mail-center.example", "PayPal Service")), mail("x", **by("a@eu.paypal.example", "PayPal Service"))),
    ("borrows_a_name", mail("x", **by("a@paypal-help.example", "Pay Pal")), mail("x", **by("chase.moss@firm.example", "Chase Moss"))),
    ("lures_in_a_borrowed_name", mail("Verify your account.", **by("a@firm.example", "Netflix")), mail("Hello.", **by("a@firm.example", "Netflix"))),
    ("lures_in_a_name_of_its_own", mail("Verify your account.", authentication=NOTHING, **by("a@node.example", "Harbour Mail Support")), mail("Verify your account.", authentication=NOTHING, **by("a@support.lindner.example", "Lindner Support"))),
    ("bill_to_call_about", mail("Your invoice: call (888) 555-0143.", **by("b@gmail.com")), mail("Your invoice: call (888) 555-0143.")),
    ("vouched_name", mail("x", **by("a@mail.lindner.example", "Lindner Bank")), mail("x", authentication=FAILS, **by("a@lindner.example", "Lindner"))),
    ("noise_in_the_subject", mail("x", "Lose weight now 83921"), mail("x", "Invoice 83921")),
    ("html_alone_from_a_stranger", mail("x", authentication=NOTHING, **headers(content_type="text/html")), mail("x", **headers(content_type="text/html"))),
    ("stranger_in_a_hurry", mail("Urgent: verify your account."), mail("Urgent: verify your account.", sender=COLLEAGUE)),
    ("shouting_subject", mail("x", "READ THIS NOW PLEASE"), mail("x", "NATO and the EU met")),
    ("shouts_at_a_crowd", mail("There is cake.", "READ THIS NOW!!"), mail("Fire on the stairs, evacuate.", "READ THIS NOW!!")),
    ("exclaims", mail("Wow! Yes! Great! Super!"), mail("Wow!")),
    ("nothing_written", mail("", ""), mail("", "Three long words")),
    ("long_text", mail("word " * 500), mail("Please send it. " + "word " * 500)),
    ("subject_is_the_mail", mail("", "can you take my duty tomorrow"), mail("", "my duty tomorrow")),
]  # fmt: skip
SENDER = SenderFacts(mails=9, important=8)
HISTORY: list[tuple[str, Facts, Facts]] = [
    ("usually_important", Facts(sender=SENDER), Facts(sender=SenderFacts(mails=1, important=1))),
    ("never_important", Facts(sender=SenderFacts(mails=20)), Facts(sender=SenderFacts(mails=20, important=1))),
    ("sends_junk", Facts(sender=SenderFacts(mails=9, junk=8)), Facts(sender=SenderFacts(mails=9, junk=1))),
    ("known_sender", Facts(sender=SENDER), Facts(sender=SenderFacts(mails=9, junk=1))),
    ("hot_thread", Facts(thread=ThreadFacts(top_priority=8)), Facts(thread=ThreadFacts(top_priority=6))),
    ("you_wrote_here", Facts(thread=ThreadFacts(owner_wrote=True)), Facts(thread=ThreadFacts(mails=4))),
]


@pytest.mark.parametrize(("name", "hit", "miss"), CASES, ids=[case[0] for case in CASES])
def test_a_rule_hits_its_mail_and_leaves_a_near_miss(name: str, hit: Mail, miss: Mail) -> None:
    assert name in hits(hit)
    assert name not in hits(miss)


@pytest.mark.parametrize(("name", "hit", "miss"), CASES, ids=[case[0] for case in CASES])
def test_rules_that_are_not_asked_would_not_have_hit(name: str, hit: Mail, miss: Mail) -> None:
    for each in (hit, miss):
        features = Features(each, FACTS)
        assert hits_of(features) == [name for name, rule in RULES.items() if rule.hits(features)]


@pytest.mark.parametrize("facts", [facts for _, *both in HISTORY for facts in both])
def test_rules_of_history_that_are_not_asked_would_not_have_hit(facts: Facts) -> None:
    features = Features(mail("x"), dataclasses.replace(facts, owner=(OWNER,)))
    assert hits_of(features) == [name for name, rule in RULES.items() if rule.hits(features)]


def test_an_owner_named_beside_group_addresses_of_their_own_is_a_reader_whatever_the_order() -> None:
    groups = [f"{name}@harbour.example" for name in ("team", "office", "staff", "all", "members")]
    facts = Facts(owner=(*groups, OWNER))
    for to in ([*groups, OWNER], [OWNER, *groups]):
        assert Features(mail("x", to=tuple(Address(address=each) for each in to)), facts).role is Role.FEW
    assert Features(mail("x", to=tuple(Address(address=each) for each in groups)), facts).role is Role.CROWD


def test_no_cue_trait_or_role_is_called_like_another() -> None:
    """They are keys of one table."""
    names = [str(each) for each in (*Cue, *Trait, *Role)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("name", "hit", "miss"), HISTORY, ids=[case[0] for case in HISTORY])
def test_a_rule_of_history_reads_the_tables(name: str, hit: Facts, miss: Facts) -> None:
    facts = [dataclasses.replace(each, owner=(OWNER,)) for each in (hit, miss)]
    assert name in hits(mail("x"), facts[0])
    assert name not in hits(mail("x"), facts[1])


def test_every_rule_has_cases_here() -> None:
    assert {case[0] for case in (*CASES, *HISTORY)} == set(RULES)


def test_there_are_at_least_forty_rules_with_a_sentence_each() -> None:
    assert len(RULES) >= 40
    assert all(each.sentence.endswith((".", ").")) for each in RULES.values())
    assert len({each.sentence for each in RULES.values()}) == len(RULES)


def test_every_rule_has_a_row_in_the_policy() -> None:
    assert set(DEFAULT.effects) == set(RULES)


def test_a_rule_without_a_sentence_is_refused() -> None:
    with pytest.raises(ValueError, match="docstring"):
        rule(lambda _: True)


def test_quoted_text_asks_nothing() -> None:
    quoted = dataclasses.replace(mail("Done."), text="Done.\n> Could you send it right now?", quoted=True)
    assert "asks_for_something" not in hits(quoted, FACTS)
