"""Options that many commands have."""

from __future__ import annotations

import click

as_json = click.option("--json", "machine", is_flag=True, help="Print JSON for programs.")
