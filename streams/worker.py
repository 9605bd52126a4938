"""`triage worker`: the stream worker. Scales by partitions: start as many as there are partitions of mail.received."""

from __future__ import annotations

import click

from infra.settings import load

GROUP = "triage"


@click.command()
def worker() -> None:
    """Classify mails from mail.received and route them into the four lanes, exactly once."""
    from streams.process import run
    from streams.route import triage_agent
    from streams.versions.judge import deployed
    from streams.versions.live import Live

    settings = load()
    live = Live(settings, deployed(settings))
    policy = live.judge.policy
    reviewed = settings.crew_may_see if settings.crew_url else None
    agent = triage_agent(policy, live, reviewed, from_acts=settings.learn_from_acts)
    run(settings, "worker", GROUP, [agent], follow=live.follow, ready=live.ready)
