"""`triage evaluate`: how right the classifier is on labelled mail, with intervals, slices and the worst errors."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import orjson

from agents.crew.command import make_panel, require_endpoint
from agents.evaluation import crewed, report
from agents.evaluation.comparison import compared
from agents.evaluation.figures import figures, said, worst
from agents.evaluation.judged import judge
from agents.evaluation.page import page
from infra.settings import load
from streams.triage.model import MODEL


@click.command()
@click.argument("labels", type=click.Path(exists=True, path_type=Path))
@click.option("--corpus", type=click.Path(exists=True, path_type=Path), help="Folder or .tar.gz of the mails.")
@click.option("--errors", default=5, show_default=True, type=click.IntRange(min=0), help="Worst errors to show.")
@click.option("--rules-alone", is_flag=True, help="Judge the rules without the learned model.")
@click.option(
    "--compare",
    "before",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier report (--json) over the same mails: what changed, mail by mail.",
)
@click.option(
    "--html",
    "to_page",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also write the report to this file, to look at.",
)
@click.option("--crew", is_flag=True, help="Also what the crew at CREW_URL changes: lanes, cost, latency.")
@click.option("--json", "machine", is_flag=True, help="One JSON object.")
def evaluate(
    *, labels: Path, corpus: Path | None, errors: int, rules_alone: bool, before: Path | None, to_page: Path | None,
    crew: bool, machine: bool,
) -> None:  # fmt: skip
    """Judge the classifier on LABELS: a CSV file, or a folder or .tar.gz archive with a labels.csv.

    Where two annotators labelled, the first is taken for the truth and the second's agreement is shown. On mail that
    the model was trained on the figures flatter it: `python -m agents.training DATA --only-check` gives honest ones.
    """
    judged = judge(labels, corpus, None if rules_alone else MODEL)
    found = figures(judged) | {"errors": worst(judged, errors)}
    if before is not None:
        found["compared"] = compared(judged, before)
    if crew:
        found["crew"] = crewed.report(asyncio.run(_crewed(labels, corpus)))
    if to_page is not None:
        to_page.write_text(page(found), "utf-8")
    if machine:
        click.echo(orjson.dumps(found | {"said": said(judged)}, option=orjson.OPT_NON_STR_KEYS))
    else:
        told = [*report.lines(found), *(crewed.lines(found["crew"]) if crew else ())]
        click.echo("\n".join(told))


async def _crewed(labels: Path, corpus: Path | None) -> list[crewed.Crewed]:
    settings = require_endpoint(load())
    return await crewed.crewed(labels, corpus, settings, make_panel(settings))
