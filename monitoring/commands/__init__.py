"""`triage lag`, `status` and `doctor`: what a person asks without any monitoring server."""
