"""How right a classifier was: pure figures over pairs of what was said and what is true."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

Label = TypeVar("Label", bound=Hashable)
Pairs = Sequence[tuple[Label, Label]]
"""(true, said) per mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with its interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval: honest for small counts and near 0 and 1."""
        if not self.of:
            return 0.0, 1.0
        z, share, count = 1.96, self.value, self.of
        middle = (share + z * z / (2 * count)) / (1 + z * z / count)
        half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """Precision, recall and F1 of one class."""

    precision: Share
    recall: Share

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 when both are."""
        both = self.precision.value + self.recall.value
        return 2 * self.precision.value * self.recall.value / both if both else 0.0


def accuracy(pairs: Pairs[Label]) -> Share:
    """How many were said right."""
    return Share(hits=sum(true == said for true, said in pairs), of=len(pairs))


def figures(pairs: Pairs[Label], wanted: Callable[[Label], bool]) -> ClassFigures:
    """Precision and recall of a class, or of a group of classes."""
    both = sum(wanted(true) and wanted(said) for true, said in pairs)
    return ClassFigures(
        precision=Share(hits=both, of=sum(wanted(said) for _, said in pairs)),
        recall=Share(hits=both, of=sum(wanted(true) for true, _ in pairs)),
    )


def confusion(pairs: Pairs[Label]) -> Counter[tuple[Label, Label]]:
    """How often each (true, said)."""
    return Counter(pairs)


def macro_f1(pairs: Pairs[Label]) -> float:
    """Mean F1 of the classes that occur among the true labels."""
    classes = sorted({true for true, _ in pairs}, key=str)
    scores = [figures(pairs, lambda each, one=one: each == one).f1 for one in classes]  # type: ignore[misc]
    return sum(scores) / len(scores) if scores else 0.0


def weighted_kappa(pairs: Pairs[Label], order: Sequence[Label]) -> float:
    """Cohen's kappa with quadratic weights over ordered classes: agreement beyond chance, far misses weigh more."""
    if not pairs:
        return 0.0
    place = {label: at for at, label in enumerate(order)}
    trues = Counter(place[true] for true, _ in pairs)
    saids = Counter(place[said] for _, said in pairs)
    seen = sum((place[true] - place[said]) ** 2 for true, said in pairs) / len(pairs)
    chance = sum((a - b) ** 2 * trues[a] * saids[b] for a in trues for b in saids) / len(pairs) ** 2
    return 1 - seen / chance if chance else 1.0


def bootstrap(
    pairs: Pairs[Label], figure: Callable[[Pairs[Label]], float], *, rounds: int = 1000, seed: int = 1
) -> tuple[float, float]:
    """A 95 % interval of any figure by resampling the mails; the same on every run."""
    if not pairs:
        return 0.0, 1.0
    chance = random.Random(seed)
    values = sorted(figure(chance.choices(pairs, k=len(pairs))) for _ in range(rounds))
    return values[int(0.025 * rounds)], values[min(rounds - 1, int(0.975 * rounds))]


Chances = Sequence[tuple[float, bool]]
"""(stated probability of being right, whether it was) per mail."""


def brier(chances: Chances) -> float:
    """Mean squared distance of stated probabilities from what came true (Brier 1950): 0 is perfect, 0.25 a coin."""
    return sum((stated - came) ** 2 for stated, came in chances) / len(chances) if chances else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Mails whose stated probability lies within a range: were as many right as was said?"""

    stated: float
    """Their mean."""
    came: Share


def reliability(chances: Chances, bins: int = 5) -> list[Bin]:
    """The reliability curve: bins of equally many mails, least sure first."""
    ordered = sorted(chances)
    cuts = [round(at * len(ordered) / bins) for at in range(bins + 1)]
    parts = [ordered[low:high] for low, high in pairwise(cuts) if high > low]
    return [
        Bin(
            stated=sum(stated for stated, _ in part) / len(part),
            came=Share(hits=sum(came for _, came in part), of=len(part)),
        )
        for part in parts
    ]


def cost(pairs: Pairs[Label], wanted: Callable[[Label], bool], *, buried: float = 4.0) -> float:
    """Mean cost per mail: `buried` for each wanted one that was not said to be so, 1 for each false alarm."""
    missed = sum(wanted(true) and not wanted(said) for true, said in pairs)
    alarms = sum(wanted(said) and not wanted(true) for true, said in pairs)
    return (buried * missed + alarms) / len(pairs) if pairs else 0.0


def sign_test(better: int, worse: int) -> float:
    """Two-sided exact p of so uneven a split of the mails on which two classifiers differ (McNemar's test)."""
    differ = better + worse
    tail = sum(math.comb(differ, few) for few in range(min(better, worse) + 1)) / float(2**differ)
    return min(1.0, 2 * tail)
