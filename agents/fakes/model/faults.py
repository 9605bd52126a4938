"""What goes wrong on purpose: one fault at a time, for so many calls."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "429", "500", "503", "hang", "drop", "slow", "drip", "truncated", "junk", "schema", "filter", "refusal", "empty"
]
"""429, 500, 503: that status. hang: no answer. drop: the connection ends. slow: the right answer after `delay_s`.
drip: the body byte by byte over `delay_s`. truncated: half of the answer, finish_reason length. junk: HTML with
status 200. schema: an answer outside the enumerations. filter: finish_reason content_filter. empty: no choices."""


@dataclass
class Fault:
    """One kind of trouble."""

    kind: Kind
    times: int | None = None
    """So many calls; None: until it is removed."""
    probability: float = 1.0
    delay_s: float = 0.0
    retry_after_s: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"fault {self.kind!r} is none of {', '.join(get_args(Kind))}")

    def befalls(self, dice: random.Random) -> bool:
        """Whether it hits this call; counted down."""
        if self.times == 0 or dice.random() >= self.probability:
            return False
        if self.times is not None:
            self.times -= 1
        return True
