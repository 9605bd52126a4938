"""Verdicts of the lanes → webhooks of other services: signed, in order per account, at least once."""
