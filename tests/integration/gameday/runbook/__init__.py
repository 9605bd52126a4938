"""The runbook's commands, typed into the real system in the faults that they are for."""
