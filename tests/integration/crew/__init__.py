"""The second opinion against a real broker, with CrewAI's real code path and a scripted model."""
