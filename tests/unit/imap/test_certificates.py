"""The certificate gauge: the first to expire of what servers show now."""

from __future__ import annotations

import math

import pytest

from agents.sources.imap.certificates import KEPT_S, Certificates
from agents.sources.imap.wire import Wire
from monitoring import metrics
from tests.clock import Clock

DAY = 86_400.0
NOW = 1_800_000_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def certificates(clock: Clock) -> Certificates:
    return Certificates(clock=clock)


def left(certificates: Certificates) -> float:
    certificates.measure()
    (family,) = metrics.CERTIFICATE_EXPIRY_SECONDS.collect()
    return family.samples[0].value if family.samples else math.nan


async def test_the_first_to_expire_counts(certificates: Certificates, clock: Clock) -> None:
    wires = [Wire(1000), Wire(1000)]
    certificates.shown("a:993", NOW + 30 * DAY, wires[0])
    certificates.shown("b:993", NOW + 3 * DAY, wires[1])
    assert left(certificates) == 3 * DAY
    clock.now += DAY
    assert left(certificates) == 2 * DAY


async def test_a_renewed_certificate_takes_the_place_of_the_old_one(certificates: Certificates) -> None:
    old, new = Wire(1000), Wire(1000)
    certificates.shown("a:993", NOW + DAY, old)
    certificates.shown("a:993", NOW + 90 * DAY, new)
    assert left(certificates) == 90 * DAY, "the old connection lives on, and shows what is no longer there"


async def test_an_expired_certificate_is_seen_although_nobody_connects_any_more(
    certificates: Certificates, clock: Clock
) -> None:
    wire = Wire(1000)
    certificates.shown("a:993", NOW + DAY, wire)
    clock.now += DAY + 60
    assert left(certificates) == -60
    wire.connection_lost(None)
    clock.now += KEPT_S - 1
    assert left(certificates) < 0
    clock.now += 2
    assert math.isnan(left(certificates)), "a server that nobody uses is forgotten"


async def test_a_connection_keeps_its_certificate_in_sight(certificates: Certificates, clock: Clock) -> None:
    wire = Wire(1000)
    certificates.shown("a:993", NOW + 90 * DAY, wire)
    for _ in range(5):
        clock.now += DAY
        certificates.measure()
    assert left(certificates) == 85 * DAY
    assert not wire.ended


async def test_without_certificates_there_is_no_series(certificates: Certificates) -> None:
    assert math.isnan(left(certificates))
