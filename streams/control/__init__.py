"""What operators turn while the system runs: settings and one-shot orders on the compacted topic `triage.control`.

To add a setting or an order, declare it in `knobs`; a process takes it up with `Follower.on` or `Follower.on_order`."""

from streams.control.follower import Follower
from streams.control.knobs import KNOBS, ORDERS, Knob, OneShot
from streams.control.records import AuditEntry, Order, Override
from streams.control.view import Values

__all__ = ["KNOBS", "ORDERS", "AuditEntry", "Follower", "Knob", "OneShot", "Order", "Override", "Values"]
