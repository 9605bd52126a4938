"""Trying a mailbox without reading it, step by step: `triage provider test`, `account test`, `account add --check`."""

from agents.probing.steps import Step, Steps

__all__ = ["Step", "Steps"]
