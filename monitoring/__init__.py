"""What a person or a monitoring system sees: metrics, lag, health, the control process, the live view of `triage run`."""
