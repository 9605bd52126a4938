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
    if settings.crew_url:
        from streams.reroute import reroute_agent

        agents = [triage_agent(policy, live, settings.crew_may_see), reroute_agent(policy, live)]
    else:
        agents = [triage_agent(policy, live)]
    run(settings, "worker", GROUP, agents, follow=live.follow, ready=live.ready)
