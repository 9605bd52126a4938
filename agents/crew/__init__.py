"""The second opinion: `triage crew` has a CrewAI crew review what the fast path was unsure of (see ARCHITECTURE.md)."""
