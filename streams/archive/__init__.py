"""Verdicts of the lanes, kept in PostgreSQL."""
