"""What ingest says of itself on triage.status and in its metrics."""

from __future__ import annotations

import time
from collections import Counter

from agents.breakers import BREAKERS, GAUGE
from agents.ingest.budget import ByteBudget
from agents.ingest.membership import Membership
from agents.ingest.states import BROKEN, FolderState, State, States
from agents.push import Push
from agents.sources.gmail import Service
from agents.sources.imap.certificates import CERTIFICATES
from monitoring import metrics
from streams.status import Check
from streams.status_publisher import Report

MAX_CHECKS = 20
"""So many broken mailboxes are named; the rest is a number."""
KINDS = ("imap", "maildir", "gmail")


def report(membership: Membership, states: States, budget: ByteBudget, gmail: Service, push: Push) -> Report:
    """How the process is now."""
    _measure(states)
    metrics.INGEST_BUFFER_BYTES.set(budget.used)
    CERTIFICATES.measure()
    gmail.measure()
    broken = sorted(filter(_broken, states), key=lambda one: one.key.label)
    checks = [_kafka(membership)]
    checks += [Check(name=f"mailbox {one.key.label}", ok=False, reason=_reason(one)) for one in broken[:MAX_CHECKS]]
    if (more := len(broken) - MAX_CHECKS) > 0:
        checks.append(Check(name="mailboxes", ok=False, reason=f"{more} more mailboxes have problems"))
    invalid = sorted(membership.invalid_accounts.items())[:MAX_CHECKS]
    checks += [Check(name=f"account {name}", ok=False, reason=why) for name, why in invalid]
    checks += [*BREAKERS.checks(), *push.checks()]
    return Report(checks=tuple(checks), counts=_counts(membership, states, budget))


def _kafka(membership: Membership) -> Check:
    troubles = [membership.trouble, *(lease.committer.trouble for lease in membership.leases.values())]
    reason = next(filter(None, troubles), "")
    return Check(name="kafka", ok=not reason, reason=reason)


def _broken(state: FolderState) -> bool:
    return state.state in BROKEN or bool(state.complaint)


def _reason(state: FolderState) -> str:
    if state.state in BROKEN:
        return f"{state.state}: {state.reason}"
    return state.complaint


def _counts(membership: Membership, states: States, budget: ByteBudget) -> dict[str, int | float]:
    by_state = Counter(one.state for one in states)
    return {
        "announced": states.announced,
        "passed_over": states.skipped,
        "failures": states.failures,
        "partitions": len(membership.leases),
        "folders": len(states),
        **{str(state): by_state[state] for state in State},
        "remaining": sum(one.remaining for one in states),
        "unreadable": sum(one.unreadable for one in states),
        **{f"folders_{kind}": number for kind, number in Counter(one.kind for one in states).items()},
        **{f"broken_{kind}": number for kind, number in Counter(one.kind for one in states if _broken(one)).items()},
        **{f"breaker_{name}": GAUGE[state] for name, state in BREAKERS.states().items()},
        "buffered_bytes": budget.used,
    }


def _measure(states: States) -> None:
    by_state = Counter((one.kind, one.state) for one in states)
    now = time.monotonic()
    for kind in KINDS:
        for state in State:
            metrics.SOURCES.labels(source=kind, state=str(state)).set(by_state[kind, state])
        oldest = max((now - one.alive_at for one in states if one.kind == kind), default=0.0)
        metrics.PROOF_OF_LIFE_AGE.labels(source=kind).set(oldest)
