"""The runbook as data: RUNBOOK.md's command blocks with what each is for and what it must say."""
