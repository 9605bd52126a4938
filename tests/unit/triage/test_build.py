"""Signals of route, makers and imprint: invented mails, one row each; hostile headers cost little and raise nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.mail import Address, Authentication, Link, Mail
from streams.triage.brands import bears_its_name, borrowed
from streams.triage.build import build
from streams.triage.features import Features
from streams.triage.imprint import imprint
from streams.triage.makers import makers
from streams.triage.route import route
from streams.triage.verdict import Facts
from tests.examples import examples
from tests.unit.triage.written import mail

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOTHING = Authentication()
OURS = "by mx.harbour.example (Postfix) with ESMTP id 1; Mon, 2 Mar 2026 12:00:00 +0000"


def came(*received: str, **changes: Any) -> Mail:
    """A mail without authentication results that came by these hosts, the last one first."""
    headers = {"received": received} | changes.pop("headers", {})
    return mail("x", headers=headers, authentication=NOTHING, **changes)


def by(address: str, name: str = "") -> dict[str, Any]:
    return {"sender": Address(name=name, address=address)}


def headers(**values: str) -> dict[str, Any]:
    return {"headers": {name.replace("_", "-"): (value,) for name, value in values.items()}}


def off(target: str) -> dict[str, Any]:
    return {"links": (Link(text="Unsubscribe", target=target),)}


ROUTES: list[tuple[Mail, set[str]]] = [
    (came(), set()),
    (came(f"from mail.firm.example (mail.firm.example [192.0.2.1]) {OURS}"), {"origin said its name"}),
    (came(f"from other.example (mail.firm.example [192.0.2.1]) {OURS}"), {"origin said another name"}),
    (came(f"from x.example (unknown [192.0.2.1]) {OURS}"), {"origin nameless"}),
    (came(f"from x.example ([192.0.2.1]) {OURS}"), {"origin nameless"}),
    (came(f"from unknown (HELO x.example) (192.0.2.1) {OURS}"), {"origin nameless"}),
    (came(f"from mail.firm.example (HELO yahoo.com) (192.0.2.1) {OURS}"), {"origin said another name", "origin said free mail"}),
    (came(f"from [192.0.2.9] (helo=mail.firm.example) {OURS}"), set()),
    (came(f"from 192.0.2.9 (pool-9.firm.example [192.0.2.9]) {OURS}"), {"origin dialled", "origin said a number", "origin said another name"}),
    (came(f"from localhost (unknown [192.0.2.9]) {OURS}"), set()),
    (came(f"from box (unknown [10.0.0.9]) {OURS}"), set()),
    (came(f"from phone (dsl-1-2-3-4.isp.example [192.0.2.9]) {OURS.replace('ESMTP', 'ESMTPSA')}"), set()),
    (came(f"from a.harbour.example (a.harbour.example [192.0.2.9]) {OURS}"), set()),
    (came("from", "from  by", "by by by", " from x by ;", "from ([ by x"), set()),
    (came(f"from mail.firm.example (mail.firm.example [192.0.2.1]) {OURS}", **by("pat@gmail.com")), {"origin said its name", "free mail from elsewhere"}),
    (came(f"from mail-1.gmail.com (mail-1.gmail.com [192.0.2.1]) {OURS}", **by("pat@gmail.com")), {"origin said its name"}),
    (came(f"from box ([10.0.0.1]) {OURS}", date=NOON), set()),
    (came(f"from box ([10.0.0.1]) {OURS}", date=NOON.replace(hour=14)), {"clock ahead"}),
    (came(f"from box ([10.0.0.1]) {OURS}", date=NOON.replace(day=1)), {"clock behind"}),
    (came(f"from box ([10.0.0.1]) {OURS.replace('+0000', '-0000')}", date=NOON), set()),
    (came("from box by x; no date at all", date=NOON), set()),
    (came(headers={"return-path": ("<b-17@news.elsewhere-firm.example>",)}), {"bounces at home"}),
    (came(headers={"return-path": ("<b-17@third.example>",)}), {"bounces abroad"}),
    (came(headers={"return-path": ("<b-17@gmail.com>",)}), {"bounces at free mail"}),
    (came(headers={"return-path": ("<pat@elsewhere-firm.example>",)}), set()),
    (came(headers={"return-path": ("<sailing-bounce@lists.example>",)}, to=(Address(address="sailing@lists.example"),)), {"bounces to the list"}),
    (came(reply_to=(Address(address="x@elsewhere-firm.example"),)), {"answers at home"}),
    (came(reply_to=(Address(address="x@gmail.com"),)), {"answers at free mail"}),
    (came(reply_to=(Address(address="x@third.example"),)), {"answers abroad"}),
]  # fmt: skip
MAKERS: list[tuple[Mail, set[str]]] = [
    (mail("x"), set()),
    (mail("x", message_id="000a01c2aaaa$12345678$0a0a0a0a@box"), {"mailer forged"}),
    (mail("x", **headers(x_mailer="Microsoft Outlook Express 6.00")), {"mailer forged", "mailer incomplete"}),
    (mail("x", message_id="000a01c2aaaa$12345678$0a0a0a0a@box", **headers(x_mailer="Microsoft Outlook Express 6.00", x_mimeole="y")), set()),
    (mail("x", **headers(x_mailer="Microsoft Outlook 16.0", thread_index="AdX")), set()),
    (mail("x", **headers(user_agent="Sailor")), {"mailer without a version"}),
    (mail("x", **headers(x_priority="1 (Highest)")), {"marked important"}),
    (mail("x", **headers(x_priority="3")), set()),
    (mail("x", **headers(content_type="text/plain")), set()),
    (mail("x", **headers(mime_version="1.0", content_type="text/plain; charset=us-ascii", content_transfer_encoding="Base64")), {"coding needless"}),
    (mail("x", **headers(mime_version="1.0", content_type="text/html; charset=utf-8", content_transfer_encoding="base64")), set()),
    (mail("x", **headers(mime_version="1.0", content_type="text/html", content_transfer_encoding="8bit")), {"coding raw"}),
    (mail("x", **headers(mime_version="1.0", content_type="text/html", content_transfer_encoding="7bit")), {"coding plain"}),
]  # fmt: skip
IMPRINTS: list[tuple[Mail, set[str]]] = [
    (mail("x"), set()),
    (mail("Harbour news\nMarch 2, 2026\nSale"), {"dated"}),
    (mail("Ausgabe vom 2. März"), {"dated"}),
    (mail("Boletín del 2 de marzo"), {"dated"}),
    (mail("On the 2nd of May"), set()),
    (mail("Am 02.03.2026"), {"dated"}),
    (mail("12 marks, room 4, may be"), set()),
    (mail("x", "Harbour news, 2 March"), {"dated in the subject"}),
    (mail("x", "Harbour news, issue 12"), {"numbered"}),
    (mail("x", "Harbour news #12"), {"numbered"}),
    (mail("x", "12 offers"), set()),
    (mail("You get this because you asked."), {"says who subscribed"}),
    (mail("Change your preferences."), {"offers choices"}),
    (mail("© Harbour"), {"reserves rights"}),
    (mail("To unsubscribe or be removed click."), {"lets unsubscribe"}),
    (mail("To be removed click."), {"removes alone"}),
    (mail("x", **off("https://news.elsewhere-firm.example/unsubscribe?u=1")), {"leave at home"}),
    (mail("x", **off("https://third.example/unsubscribe?u=1")), {"leave elsewhere"}),
    (mail("x", **off("mailto:off@lists.example")), {"leave by mail"}),
    (mail("x", **off("mailto:off@gmail.com?subject=remove")), {"leave by mail to a free mailbox"}),
    (mail("x", **off("javascript:void(0)")), set()),
]  # fmt: skip


@pytest.mark.parametrize(("of", "signals"), ROUTES)
def test_the_way_of_a_mail_says_who_sent_it_into_the_open(of: Mail, signals: set[str]) -> None:
    assert set(route(of)) == signals


@pytest.mark.parametrize(("of", "signals"), MAKERS)
def test_a_mailer_writes_what_it_always_writes(of: Mail, signals: set[str]) -> None:
    assert set(makers(of)) == signals


@pytest.mark.parametrize(("of", "signals"), IMPRINTS)
def test_an_imprint_tells_who_subscribed(of: Mail, signals: set[str]) -> None:
    assert set(imprint(of)) == signals


def test_a_provider_that_vouches_needs_no_trace() -> None:
    passed = Authentication(spf="none", dkim="pass")
    of = mail("x", **by("pat@gmail.com"), headers={"received": (f"from a.example (a.example [192.0.2.1]) {OURS}",)})
    assert "free mail from elsewhere" not in route(of)
    assert "free mail from elsewhere" not in route(mail("x", **by("pat@gmail.com"), authentication=passed))


@pytest.mark.parametrize(
    ("name", "address", "whose", "own"),
    [
        ("PayPal", "service@paypal.com", "", True),
        ("PayPal", "service@pay-pal-help.example", "paypal", False),
        ("Bank of America Alerts", "a@boa.example", "bankofamerica", False),
        ("Bank of America", "a@mail.bankofamerica.com", "", True),
        ("Chase Moss", "chase@firm.example", "", False),
        ("Facebook", "security@facebookmail.com", "", False),
        ("Harbour Bank GmbH", "a@harbourbank.example", "", True),
        ("", "", "", False),
    ],
)
def test_whose_name_a_sender_bears(name: str, address: str, whose: str, own: bool) -> None:
    sender = Address(name=name, address=address)
    assert borrowed(sender) == whose
    assert bears_its_name(sender) is own


hostile = st.text(st.sampled_from("from by with (helo=[192.0.2.1]);@.-_ \t\x00é5\U0001f600"), max_size=600)


@given(
    received=st.lists(hostile, max_size=20),
    other=st.dictionaries(
        st.sampled_from(("return-path", "x-mailer", "content-type", "date", "x-priority", "to")), hostile
    ),
    text=hostile,
)
@examples(200)
def test_no_header_raises_and_names_are_few(received: list[str], other: dict[str, str], text: str) -> None:
    fields = {name: (value,) for name, value in other.items()} | {"received": tuple(received)}
    of = mail(text, text[:80], headers=fields, message_id=text[:90], date=NOON, links=(Link(text=text, target=text),))
    found = build(Features(of, Facts()))
    assert len(found) == len(set(found)) < 60


@pytest.mark.parametrize(
    "piece", ["from ", "(", "helo=", "1.2.3.4", "a.", "a-", " by ", "[", "1-", "Mon, ", "boundary="]
)
def test_a_long_header_costs_no_more_than_a_short_one_many_times(piece: str) -> None:
    long = piece * (16_000 // len(piece))
    of = mail(
        long,
        long,
        headers=dict.fromkeys(("received", "return-path", "x-mailer", "content-type"), (long,) * 8),
        links=(Link(text=long[:300], target=long[:2_000]),) * 200,
    )
    features = Features(of, Facts())
    _ = features.body
    started = time.process_time()
    build(features)
    assert time.process_time() - started < 1  # it takes 2 ms, a collection of garbage in between some more
