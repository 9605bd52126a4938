"""The admin API of `triage control`: what an operator does from the command line, over HTTP, for those with a token."""
