"""The quotation and signature fixtures of two other projects, against what a person would call newly written."""

import pytest

from streams.mail import parse
from streams.mail.clean import tidy
from streams.mail.quotes import new_part
from tests.unit.mail.corpora import files, fixture, needs_data

pytestmark = needs_data

WHOLE = "*"
"""All of the text is newly written."""
ABOVE = "^"
"""The first paragraph is newly written: these fixtures share it, and differ in what is quoted below."""

PLAIN = {
    "correct_sig": "this is an email with a correct -- signature.",
    "email_1": "Hi folks ... -Abhishek Kona",
    "email_2": 'Hi, ... them all individually."',
    "email_2_1": "Outlook with a reply",
    "email_3": "Oh thanks. ... -Abhishek Kona",
    "email_4": "Awesome! I haven't had another problem with it.",
    "email_5": WHOLE,
    "email_6": "I get proper rendering as well. ... torch of pixels",
    "email_19": "On Thursday, I get proper rendering.",
    "email_20": "On Thursday.",
    "email_21": WHOLE,
    "email_blackberry": "Here is another email",
    "email_bullets": "test 2 this should list second ... - and another",
    "email_custom_quote_header": "Thank you!",
    "email_customer_quote_header_2": "Thank you very much.",
    "email_customer_quote_header_3": "bonjour, ... merci d'avance",
    "email_emoji": WHOLE,
    "email_iphone": "Here is another email",
    "email_multi_word_sent_from_my_mobile_device": "Here is another email",
    "email_not_a_signature": "Dear XXXXX: ... our domain name services.",
    "email_not_a_signature_2": WHOLE,
    "email_one_is_not_on": "Thank, this is really helpful. ... when I run...",
    "email_reply_header": "This is the latest reply. ... Stranger",
    "email_sent_from": "Hi it can happen to any texts you type, as long as you type in between words or paragraphs.",
    "email_sent_from_my_not_signature": WHOLE,
    "email_thread": "This is new email reply in thread from bellow.",
    "email_tricky_1_on_false_positive": WHOLE,
    "email_tricky_2_url_with_wrote": 'Hi there, ... "wrote:" in them.',
    "email_tricky_3_code_block": WHOLE,
    "email_tricky_4_from_in_body": WHOLE,
    "email_tricky_6_regards_in_sentence": WHOLE,
    "email_tricky_7_multiple_dashes": WHOLE,
    "email_tricky_8_sent_from_in_content": WHOLE,
    "email_tricky_9_nested_quotes": "I agree with the points below.",
    "email_tricky_11_double_signature": "Thanks for your help!",
    "email_tricky_13_timestamp_variations": WHOLE,
    "email_tricky_16_unicode_signatures": "Thanks for the update!",
    "email_tricky_17_forward_header": "See the forwarded message below.",
    "email_tricky_18_inline_reply": "I think option A is great. ... for our use case.",
    "email_tricky_19_quote_without_header": "I wanted to respond to your points: ... And my final thoughts.",
    "email_tricky_20_html_entities": "The data should be ... handled correctly.",
    "email_unquoted_reply": "This is my reply.",
    "email_with_regards": "Hi, ... Can you help?",
    "email_zoho": "What is the best way ... running a test?",
    "sig_no_empty_line": "this is an email with a signature with no empty line above.",
} | dict.fromkeys(
    (
        "email_7 email_8 email_9 email_10 email_11 email_12 email_13 email_14 email_15 email_16 email_17 email_18 email_22 "
        "email_23 email_24 email_25 email_26 email_danish_dash_separator email_en_multiline_2 email_finnish "
        "email_fr_multiline email_french_2 email_french_dash_separator email_german email_german_2 email_german_3 "
        "email_german_outlook email_gmail_split_line_from email_ios_outlook email_ios_outlook_fr email_italian email_msn "
        "email_norwegian_gmail email_original_message email_original_message_2 email_outlook_split_line_from "
        "email_portuguese email_russian email_tricky_5_mixed_languages email_tricky_10_special_chars_in_name "
        "email_tricky_12_no_space_after_header email_tricky_14_long_quote_header "
        "email_tricky_15_original_message_variations"
    ).split(),
    ABOVE,
)

TEMPLATES = {"email_with_date_headers", "email_with_from_headers"}
"""Templates that the other project fills in by code: nothing to expect of them as they are."""


@pytest.mark.parametrize(("name", "expected"), PLAIN.items())
def test_the_newly_written_part_of_a_plain_text(name, expected):
    text = tidy(fixture("reply-quote", f"/test/fixtures/{name}.txt"))
    written, _ = new_part(text)
    if expected == WHOLE:
        assert written == text.strip()
    elif expected == ABOVE:
        assert written == "\n".join(text.split("\n")[:5])
    else:
        first, _, last = expected.partition(" ... ")
        assert written.startswith(first)
        assert written.endswith(last or first)
        assert last or written == first


def test_no_plain_text_fixture_is_left_out():
    names = {name.rsplit("/", 1)[-1][:-4] for name in files("reply-quote") if "/test/fixtures/" in name}
    assert names == PLAIN.keys() | TEMPLATES


@pytest.mark.parametrize(
    "name",
    [
        "android",
        "aol",
        "apple_mail",
        "apple_mail_2",
        "comcast",
        "gmail",
        "hotmail",
        "iphone",
        "outlook",
        "sparrow",
        "thunderbird",
        "yahoo",
    ],
)
def test_the_answer_of_a_mail_program_without_what_it_answers(name):
    mail = parse(fixture("reply-quote", f"/standard_replies/{name}.eml").encode())
    assert (mail.new_text, mail.quoted) == ("Hello", True)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (f"html_replies/{name}.html", "Hi. I am fine.")
        for name in (
            "gmail",
            "hotmail",
            "mail_ru",
            "ms_outlook_2003",
            "ms_outlook_2007",
            "ms_outlook_2010",
            "thunderbird",
            "windows_mail",
            "yandex_ru",
        )
    ]
    + [("fixtures/OLK_SRC_BODY_SECTION.html", "Reply"), ("fixtures/reply-separated-by-hr.html", "Hi\nthere\nBob")],
)
def test_the_answer_in_html_without_what_it_answers(name, written):
    head = b"From: alice@example.org\nContent-Type: text/html; charset=utf-8\n\n"
    mail = parse(head + fixture("reply-quote", name).encode())
    assert (mail.new_text, mail.quoted) == (written, True)
