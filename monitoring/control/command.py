"""`triage control`: watches the system until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack

import click

from infra import logging as json_logging
from infra.settings import Settings, load
from infra.shutdown import stop_signal
from infra.stacks import show_on_signal
from infra.waiting import first
from monitoring import metrics_server

log = logging.getLogger(__name__)

COMMANDS = {
    "show": "Each setting that can be changed live, and who has taken it up",
    "set": "Change a setting on every running process",
    "clear": "Give a setting its start value back",
    "order": "Have every running process do something once",
    "priority-only": "Have lanes wait whose mails are all below a priority",
    "token": "Make a token for the admin API",
    "history": "Who changed or called what, when and why",
}


class Lazy(click.Group):
    """The process itself needs none of the commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In this order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import it."""
        from monitoring.control import operate

        found = {
            command.name: command
            for command in (
                operate.show,
                operate.set_,
                operate.clear,
                operate.order,
                operate.priority_only,
                operate.history,
                operate.token,
            )
        }
        return found.get(cmd_name)


@click.group(cls=Lazy, invoke_without_command=True)
@click.pass_context
def control(ctx: click.Context) -> None:
    """Health, metrics and lag over HTTP; with a command: change the running system.

    HEALTH_PORT serves /health, /health/live, /health/ready and /health/components; METRICS_PORT serves /metrics
    and /admin.
    """
    if ctx.invoked_subcommand is not None:
        return
    settings = load()
    json_logging.configure("control", level=settings.log_level, form=settings.log_format)
    asyncio.run(serve(settings))


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        Fatal: a port is in use.
    """
    from monitoring.admin.audit import AuditTrail
    from monitoring.admin.http import Admin
    from monitoring.admin.openapi import PREFIX
    from monitoring.control.desk import ControlDesk
    from monitoring.control.http import health_app, listen, metrics_app
    from monitoring.control.watch import Watch
    from streams.control import Follower
    from streams.status_publisher import StatusPublisher

    metrics_server.name("control")
    stop = stop_signal()
    show_on_signal()
    watch = Watch(settings)
    async with AsyncExitStack() as stack:
        following = await stack.enter_async_context(Follower(settings))
        following.on("LOG_LEVEL", apply=lambda values: json_logging.set_level(str(values["LOG_LEVEL"])))
        trail = await stack.enter_async_context(AuditTrail(settings))
        public = metrics_app(watch)
        public.add_subapp(PREFIX, Admin(ControlDesk(settings, following, watch), trail).app())
        for app, port, setting in (
            (health_app(watch), settings.health_port, "HEALTH_PORT"),
            (public, settings.metrics_port, "METRICS_PORT"),
        ):
            runner = await listen(app, settings.bind_host, port, setting=setting)
            stack.push_async_callback(runner.cleanup)
        learning = asyncio.create_task(watch.run())
        stack.push_async_callback(_end, learning)
        await stack.enter_async_context(StatusPublisher(settings, "control", watch.own_report, following))
        log.info("listening on %s:%d and :%d", settings.bind_host, settings.health_port, settings.metrics_port)
        await first(stop.wait(), learning)
        log.info("stopping")
    if learning.done() and not learning.cancelled():
        learning.result()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task], timeout=2)
