"""Addresses: whose they are, and what they pretend to be."""

from __future__ import annotations

import pytest

from streams.triage.addresses import host, is_free_mail, mixed_script, organisation, resembles, same_organisation


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("shop.com", "shop"),
        ("mta.mail.shop.co.uk", "shop"),
        ("shop.example.org", "shop"),
        ("eu.shop.com.br", "shop"),
        ("mail.com", ""),
        ("", ""),
        ("localhost", ""),
        ("UPPER.example", "upper"),
    ],
)
def test_the_label_that_names_the_organisation(domain: str, name: str) -> None:
    assert organisation(domain) == name


@pytest.mark.parametrize(
    ("domain", "name", "alike"),
    [
        ("nordkuehi-hr.example", "nordkuehl", True),
        ("paypa1.com", "paypal", True),
        ("rnicrosoft.com", "microsoft", True),
        ("forgehubb.example", "forgehub", True),
        ("banco-ibarra-seguridad.example", "bancoibarra", True),
        ("paypal.com", "paypal", False),
        ("harvest.example", "harbour", False),
        ("applepie.example", "apple", False),
        ("bat.example", "cat", False),
    ],
)
def test_a_lookalike_is_close_but_not_the_thing_itself(domain: str, name: str, alike: bool) -> None:
    assert resembles(domain, name) is alike


@pytest.mark.parametrize(
    ("domain", "mixed"),
    [
        ("p\u0430ypal.com", True),
        ("xn--pypal-4ve.com", True),
        ("\u043f\u0440\u0438\u043c\u0435\u0440.com", False),
        ("m\u00fcller.de", False),
        ("xn--\u00ff.com", False),
        ("xn--" + "9" * 70 + ".com", False),
    ],
)
def test_a_label_that_mixes_alphabets(domain: str, mixed: bool) -> None:
    assert mixed_script(domain) is mixed


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a.example", "a.example", True),
        ("eu.a.example", "a.example", True),
        ("ba.example", "a.example", False),
        ("", "", False),
    ],
)
def test_domains_that_belong_together(one: str, other: str, same: bool) -> None:
    assert same_organisation(one, other) is same


@pytest.mark.parametrize(("domain", "free"), [("gmail.com", True), ("yahoo.co.uk", True), ("firm.example", False)])
def test_a_free_mailbox(domain: str, free: bool) -> None:
    assert is_free_mail(domain) is free


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("https://Bank.Example/login", "bank.example"),
        ("bank.example", "bank.example"),
        ("http://bank.example:8080?x", "bank.example"),
        ("https://bank.example@evil.example/", "evil.example"),
        ("https://bank.example:443@evil.example", "evil.example"),
        ("https://bank.example@more@evil.example#x", "evil.example"),
        ("https://evil.example/@bank.example", "evil.example"),
        ("https://evil.example?@bank.example", "evil.example"),
        ("ann@bank.example", ""),
        ("click here", ""),
        ("3.50", ""),
        ("http://192.0.2.1/", ""),
        ("http://intranet/", ""),
        ("https://" + "a" * 1000 + "@bank.example", ""),
    ],
)
def test_a_link_and_its_text_name_a_host(text: str, named: str) -> None:
    assert host(text) == named
