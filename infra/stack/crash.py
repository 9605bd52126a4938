"""What a lone Kafka broker needs before it starts again after a crash.

Such a broker finds itself in its own metadata as the leader of everything, begins to end the transactions that the
crash left half committed, and loses that leadership a moment later, when the controller notices its new incarnation.
Kafka 4.3 then takes the partitions for deleted and skips their markers for good ("Couldn't find leader endpoint",
TransactionMarkerChannelManager): read_committed consumers wait there for ever. With several brokers the others take
over meanwhile. So the controller alone goes first, and writes down that the broker is gone."""

from __future__ import annotations

import os
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer

from infra.stack.process import StartFailed

FENCED = "Fencing broker"
"""ReplicationControlManager says so in its log."""
STARTED = "Kafka Server started"
_WITHIN_S = 60.0
_NOTHING_TO_FENCE_S = 10.0
"""After the start: a broker that had been fenced before it crashed is not fenced again. Twenty sessions of the
controller, for a machine that has more to do: giving up early loses markers."""


def crashed(data: Path) -> bool:
    """Whether the broker whose data these are has run and did not end in order: a clean end leaves a mark behind, a
    start removes it."""
    return (data / "replication-offset-checkpoint").exists() and not (data / ".kafka_cleanshutdown").exists()


def controller_only(properties: Mapping[str, str]) -> dict[str, str]:
    """The same node without its broker, impatient with the broker that it remembers."""
    kept = {name: value for name, value in properties.items() if name != "advertised.listeners"}
    listeners = [one for one in properties["listeners"].split(",") if one.startswith("CONTROLLER")]
    return kept | {
        "process.roles": "controller",
        "listeners": ",".join(listeners),
        "broker.session.timeout.ms": "500",
        "broker.heartbeat.interval.ms": "100",
    }


def fence(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run the controller until it has fenced the broker, and end it in order; `environment` on top of ours.

    Raises:
        StartFailed: it ended by itself or said nothing.
    """
    env = {**os.environ, **environment}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env) as controller:
        assert controller.stdout is not None
        patience = Timer(_WITHIN_S, controller.kill)
        patience.start()
        said, started = deque[str](maxlen=15), False
        try:
            for line in controller.stdout:
                said.append(line.rstrip())
                if FENCED in line:
                    return
                if STARTED in line:
                    started = True
                    patience.cancel()
                    patience = Timer(_NOTHING_TO_FENCE_S, controller.terminate)
                    patience.start()
            if not started:
                raise StartFailed("Kafka's controller did not note the crash:\n" + "\n".join(said))
        finally:
            patience.cancel()
            controller.terminate()
            try:
                controller.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                controller.kill()
