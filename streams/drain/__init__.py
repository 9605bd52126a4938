"""`triage drain` and `triage refill`: what waits on a topic into a file, and back, identically."""

PROGRESS_GROUPS = "triage-refill-"
"""Groups with this prefix are no readers: their offsets say how many records of a file a refill has written."""
