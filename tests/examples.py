"""How many examples a property gets that wants more, or can afford fewer, than the 100 of all others."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def examples(usual: int, *, fixtures_are_shared: bool = False) -> settings:
    """`@examples(300)`: so many in most runs, and so many times more where the run wants more (tests/conftest.py).

    fixtures_are_shared: pytest makes the fixtures once for all examples, and the test knows it."""
    now = settings()
    shared = (HealthCheck.function_scoped_fixture,) if fixtures_are_shared else ()
    return settings(
        max_examples=usual * now.max_examples // 100, suppress_health_check=[*now.suppress_health_check, *shared]
    )
