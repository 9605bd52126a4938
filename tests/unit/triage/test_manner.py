"""Lists known by their envelope, and the manner of a text and of its links: invented mails, one row each."""

from __future__ import annotations

from typing import Any

import pytest

from streams.mail import Address, Link, Mail
from streams.triage.carriers import enveloped
from streams.triage.features import Features
from streams.triage.manner import manner
from streams.triage.parties import Role
from streams.triage.route import route
from streams.triage.verdict import Facts
from tests.unit.triage.written import mail

LIST = Address(name="", address="gardeners@lists.example")
WRITER = Address(name="Ada Vogt", address="ada.vogt@hotmail.com")


def posted(bounces: str, *, to: Address = LIST, sender: Address = WRITER, **changes: Any) -> Mail:
    return mail("The roses have black spots.", headers={"return-path": (bounces,)}, to=(to,), sender=sender, **changes)


@pytest.mark.parametrize(
    ("bounces", "domain"),
    [
        ("<owner-gardeners@lists.example>", "lists.example"),
        ("gardeners-bounce@lists.example", "lists.example"),
        ("<Gardeners-Bounces+jo=firm.example@Lists.Example>", "lists.example"),
        ("gardeners-return-42-jo=firm.example@lists.example", "lists.example"),
        ("gardeners-owner@elsewhere.example", ""),
        ("gardeners-42@lists.example", ""),
        ("gardeners@lists.example", ""),
        ("owner-farmers@lists.example", ""),
        ("<>", ""),
        ("-@", ""),
    ],
)
def test_a_list_is_known_by_where_its_bounces_go(bounces: str, domain: str) -> None:
    assert enveloped(posted(bounces)) == domain


def test_who_writes_to_a_list_is_no_stranger_from_elsewhere() -> None:
    """The provider of the writer's mailbox cannot be on the way from a list to its readers."""
    trace = "from lists.example (lists.example [192.0.2.1]) by mx.harbour.example with ESMTP id 1"
    one = posted("owner-gardeners@lists.example")
    one.headers["received"] = (trace,)
    features = Features(one, Facts())
    assert features.is_discussion_list
    assert features.role is Role.LIST
    assert "free mail from elsewhere" not in route(one)


def test_a_publisher_with_a_list_manager_does_not_discuss() -> None:
    own = Address(name="Garden News", address="news@lists.example")
    assert not Features(posted("owner-gardeners@lists.example", sender=own), Facts()).is_discussion_list


def link(target: str) -> Link:
    return Link(text="more", target=target)


DEEP = "https://paper.example/2026/spring/roses/story-20481234.html"
ENGLISH = "I think that you should have seen the roses, and your neighbour's too: they're what everybody wants from the garden. "


@pytest.mark.parametrize(
    ("of", "signals"),
    [
        (mail("Roses"), {"commas 0"}),
        (mail("Red, white, yellow"), {"commas 2"}),
        (mail(ENGLISH * 3), {"says you 4", "contractions 3", "commas 3"}),
        (mail("Ich habe dir die Rosen nicht gezeigt, und du hast sie auch nicht gesehen. " * 3), {"commas 3"}),
        (mail("Roses", "Re: roses, lilies"), {"subject with a colon", "subject with a comma"}),
        (mail("Roses", headers={"sender": ("list@lists.example",)}), {"handed in by another"}),
        (mail("Roses", links=(link(DEEP),)), {"links deep 4", "links with a query 0", "links with a long number"}),
        (mail("Roses", links=(link("https://a.example"), link("https://a.example/?q=1"))), {"links deep 0", "links with a query 2"}),
    ],
)  # fmt: skip
def test_the_manner_of_a_mail(of: Mail, signals: set[str]) -> None:
    assert signals <= set(manner(Features(of, Facts())))


def test_what_only_english_says_is_not_looked_for_in_other_languages() -> None:
    found = manner(Features(mail("Ich habe dir die Rosen nicht gezeigt und du hast sie auch nicht gesehen."), Facts()))
    assert not [each for each in found if each.startswith(("says you", "contractions"))]
