"""Which changes are pushed, and what the mishaps do; with a publisher that only takes notes."""

import json
import random
from concurrent.futures import Future

import pytest

from agents.fakes.google.mailbox import Mailbox
from agents.fakes.google.pushes import Mishaps, Pushes, Watch

BOX = "a@example.org"


class Notes(list[int]):
    def __call__(self, topic, data):
        self.append(json.loads(data)["historyId"])
        done: Future[str] = Future()
        done.set_result("1")
        return done


def change(box, labels=("INBOX",)):
    start = box.history_id
    box.add(b"x", now_ms=0, labels=labels)
    return list(box.history(start))


@pytest.fixture
def box():
    return Mailbox(BOX)


def pushing(watch=None, **mishaps):
    sent = Notes()
    pushes = Pushes(sent, Mishaps(**mishaps), dice=random.Random(1))
    pushes.watches[BOX] = watch or Watch("projects/p/topics/t", frozenset(), exclude=False, expires_s=1000)
    return sent, pushes


def test_at_most_one_a_second_and_user(box):
    sent, pushes = pushing()
    for now_s in (1.0, 1.5, 1.99, 2.0, 2.1, 3.5):
        pushes.changed(box, change(box), now_s)
    assert len(sent) == 3
    assert pushes.counts == {"published": 3, "limited": 3}


@pytest.mark.parametrize(
    ("labels", "exclude", "of", "told"),
    [
        ((), False, ("SPAM",), True),
        (("INBOX",), False, ("INBOX", "UNREAD"), True),
        (("INBOX",), False, ("SPAM",), False),
        (("SPAM",), True, ("SPAM",), False),
        (("SPAM",), True, ("INBOX",), True),
    ],
)
def test_a_watch_tells_of_its_labels(box, labels, exclude, of, told):
    sent, pushes = pushing(Watch("projects/p/topics/t", frozenset(labels), exclude=exclude, expires_s=1000))
    pushes.changed(box, change(box, of), 1.0)
    assert bool(sent) is told


def test_after_its_expiry_a_watch_tells_nothing(box):
    sent, pushes = pushing()
    pushes.changed(box, change(box), 1000.0)
    assert sent == []


def test_dropped_pushes_never_come(box):
    sent, pushes = pushing(drop=1.0)
    pushes.changed(box, change(box), 1.0)
    assert (sent, pushes.counts) == ([], {"dropped": 1})


async def test_a_duplicate_comes_twice_and_a_reordered_one_after_its_successor(box):
    sent, pushes = pushing(duplicate=1.0)
    pushes.changed(box, change(box), 1.0)
    assert sent == [box.history_id] * 2
    pushes.mishaps = Mishaps(reorder=1.0)
    pushes.changed(box, change(box), 3.0)
    held = box.history_id
    pushes.mishaps = Mishaps()
    pushes.changed(box, change(box), 5.0)
    assert sent[2:] == [box.history_id, held]
