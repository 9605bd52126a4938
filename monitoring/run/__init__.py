"""`triage run`: the local stack and every process under one supervisor in the foreground, and a view of what happens.

`program` is the order of things; `supervisor` keeps processes alive; `tally` counts what the topics
show; `view` draws it."""
