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
_TITLES = {"written": "the project's own mails", "check": "authored check, never learned from"}
_JUNK_TITLES = {"junk": "junk", "approaches": "junk in the project's own mails (the check: never learned from)"}
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
    mails = [*examples(data), *written(*LEARNED, JUNK)]
    sentences = list(asking_sentences(data))
    group = (lambda each: each.fold) if by == "thread" else top
    raw = crossing.cross(mails, sentences, group, _tell)
    crossed = crossing.calibrate(raw)
    content = fit.as_file(crossing.data_of(mails, sentences, crossing.certainty_of(raw)))
    whole = read(content)
    checked = [crossing.judge(each, whole) for each in written(CHECK)]
    modern = [each for each in crossed if each.example.is_modern]
    own = [each for each in crossed if each.example.is_authored and not each.example.is_about_junk]
    natural = [each for each in crossed if not each.example.is_modern and not each.example.is_authored]
    reports = {
        "natural": _figures(natural),
        "modern": _figures(modern),
        "written": _figures(own),
        "check": _figures(checked),
        "junk": junk([*natural, *modern], lambda each: each.source),
        "approaches": junk([each for each in crossed if each.example.is_authored], _table) | junk(checked, _table),
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
    for name in ("natural", "modern", "written", "check"):
        lines += [f"== {_TITLES.get(name, name)}", *report.lines(reports[name]), ""]
    for name, title in _JUNK_TITLES.items():
        lines.append(f"== {title}: spam and phishing called so, and what else was")
        lines += [f"{source:28} {one}" for source, one in reports[name].items()]
    return lines


if __name__ == "__main__":
    train()
