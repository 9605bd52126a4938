"""Short ways through text give what the long ones give."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.triage.cues import Cue
from streams.triage.features import Features
from streams.triage.phrases import CUES
from streams.triage.text import _ASCII_TOKEN, _PASTED, _TOKEN, STOPS, _may_have_pasted
from tests.unit.triage.written import FACTS, mail

_PIECES = st.sampled_from(
    [
        "at 10:30",
        "9am",
        "12h",
        "7.45",
        "1999",
        "#url",
        "...",
        "?!",
        "\n \n",
        "Please",
        "could you",
        "Otto",
        "-",
        " ",
        "\t",
    ]
)
_ASCII = st.lists(_PIECES | st.text(st.characters(max_codepoint=127), max_size=8), max_size=12).map("".join)


@given(_ASCII)
@example("10:30am 7h 12.00.3 a1b2 _x_")
def test_ascii_text_has_the_same_words_by_the_quick_pattern(text: str) -> None:
    assert _ASCII_TOKEN.findall(text.lower()) == _TOKEN.findall(text.lower())


_LINES = st.lists(
    st.sampled_from(["To", "an", "PARA ", "> do", "Cc", "Temat", ":", " \x1c", "\n", "x", "Ünal"]), max_size=12
)


@given(_LINES.map("".join))
@example('>"Aan\t: x\nOnderwerp : y')
def test_where_the_pattern_of_pasted_headers_does_not_look_it_would_not_match(text: str) -> None:
    assert _may_have_pasted(text) or _PASTED.search(text) is None


@given(st.lists(st.sampled_from(["Could you come?", "Is it late?", "You know.", "Will your team win?", "Hm!", "no?"])))
def test_questions_to_the_reader_are_those_whose_sentence_names_him(sentences: list[str]) -> None:
    features = Features(mail(" ".join(sentences)), FACTS)
    words, found, start = features.body, 0, 0
    for at, word in enumerate(words):
        if word in STOPS:
            found += word == "?" and Cue.YOU in CUES.scan(words[start:at], features.languages)
            start = at
    assert features.questions_to_you == found


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Rosa, see below", True),
        ("Hi. ROSA: see below", True),
        ("Look here @rosa é", True),
        ("é. Rosà, see below", True),
        ("Rosalind, see below", False),
        ("See what Rosa wrote", False),
        ("See below", False),
    ],
)
def test_the_owner_is_called_by_name_alone(text: str, called: bool) -> None:
    assert Features(mail(text), FACTS).calls_owner is called
