"""Training of the learned model (streams/triage/MODEL.md): one command, no library, the same weights on every run."""
