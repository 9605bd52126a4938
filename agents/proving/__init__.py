"""`triage prove`: the mails that a provider lists, held against those on the log."""
