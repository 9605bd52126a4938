"""`triage worker`: the stream worker. Scales by partitions: start as many as there are partitions of mail.received."""

from __future__ import annotations

import click

from infra.settings import load

GROUP = "triage"


@click.command()
def worker() -> None:
    """Classify mails from mail.received and route them into the four lanes, exactly once."""
    from streams.policies import load_policy
    from streams.process import run
    from streams.route import triage_agent

    settings = load()
    policy = load_policy(settings.policy_file)
    if not settings.crew_url:
        run(settings, "worker", GROUP, [triage_agent(policy)])
    from streams.reroute import reroute_agent

    run(settings, "worker", GROUP, [triage_agent(policy, settings.crew_may_see), reroute_agent(policy)])
