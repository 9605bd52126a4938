"""Which judge a person means: files, a name of triage.policies, the shadow's, or what decides now."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from infra.errors import ConfigError
from infra.settings import Settings
from streams.control import Values, writer
from streams.versions import store
from streams.versions.judge import Judge, deployed, of_documents, of_files

SHADOW = "shadow"


async def controlled(settings: Settings) -> Values:
    """What operators have set.

    Raises:
        KafkaUnavailable
    """
    return (await writer.current(settings)).values(datetime.now(UTC))


async def live(settings: Settings) -> Judge:
    """What decides now: what was promoted, or else what this deployment starts with.

    Raises:
        KafkaUnavailable
        UnusableVersion: what was promoted does not fit this program.
    """
    name = str((await controlled(settings))["POLICY"])
    return (await store.read(settings)).judge(name) if name else deployed(settings)


async def given(settings: Settings, *, policy: Path | None, model: Path | None, named: str = "") -> Judge:
    """The judge that options name; the half that is not given is what decides now.

    Raises:
        ConfigError: a file that cannot be used, or too much is said.
        KafkaUnavailable, UnusableVersion
    """
    if named:
        if policy or model:
            raise ConfigError("a candidate is given by its files or by its name, not both")
        if named == SHADOW:
            named = str((await controlled(settings))["SHADOW"])
            if not named:
                raise ConfigError("no candidate is in the shadow; `triage shadow start` puts one there")
        return (await store.read(settings)).judge(named)
    if policy and model:
        return of_files(policy, model)
    now = await live(settings)
    if not policy and not model:
        return now
    files = of_files(policy, model)
    return of_documents(files.document if policy else now.document, files.weights if model else now.weights)
