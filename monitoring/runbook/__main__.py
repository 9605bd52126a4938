"""`python -m monitoring.runbook`: every command block of the runbook: run, or checked only and why; and their numbers.

`make runbook` runs them against the real system with their faults (tests/integration/gameday/runbook)."""

from __future__ import annotations

import click

from monitoring.runbook.blocks import of_runbook


@click.command()
def main() -> None:
    """List the blocks."""
    found = of_runbook()
    for block in found:
        how = f"checked only: {block.checked}" if block.checked else f"run, {block.fault or 'all well'}"
        click.echo(f"RUNBOOK.md:{block.line:<4} {block.section:<32} {how}")
    checked = sum(1 for block in found if block.checked)
    click.echo(f"run {len(found) - checked}, checked only {checked}, total {len(found)}")


if __name__ == "__main__":
    main()
