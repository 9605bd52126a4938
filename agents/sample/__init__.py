"""The sample mailbox that `triage run` feeds when no account is configured: invented mails, dated relative to now.

It belongs to Robin, platform lead of the fictional freight software company Bluecrate (`OWNER_ADDRESSES`: work and
private). `mails/` holds the templates (notation: `template.py`); `expected.csv` a person's judgement of each mail, for
tests and readers only: the classifier never sees it.
"""

from agents.sample.deliver import templates, unique_name, write_sample
from agents.sample.template import render

OWNER_ADDRESSES = ("robin@bluecrate.example", "robin@example.org")

__all__ = ["OWNER_ADDRESSES", "render", "templates", "unique_name", "write_sample"]
