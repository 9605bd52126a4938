"""What a hostile subject can do to a terminal: nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from infra.terminal import markup, printable

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Invoice 4711", "Invoice 4711"),
        ("Grüße, 你好, 👩‍💻", "Grüße, 你好, 👩‍💻"),
        ("\x1b[2J\x1b[31mred", "␛[2J␛[31mred"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("\x9b31mred", "\ufffd31mred"),
        ("over\rwritten\nline\ttab", "over written line tab"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("nul\x00 delete\x7f", "nul␀ delete␡"),
        ("photo\u202egpj.exe", "photo\ufffdgpj.exe"),
        ("\u2066isolate\u2069", "\ufffdisolate\ufffd"),
        ("lone \udc80 surrogate", "lone \ufffd surrogate"),
        ("hidden\U000e0041", "hidden\ufffd"),
    ],
)
def test_controls_are_shown_and_words_are_kept(sent: str, shown: str) -> None:
    assert printable(sent) == shown


@given(ANY_TEXT)
def test_nothing_printable_controls_a_terminal(text: str) -> None:
    """No control, line break, surrogate or bidirectional control survives, and the result can be encoded."""
    shown = printable(text)
    shown.encode("utf-8")
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    bidirectional = {unicodedata.bidirectional(character) for character in shown}
    assert not bidirectional & {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert printable(shown) == shown
    assert len(shown) == len(text)


@given(ANY_TEXT)
def test_markup_shows_what_printable_shows(text: str) -> None:
    """Inside a rich string the escaped text is exactly the printable one, and ends no style and starts none."""
    rendered = Text.from_markup(f"[bold]{markup(text)}[/bold] after", emoji=False)
    assert rendered.plain == f"{printable(text)} after"
    assert [str(span.style) for span in rendered.spans] in (["bold"], [])


def test_brackets_of_a_subject_are_no_style() -> None:
    assert Text.from_markup(markup("[red]sale[/red] [link=http://x]")).plain == "[red]sale[/red] [link=http://x]"
