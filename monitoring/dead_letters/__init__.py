"""How many dead letters are open, and of which causes; in `triage control`."""
