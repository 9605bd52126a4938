"""What the comparison of a mailbox with the log says."""

from __future__ import annotations

import pytest

from agents.proving.proof import compare
from agents.proving.rebuilt import Remembered

SINCE = "2026-11-01T00:00:00Z"


@pytest.mark.parametrize(
    ("listed", "logged", "recognised", "missing", "twice", "extra"),
    [
        ("ab", "ab", "", (), (), 0),
        ("abc", "ab", "", ("place of c",), (), 0),
        ("ab", "aba", "", (), ("a",), 0),
        ("a", "abc", "", (), (), 2),
        ("ab", "xy", "ab", (), (), 0),
        ("abc", "xyz", "ab", ("place of c",), (), 1),
        ("ab", "x", "ab", (), (), 0),  # two mails with one content, announced once
    ],
)
def test_listed_against_logged(
    listed: str, logged: str, recognised: str, missing: tuple[str, ...], twice: tuple[str, ...], extra: int
) -> None:
    places = {one: f"place of {one}" for one in listed}
    proof = compare("box", places, list(logged), SINCE, recognised=set(recognised))
    assert (proof.missing, proof.twice, proof.extra, proof.recognised) == (missing, twice, extra, len(recognised))
    assert proof.holds == (not missing and not twice)


def test_a_folder_was_rebuilt_when_the_log_knows_it_by_another_uidvalidity() -> None:
    log = Remembered()
    log.add("Entw%C3%BCrfe/a;UIDVALIDITY=5;UID=7", "f1")
    log.add("gmail;19ab", "f2")
    log.add("", "")
    assert log.was_rebuilt("Entwürfe/a", 6)
    assert not log.was_rebuilt("Entwürfe/a", 5)
    assert not log.was_rebuilt("INBOX", 5)
    assert log.fingerprints == {"f1", "f2"}


@pytest.mark.parametrize(
    ("logged", "put_back", "twice"),
    [
        ("ab", "a", ()),
        ("b", "a", ()),  # the log has let go of the first one
        ("aab", "a", ("a",)),
    ],
)
def test_a_dead_letter_that_was_put_back_is_one_mail(logged: str, put_back: str, twice: tuple[str, ...]) -> None:
    proof = compare("box", {"a": "", "b": ""}, list(logged), SINCE, put_back=set(put_back))
    assert (proof.logged, proof.missing, proof.twice) == (2, (), twice)
