"""One runtime for all stream agents: an agent is a declaration plus a pure decision, everything else is here.

Knows nothing of Faust; `streams.transport` calls it with a batch of records and commits what it returns."""

from streams.runtime.agent import Agent, Event, Outcome, Output
from streams.runtime.tables import Known, Table, Tables, Write

__all__ = ["Agent", "Event", "Known", "Outcome", "Output", "Table", "Tables", "Write"]
