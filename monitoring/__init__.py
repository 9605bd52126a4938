"""What people and monitoring systems see: metrics, lag, health, the control process, the view of `triage run`."""
