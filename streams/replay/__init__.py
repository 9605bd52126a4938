"""`triage replay`: mails of the log decided again, compared with the verdicts that they got.

`plan`: which. `recorded`: the verdicts. `again`: one partition. `difference`: what differs (pure). `pool`: processes.
`apply`: new revisions. `report`: for people."""
