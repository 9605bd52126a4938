"""Servers that stand in for services nobody can run at home; tests use them, and `triage run` for trying things out."""
