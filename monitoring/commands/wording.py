"""How figures read to a person."""

from __future__ import annotations


def duration(seconds: float | None) -> str:
    """Seconds in the unit that a person would choose; "?" when not known."""
    if seconds is None:
        return "?"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.1f} s" if 0 < seconds < 10 else f"{seconds:.0f} s"
