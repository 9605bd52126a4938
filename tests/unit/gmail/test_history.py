"""Whatever order pages come in, and however often: the same changes, each mail once, the cursor only forward."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.gmail.history import Changes, Sent, digest

SCOPE = frozenset({"INBOX"})
LABELS = st.frozensets(st.sampled_from(["INBOX", "SPAM", "TRASH", "SENT", "DRAFT", "STARRED", "UNREAD"]), max_size=4)


def page(*records: dict[str, Any], head: int = 100) -> dict[str, Any]:
    return {"historyId": str(head), "history": list(records)}


def added(number: int, message: int, *labels: str) -> dict[str, Any]:
    return {"id": str(number), "messagesAdded": [{"message": {"id": f"{message:x}", "labelIds": list(labels)}}]}


def bare(number: int, message: int) -> dict[str, Any]:
    return {"id": str(number), "messagesAdded": [{"message": {"id": f"{message:x}", "threadId": "1"}}]}


def deleted(number: int, message: int, *labels: str) -> dict[str, Any]:
    return {"id": str(number), "messagesDeleted": [{"message": {"id": f"{message:x}", "labelIds": list(labels)}}]}


def moved(number: int, message: int, way: str, label: str, *labels: str) -> dict[str, Any]:
    name = "labelsAdded" if way == "+" else "labelsRemoved"
    return {
        "id": str(number),
        name: [{"message": {"id": f"{message:x}", "labelIds": list(labels)}, "labelIds": [label]}],
    }


def of(*records: dict[str, Any], start: int = 1, head: int = 100) -> Changes:
    return digest([page(*records, head=head)], SCOPE, start=start)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A mail arrives at most once, before anything else happens to it."""
    made: list[dict[str, Any]] = []
    seen: set[int] = set()
    for number in sorted(draw(st.sets(st.integers(2, 90), max_size=15))):
        message, labels = draw(st.integers(1, 5)), draw(LABELS)
        kind = draw(st.sampled_from(["deleted", "+", "-"] if message in seen else ["added", "deleted", "+", "-"]))
        seen.add(message)
        if kind == "added":
            made.append(added(number, message, *labels))
        elif kind == "deleted":
            made.append(deleted(number, message, *labels))
        else:
            made.append(moved(number, message, kind, draw(st.sampled_from(["INBOX", "SPAM", "STARRED"])), *labels))
    return made


@given(histories(), st.randoms(use_true_random=False), st.integers(1, 4))
def test_pages_in_any_order_and_repeated_are_the_same_history(
    records: list[dict[str, Any]], dice: Any, copies: int
) -> None:
    shuffled = records * copies
    dice.shuffle(shuffled)
    cuts = sorted(dice.randint(0, len(shuffled)) for _ in range(3))
    pages = [page(*shuffled[a:b]) for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    assert digest(pages, SCOPE, start=1) == of(*records)


@given(histories(), st.integers(1, 95))
def test_a_history_taken_in_two_parts_announces_what_it_announces_as_a_whole(
    records: list[dict[str, Any]], cut: int
) -> None:
    whole = {one.message for one in of(*records).arrivals}
    first = digest([page(*[one for one in records if int(one["id"]) <= cut], head=cut)], SCOPE, start=1)
    rest = of(*records, start=first.up_to)
    assert {one.message for one in first.arrivals} | {one.message for one in rest.arrivals} <= whole
    # What the second part announces again came back: then the log decides.
    assert not {one.message for one in first.arrivals} & {one.message for one in rest.arrivals if not one.returned}


@given(histories(), st.integers(0, 200), st.integers(0, 200))
def test_point_4_the_cursor_only_moves_forward(records: list[dict[str, Any]], start: int, head: int) -> None:
    changes = of(*records, start=start, head=head)
    assert changes.up_to >= start
    records_ = [one.record for one in changes.arrivals] + [one.record for one in changes.moves]
    assert all(start < one <= changes.up_to for one in records_)
    assert len({one.message for one in changes.arrivals}) == len(changes.arrivals)


def test_what_came_after_the_first_page_was_asked_for_is_left_to_the_next_round() -> None:
    pages = [page(added(5, 1, "INBOX"), head=10), page(added(9, 2, "INBOX"), head=30)]
    assert digest(pages, SCOPE, start=1).up_to == 10


def test_pages_that_do_not_reach_the_end_count_up_to_their_last_record() -> None:
    assert digest([page(added(5, 1, "INBOX"), head=10)], SCOPE, start=1, whole=False).up_to == 5


@pytest.mark.parametrize(
    ("records", "arrived"),
    [
        ([added(5, 1, "INBOX", "UNREAD")], [1]),
        ([added(5, 1, "SENT")], []),
        ([added(5, 1, "INBOX", "SENT")], [1]),  # a mail to oneself
        ([added(5, 1, "DRAFT", "INBOX")], []),
        ([added(5, 1, "SPAM")], []),
        ([added(5, 1, "SPAM"), moved(7, 1, "+", "INBOX", "INBOX")], [1]),
        ([added(5, 1), moved(7, 1, "-", "INBOX")], [1]),  # filed away before we looked, with labels as they are now
        ([added(5, 1, "INBOX"), moved(7, 1, "-", "INBOX"), moved(8, 1, "+", "INBOX", "INBOX")], [1]),
        ([moved(7, 1, "+", "STARRED", "INBOX", "STARRED")], []),
        ([bare(5, 1)], [1]),  # whether it does shows when it is fetched
        ([], []),
    ],
)
def test_a_mail_counts_when_it_comes_into_scope(records: list[dict[str, Any]], arrived: list[int]) -> None:
    assert [one.message for one in of(*records).arrivals] == arrived


@pytest.mark.parametrize(
    ("records", "unsure"),
    [
        ([bare(5, 1)], True),
        ([bare(5, 1), moved(7, 1, "-", "INBOX")], False),  # it had been in scope
        ([bare(5, 1), moved(7, 1, "+", "INBOX", "INBOX")], False),
        ([added(5, 1, "INBOX")], False),
    ],
)
def test_a_record_without_labels_leaves_open_whether_a_mail_counts(records: list[dict[str, Any]], unsure: bool) -> None:
    assert [one.unsure for one in of(*records).arrivals] == [unsure]


@pytest.mark.parametrize(
    ("records", "actions"),
    [
        ([moved(5, 1, "-", "INBOX")], ["archived"]),
        ([moved(5, 1, "+", "SPAM", "SPAM"), moved(6, 1, "-", "INBOX", "SPAM")], ["spam"]),
        ([moved(5, 1, "-", "INBOX"), moved(6, 1, "+", "TRASH", "TRASH")], ["trashed"]),
        ([moved(5, 1, "-", "SPAM", "INBOX"), moved(6, 1, "+", "INBOX", "INBOX")], ["not_spam"]),
        ([moved(5, 1, "+", "STARRED", "INBOX"), moved(6, 1, "-", "STARRED", "INBOX")], ["starred", "unstarred"]),
        ([moved(5, 1, "-", "UNREAD", "INBOX")], []),
        ([moved(5, 1, "+", "STARRED", "SENT")], []),  # one of one's own
        ([deleted(5, 1, "INBOX")], ["deleted"]),
        ([deleted(5, 1, "INBOX", "UNREAD")], ["deleted_unread"]),
        ([moved(5, 1, "+", "TRASH", "TRASH", "UNREAD")], ["deleted_unread"]),
        ([moved(5, 1, "+", "SPAM", "SPAM", "UNREAD")], ["spam"]),
        ([deleted(5, 1, "TRASH")], []),  # Gmail empties the trash itself
    ],
)
def test_what_a_person_does_has_a_name(records: list[dict[str, Any]], actions: list[str]) -> None:
    assert [one.action for one in of(*records).moves] == actions


@pytest.mark.parametrize(
    "page_", [{}, {"historyId": "x"}, {"historyId": "5", "history": [{"id": "7", "messagesAdded": [{}]}]}]
)
def test_a_page_that_is_none_is_an_error_of_three_kinds(page_: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        digest([page_], SCOPE, start=1)


def sent(number: int, message: int, thread: int | None, *labels: str, way: str = "added") -> dict[str, Any]:
    shown: dict[str, Any] = {"id": f"{message:x}"} | ({"threadId": f"{thread:x}"} if thread else {})
    if labels:
        shown["labelIds"] = list(labels)
    if way == "added":
        return {"id": str(number), "messagesAdded": [{"message": shown}]}
    return {"id": str(number), "labelsAdded": [{"message": shown, "labelIds": [way]}]}


@pytest.mark.parametrize(
    ("why", "record", "expected"),
    [
        ("in a thread", sent(5, 9, 2, "SENT"), (Sent(5, 9, 2),)),
        ("in a thread, to oneself, too", sent(5, 9, 2, "SENT", "INBOX", "UNREAD"), (Sent(5, 9, 2),)),
        ("a draft that keeps its id", sent(5, 9, 2, "SENT", way="SENT"), (Sent(5, 9, 2),)),
        ("a draft whose record shows the labels of before", sent(5, 9, 2, "Label_1", way="SENT"), (Sent(5, 9, 2),)),
        ("of which no labels are shown", sent(5, 9, 2), (Sent(5, 9, 2),)),
        ("as the first of its thread", sent(5, 9, 9, "SENT"), ()),
        ("in no thread that is named", sent(5, 9, None, "SENT"), ()),
        ("not, but drafted", sent(5, 9, 2, "DRAFT"), ()),
        ("not, but said in a chat", sent(5, 9, 2, "CHAT", "SENT"), ()),
        ("not, but received", sent(5, 9, 2, "INBOX"), ()),
        ("long ago, and starred now", sent(5, 9, 2, "SENT", "STARRED", way="STARRED"), ()),
        ("before all was known", sent(1, 9, 2, "SENT"), ()),
    ],
)
def test_a_mail_was_sent(why: str, record: dict[str, Any], expected: tuple[Sent, ...]) -> None:
    assert of(record).sent == expected, why


def test_a_sent_mail_is_looked_at_once_and_not_when_it_was_deleted() -> None:
    twice = [sent(5, 9, 2, "SENT"), sent(7, 9, 2, "SENT", way="SENT")]
    assert of(*twice).sent == (Sent(5, 9, 2),)
    assert of(*twice, deleted(8, 9, "SENT")).sent == ()


def test_only_what_is_sent_to_oneself_is_fetched_as_a_mail() -> None:
    assert of(sent(5, 9, 2, "SENT")).arrivals == ()
    (one,) = of(sent(5, 9, 2, "SENT", "INBOX")).arrivals
    assert one.message == 9
