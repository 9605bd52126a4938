"""`python -m agents.training DATA`: trains the model, and says how right it is on mail that it did not learn from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import orjson

from agents.evaluation import report
from agents.evaluation.figures import figures
from agents.evaluation.judged import judged
from agents.training import crossing, fit
from agents.training.authored import CHECK, JUNK, LEARNED
from agents.training.corpora import Example, asking_sentences, examples, written
from agents.training.crossing import Crossed
from streams.triage import weighing
from streams.triage.model import read

WEIGHTS = Path(__file__).resolve().parents[2] / "streams" / "triage" / "weights.json"
_TITLES = {"check": "authored check, never learned from"}
_JUNK_TITLES = {"junk": "junk", "approaches": "junk in the written mail, in folds (the check: never learned from)"}
_JUNK = frozenset(weighing.JUNK)


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), default=WEIGHTS, help="Where the weights go."
)
@click.option(
    "--by", type=click.Choice(["thread", "source"]), default="thread", help="What a group of the validation is."
)
@click.option("--only-check", is_flag=True, help="Validate and write nothing.")
@click.option("--json", "machine", is_flag=True, help="One JSON object with all figures.")
def train(*, data: Path, output: Path, by: str, only_check: bool, machine: bool) -> None:
    """Train on the shared data in the folder DATA; takes some minutes on one core and gives the same file every time.

    Before that every mail is judged by a model that learned from other threads (or other sources) only: those are the
    figures to believe. Confidence is calibrated on these verdicts.
    """
    mails = examples(data)
    sentences = list(asking_sentences(data))
    own = written(*LEARNED, JUNK)
    group = (lambda each: each.fold) if by == "thread" else top
    raw = crossing.cross(mails, sentences, group, _tell, always=own)
    line = fit.calibration([(each.verdict.confidence, each.right) for each in raw if each.example.label])
    crossed = crossing.calibrate(raw)
    learned = crossing.data_of([*mails, *own], sentences, line)
    content = fit.as_file(learned)
    whole = read(content)
    checked = [crossing.judge(each, whole) for each in written(CHECK)]
    reports = {
        "natural": _figures([each for each in crossed if not each.example.is_modern]),
        "modern": _figures([each for each in crossed if each.example.is_modern]),
        "check": _figures(checked),
        "junk": junk(crossed, lambda each: each.source),
        "approaches": junk(crossing.cross_written(mails, own, learned), _table) | junk(checked, _table),
    }
    if machine:
        click.echo(orjson.dumps(reports, option=orjson.OPT_NON_STR_KEYS))
    else:
        click.echo("\n".join(_lines(reports)))
    if not only_check:
        output.write_bytes(content)
        _tell(f"{output}: written")


def _tell(text: str) -> None:
    click.echo(text, err=True)


def top(example: Example) -> str:
    """The corpus of a mail."""
    return example.source.partition("/")[0]


def _figures(crossed: list[Crossed]) -> dict[str, Any]:
    return figures(
        judged((each.example.label, each.example.mail, each.verdict) for each in crossed if each.example.label)
    )


def _table(example: Example) -> str:
    """Of the project's own mails: their table."""
    return "/".join(example.source.split("/")[:2])


def junk(crossed: list[Crossed], of: Callable[[Example], str]) -> dict[str, dict[str, float]]:
    """By what a mail is of: mails, and the shares that are junk and that were called junk."""
    found = {}
    for source in sorted({of(each.example) for each in crossed}):
        here = [each for each in crossed if of(each.example) == source]
        true = [each.verdict.category in _JUNK for each in here if each.example.junk]
        false = [each.verdict.category in _JUNK for each in here if not each.example.junk]
        found[source] = {
            "junk": len(true),
            "recall": round(sum(true) / len(true), 4) if true else 0.0,
            "others": len(false),
            "false_alarms": round(sum(false) / len(false), 4) if false else 0.0,
        }
    return found


def _lines(reports: dict[str, dict[str, Any]]) -> list[str]:
    lines = []
    for name in ("natural", "modern", "check"):
        lines += [f"== {_TITLES.get(name, name)}", *report.lines(reports[name]), ""]
    for name, title in _JUNK_TITLES.items():
        lines.append(f"== {title}: spam and phishing called so, and what else was")
        lines += [f"{source:28} {one}" for source, one in reports[name].items()]
    return lines


if __name__ == "__main__":
    train()
