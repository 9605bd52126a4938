"""A decision that never ends is interrupted on the main thread and becomes a dead letter; the next event is decided."""

from __future__ import annotations

import re
import signal
import threading
import time

import pytest

from streams.runtime import Event, Known, Outcome, Output
from streams.runtime.batch import Decided, Decider
from streams.runtime.dead import DeadLetterLimit
from streams.runtime.watch import IDLE, EventTimeout, Watch
from tests.unit.runtime.records import Record, agent_of, tables_of

pytestmark = pytest.mark.timeout(60, method="thread")
TIMEOUT_S = 0.2


@pytest.fixture(autouse=True)
def long_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch ends with its turn; on a busy machine an interrupted event may take all of one."""
    monkeypatch.setattr("streams.runtime.batch.TURN_S", 60.0)


def endless() -> None:
    while True:
        pass


def catastrophic() -> None:
    re.search(rb"(a+)+$", b"a" * 60 + b"b")


def stubborn() -> None:
    """Catches everything, as code that wants to survive hostile input does; it is interrupted until it gives up."""
    interrupted = 0
    while interrupted < 3:
        try:
            endless()
        except Exception:
            interrupted += 1
    raise EventTimeout


def slow() -> None:
    """Many short calls rather than one long one."""
    while True:
        time.sleep(0.001)


async def decided_by(trap, *, timeout_s: float = TIMEOUT_S) -> Decided:
    def decide(event: Event, known: Known) -> Outcome:
        if event.value == b"trap":
            trap()
        return Outcome(outputs=(Output(topic="out", key=event.key, value=event.value),))

    decider = Decider(agent_of(decide), event_timeout_s=timeout_s, limit=DeadLetterLimit(100))
    return await decider.decide([Record(offset=1), Record(offset=2, value=b"trap"), Record(offset=3)], tables_of())


@pytest.mark.parametrize("trap", [endless, catastrophic, stubborn, slow])
async def test_is_interrupted_and_buried_alone(trap) -> None:
    decided = await decided_by(trap)
    assert [type(error) for error in decided.failures.values()] == [EventTimeout]
    assert [(output.topic, output.value) for output in decided.outputs] == [
        ("out", b"mail"),
        ("mail.dead", b"trap"),
        ("out", b"mail"),
    ]
    assert decided.next_offset == 4


async def test_a_decision_within_its_time_is_left_alone() -> None:
    decided = await decided_by(lambda: time.sleep(TIMEOUT_S / 2), timeout_s=30)
    assert not decided.failures


async def test_no_timer_runs_on_after_a_batch() -> None:
    await decided_by(endless)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_time_between_events_belongs_to_nobody() -> None:
    watch = Watch(0.1)
    with watch:
        watch.deciding = 0
        watch.deciding = IDLE
        time.sleep(0.3)
    with pytest.raises(EventTimeout), watch:  # noqa: PT012 - interrupted between the two
        watch.deciding = 0
        time.sleep(5)


def test_elsewhere_than_on_the_main_thread_it_does_nothing() -> None:
    before, done = signal.getsignal(signal.SIGALRM), []

    def use() -> None:
        with Watch(0.02) as watch:
            watch.deciding = 0
            time.sleep(0.1)
            done.append(True)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert done == [True]
    assert signal.getsignal(signal.SIGALRM) is before


async def test_each_of_several_watches_in_a_process_interrupts_its_own_decisions() -> None:
    first, _second = Watch(TIMEOUT_S), Watch(100)
    with first:
        first.deciding = 0
        with pytest.raises(EventTimeout, match=r"0\.2 s"):
            endless()


async def test_time_in_which_the_process_was_stopped_is_not_the_events() -> None:
    """All ticks of that time come as one signal when it goes on."""

    def while_stopped() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        time.sleep(5 * TIMEOUT_S)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])

    decided = await decided_by(while_stopped)
    assert not decided.failures


def test_each_event_has_the_whole_time() -> None:
    """Many decisions that take most of it each are not taken for one that takes too long."""
    watch = Watch(0.2)
    with watch:
        for number in range(6):
            watch.deciding = number
            time.sleep(0.12)
