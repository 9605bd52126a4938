"""Which mails of a thread were answered just now: each once, by the first of its answers, whoever asks and how often."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.gmail.answers import answered

ANN, ME = "ann@x.example", "me@y.example"


def message(number: int, *labels: str, answers: str | None = None, **headers: str) -> dict[str, Any]:
    """One with the Message-ID <NUMBER@x>, by the owner to Ann if it was sent, else by her to the owner."""
    by, to = (ME, ANN) if "SENT" in labels or "DRAFT" in labels else (ANN, ME)
    named = {"Message-Id": f"<{number}@x>", "From": by, "To": to}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    if answers is not None:
        named["In-reply-to"] = answers
    listed = [{"name": name, "value": value} for name, value in named.items()]
    return {"id": f"{number:x}", "labelIds": list(labels), "payload": {"headers": listed}}


def of(*messages: dict[str, Any], sent: int) -> tuple[int, ...]:
    return answered({"messages": list(messages)}, [sent]).get(sent, ())


MAIL, SENT = message(1, "INBOX", "UNREAD"), message(2, "SENT", answers="<1@x>")


@pytest.mark.parametrize(
    ("why", "messages", "expected"),
    [
        ("an answer", [MAIL, SENT], (1,)),
        ("an answer to a mail that was filed away", [message(1, "Label_7"), SENT], (1,)),
        ("an answer to a mail without labels", [message(1), SENT], (1,)),
        ("an answer to a mail in the trash", [message(1, "TRASH"), SENT], (1,)),
        ("an answer that is in the trash already", [MAIL, message(2, "SENT", "TRASH", answers="<1@x>")], (1,)),
        ("an answer of which a copy came back", [MAIL, message(2, "SENT", "INBOX", answers="<1@x>")], (1,)),
        ("an answer to one's own mail that came back", [message(1, "SENT", "INBOX"), SENT], (1,)),
        ("an answer to what one had only sent", [message(1, "SENT"), SENT], ()),
        ("an answer to a draft", [message(1, "DRAFT"), SENT], ()),
        ("an answer to a chat", [message(1, "CHAT"), SENT], ()),
        ("the beginning of a thread", [message(2, "SENT")], ()),
        ("a mail that names nothing", [MAIL, message(2, "SENT")], ()),
        ("a forward that names the conversation", [MAIL, message(2, "SENT", References="<1@x>")], ()),
        ("a mail that names what is not here", [MAIL, message(2, "SENT", answers="<9@x>")], ()),
        ("a mail that names itself", [MAIL, message(2, "SENT", "INBOX", answers="<2@x>")], ()),
        ("a mail that names nonsense", [MAIL, message(2, "SENT", answers="Your mail of Monday")], ()),
        ("a mail that names two", [MAIL, message(3, "INBOX"), message(2, "SENT", answers="<1@x> <3@x>")], (1, 3)),
        ("a mail that names one twice", [MAIL, message(2, "SENT", answers="<1@x>\r\n <1@x>")], (1,)),
        ("a mail that names it without brackets", [MAIL, message(2, "SENT", answers="1@x")], (1,)),
        ("a mail that names it among words", [MAIL, message(2, "SENT", answers="Your mail <1@x>")], (1,)),
        ("a draft of an answer", [MAIL, message(2, "DRAFT", answers="<1@x>")], ()),
        ("somebody else's answer", [MAIL, message(2, "INBOX", answers="<1@x>")], ()),
        ("an absence notice", [MAIL, message(2, "SENT", answers="<1@x>", Auto_Submitted="auto-replied")], ()),
        ("one that says it is none", [MAIL, message(2, "SENT", answers="<1@x>", Auto_Submitted="No")], (1,)),
        ("an answer that was deleted since", [MAIL], ()),
        ("an answer of which nothing is shown", [MAIL, {"id": "2", "labelIds": ["SENT"]}], ()),
        ("one of which there are two copies", [MAIL, message(5, "INBOX", Message_Id="<1@x>"), SENT], (1,)),
    ],
)  # fmt: skip
def test_a_sent_mail_answers(why: str, messages: list[dict[str, Any]], expected: tuple[int, ...]) -> None:
    assert of(*messages, sent=2) == expected, why


BEN, LIST = "ben@x.example", "team@lists.example"
TO_TWO = {"To": f"{ME}, {BEN}"}


def forward(**headers: str) -> dict[str, Any]:
    """A mail of the owner with In-Reply-To, whatever it is."""
    return message(2, "SENT", answers="<1@x>", **headers)


@pytest.mark.parametrize(
    ("why", "came", "went", "answers"),
    [
        ("to the one who wrote", {}, {"To": ANN}, True),
        ("to the one who wrote, in other words", {"From": f'"Ann" <{ANN}>'}, {"To": "<Ann@X.Example>"}, True),
        ("to the one who wrote, in copy", {}, {"To": BEN, "Cc": ANN}, True),
        ("to where answers shall go", {"Reply_To": BEN}, {"To": BEN}, True),
        ("past where answers shall go", {"Reply_To": BEN}, {"To": ANN}, True),
        ("to all", TO_TWO, {"To": ANN, "Cc": BEN}, True),
        ("to the others alone", TO_TWO, {"To": BEN}, True),
        ("to the others alone, who had a copy", {"Cc": BEN}, {"To": BEN}, True),
        ("to the list by which it came", {"To": LIST}, {"To": LIST}, True),
        ("to oneself, as one had written it", {"From": ME}, {"To": ME}, True),
        ("to somebody else", {}, {"To": BEN}, False),
        ("to somebody else, among others", TO_TWO, {"To": LIST, "Cc": "eve@z.example"}, False),
        ("to oneself", {}, {"To": ME}, False),
        ("to oneself and somebody else", TO_TWO, {"To": f"{ME}, {LIST}"}, False),
        ("to nobody who is shown", {}, {"To": "undisclosed-recipients:;"}, False),
        ("to nonsense", {}, {"To": "Ann"}, False),
        ("to a namesake elsewhere", {}, {"To": "ann@z.example"}, False),
    ],
)  # fmt: skip
def test_an_answer_goes_to_who_had_to_do_with_the_mail_and_a_forward_to_others(
    why: str, came: dict[str, str], went: dict[str, str], answers: bool
) -> None:
    """Both name it by In-Reply-To."""
    assert of(message(1, "INBOX", **came), forward(**went), sent=2) == ((1,) if answers else ()), why


def test_a_forward_takes_nothing_from_the_answer_after_it() -> None:
    thread = {"messages": [MAIL, forward(To=BEN), message(3, "SENT", answers="<1@x>")]}
    assert answered(thread, [2, 3]) == {3: (1,)}


def test_the_first_answer_tells_it_the_others_tell_nothing() -> None:
    thread = {"messages": [MAIL, SENT, message(3, "SENT", answers="<1@x>"), message(4, "DRAFT", answers="<1@x>")]}
    assert answered(thread, [2]) == {2: (1,)}
    assert answered(thread, [3]) == {}
    assert answered(thread, [4, 3, 2]) == {2: (1,)}


def test_a_draft_and_an_absence_notice_take_nothing_from_the_answer_after_them() -> None:
    notice = message(2, "SENT", answers="<1@x>", Auto_Submitted="auto-replied")
    draft, answer = message(3, "DRAFT", answers="<1@x>"), message(4, "SENT", answers="<1@x>")
    assert of(MAIL, notice, draft, answer, sent=4) == (1,)


LABELS = st.sampled_from([("INBOX",), ("SENT",), ("SENT", "INBOX"), ("DRAFT",), (), ("TRASH",)])


@st.composite
def threads(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Mails that answer earlier ones, mostly."""
    found = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        named = draw(st.none() | st.lists(st.integers(0, 8), max_size=3))
        answers = " ".join(f"<{one}@x>" for one in named) if named is not None else None
        found.append(message(number, *draw(LABELS), answers=answers))
    return found


@given(threads(), st.randoms(use_true_random=False))
def test_however_a_thread_grows_and_is_shown_a_mail_is_answered_once(thread: list[dict[str, Any]], dice: Any) -> None:
    whole = {"messages": thread}
    numbers = range(1, len(thread) + 1)
    together = sorted((number, mail) for number, mails in answered(whole, numbers).items() for mail in mails)
    one_by_one = []
    for count in numbers:  # asked as each is sent, and again later
        shown = thread[:count]
        dice.shuffle(shown)
        one_by_one += [(count, mail) for mail in answered({"messages": shown}, [count]).get(count, ())]
    assert len({mail for _, mail in together}) == len(together)
    assert [one for one in together if one[1] < one[0]] == [one for one in sorted(one_by_one) if one[1] < one[0]]


@pytest.mark.parametrize("thread", [{}, {"messages": []}, {"id": "1"}])
def test_an_empty_thread_answers_nothing(thread: dict[str, Any]) -> None:
    assert answered(thread, [1]) == {}


@pytest.mark.parametrize(
    "thread",
    [
        [],
        {"messages": 1},
        {"messages": [{}]},
        {"messages": [{"id": "nothing"}]},
        {"messages": [{"id": 7}]},
        {"messages": [{"id": "1", "payload": []}]},
        {"messages": [{"id": "1", "payload": {"headers": [{}]}}]},
        {"messages": [{"id": "1", "payload": {"headers": ["x"]}}]},
    ],
)
def test_what_gmail_does_not_document_is_an_error(thread: Any) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        answered(thread, [1])
