"""A mailbox and its history, as a client sees them that only follows the changes."""

from hypothesis import given
from hypothesis import strategies as st

from agents.fakes.google.generated import Generated
from agents.fakes.google.mailbox import HistoryExpired, Mailbox

LABELS = ("INBOX", "UNREAD", "SPAM", "STARRED")
steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "delete", "relabel", "forget"]), st.integers(0, 50), st.sets(st.sampled_from(LABELS))
    ),
    max_size=40,
)


def run(box, step, known):
    """One step, on the nth message where there is one."""
    action, number, labels = step
    if action == "add":
        known.append(box.add(b"x", now_ms=number * 1000, labels=labels).id)
    elif action == "forget":
        box.forget_history(before_id=box.history_id - number)
    elif known:
        chosen = known[number % len(known)]
        if action == "delete":
            box.delete(known.pop(known.index(chosen)), now_ms=0)
        else:
            box.relabel(chosen, add=labels, remove=set(LABELS) - labels, now_ms=0)


@given(before=steps, after=steps)
def test_history_from_any_point_leads_to_what_is_there(before, after):
    known: list[str] = []
    box = Mailbox("a@example.org")
    for step in before:
        run(box, step, known)
    start = box.history_id
    view = {message.id: message.labels for message in box.messages.values()}
    for step in after:
        run(box, step, known)
    try:
        changes = list(box.history(start))
    except HistoryExpired:
        assert any(action == "forget" for action, _, _ in after)
        return
    assert [change.id for change in changes] == sorted({change.id for change in changes})
    for change in changes:
        if change.kind == "messageDeleted":
            del view[change.message_id]
        else:
            view[change.message_id] = change.labels
    assert view == {message.id: message.labels for message in box.messages.values()}
    assert [m.id for m in box.newest_first()] == [
        m.id for m in sorted(box.messages.values(), key=lambda m: (-m.internal_ms, -int(m.id, 16)))
    ]


@given(steps)
def test_what_was_forgotten_is_refused_and_what_was_not_is_complete(taken):
    known: list[str] = []
    box = Mailbox("a@example.org")
    for step in taken:
        run(box, step, known)
    for start in range(box.first_history_id, box.history_id + 2):
        refused = start < box.oldest_history_id or start > box.history_id
        try:
            list(box.history(start))
        except HistoryExpired:
            assert refused
        else:
            assert not refused


def test_a_generated_mail_is_the_same_each_time_and_about_as_long_as_asked():
    mail = Generated(7, "a@example.org", 1_790_000_000, 3000)
    assert mail.bytes() == mail.bytes()
    assert mail.bytes() != Generated(8, "a@example.org", 1_790_000_000, 3000).bytes()
    assert 3000 < len(mail.bytes()) < 3600
    assert b"Message-ID: <7.a.example.org@mail.example.org>\r\n" in mail.bytes()
