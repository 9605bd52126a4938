"""`triage dead`, drain and refill against a real broker."""
