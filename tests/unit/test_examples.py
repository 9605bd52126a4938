"""What Hypothesis tries in `make test` depends on nothing but the test; where new examples are looked for there are more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import tests.conftest
{loaded}
from hypothesis import given, strategies as st
from tests.examples import examples

tried = []

@examples(40)
@given(st.text(), st.integers(), st.binary())
def each(text, number, raw):
    tried.append((text, number, raw))

each()
print(len(tried), ascii(tried))
"""


def tried(profile: str, loaded: str = "") -> tuple[int, str]:
    """How many examples there were, and all of them."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(loaded=loaded)], cwd=ROOT, capture_output=True, text=True, check=True,
        env=os.environ | {"TRIAGE_TESTS_EXAMPLES": profile, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    count, _, said = done.stdout.partition(" ")
    return int(count), said


def test_the_same_examples_are_tried_whatever_was_loaded_before() -> None:
    assert tried("same") == tried("same", "import streams.canary, streams.triage.phrases, infra.settings")


@pytest.mark.parametrize(("profile", "least", "most"), [("patient", 1, 40), ("search", 41, 800)])
def test_a_property_with_a_number_of_its_own_has_more_where_new_ones_are_looked_for(
    profile: str, least: int, most: int
) -> None:
    assert least <= tried(profile)[0] <= most
