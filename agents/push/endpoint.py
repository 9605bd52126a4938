"""`POST /push/gmail`: where a Pub/Sub push subscription delivers. 2xx only when the mails are on Kafka; anything else
makes Pub/Sub send it again."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import ssl

from aiohttp import web

from agents.push.dispatch import Dispatcher, Outcome
from agents.push.oidc import Forbidden, Unauthenticated, Verifier
from agents.sources.base import ProviderTransient
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring import metrics
from monitoring.metrics_http import counted

log = logging.getLogger(__name__)

PATH = "/push/gmail"
MOST_BYTES = 64 * 1024
"""A push is some 300 bytes."""


class Endpoint:
    """`start`, then `close`."""

    def __init__(self, settings: Settings, dispatcher: Dispatcher) -> None:
        """Check the settings.

        Raises:
            ConfigError: an endpoint that could not tell Google from anybody else.
        """
        if not (settings.push_audience and settings.push_service_account):
            raise ConfigError(
                "PUSH_PORT needs PUSH_AUDIENCE and PUSH_SERVICE_ACCOUNT as the push subscription has them:"
                " without them anybody could push"
            )
        self._settings, self._dispatcher = settings, dispatcher
        self._verifier = Verifier(
            certs_url=settings.push_certs_url,
            audience=settings.push_audience,
            service_account=settings.push_service_account,
        )
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen.

        Raises:
            ConfigError: the certificate or the port cannot be used.
        """
        app = web.Application(client_max_size=MOST_BYTES, middlewares=[counted])
        app.router.add_post(PATH, self._push)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        settings = self._settings
        try:
            await web.TCPSite(self._runner, settings.bind_host, settings.push_port, ssl_context=_tls(settings)).start()
        except OSError as error:
            raise ConfigError(f"PUSH_PORT={settings.push_port}: {error.strerror or error}") from None

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _push(self, request: web.Request) -> web.Response:
        try:
            await self._verifier.verify(request.headers.get("Authorization", ""))
        except Unauthenticated:
            return self._refused(401)
        except Forbidden:
            return self._refused(403)
        except ProviderTransient as error:
            log.warning("a push cannot be verified: %s", error)
            return self._refused(503)
        outcome = await self._dispatcher.take("endpoint", _data(await request.read()))
        if outcome is Outcome.LATE:
            return web.Response(status=503, headers={"Retry-After": "10"})
        return web.Response(status=204)  # what is malformed or unknown would be no better the next time

    def _refused(self, status: int) -> web.Response:
        metrics.PUSHES.labels(way="endpoint", outcome=f"refused_{status}").inc()
        return web.Response(status=status)


def _data(body: bytes) -> bytes:
    """The message's data in a push request; empty when it is none, which is malformed further on."""
    try:
        return base64.b64decode(json.loads(body)["message"]["data"], validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error):
        return b""


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.push_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.push_certificate)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"PUSH_CERTIFICATE={settings.push_certificate}: {error}") from None
    return context
