"""Settings → Faust's broker credentials."""

from __future__ import annotations

import ssl
from typing import Any

import faust

from infra.settings import Settings


def credentials(settings: Settings) -> Any:
    """Faust's credentials object, or None for plain connections."""
    protocol = settings.kafka_security_protocol
    cafile = str(settings.kafka_ssl_cafile) if settings.kafka_ssl_cafile else None
    context = ssl.create_default_context(cafile=cafile) if protocol.endswith("SSL") else None
    if protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=settings.kafka_sasl_username,
            password=settings.kafka_password(),
            mechanism=settings.kafka_sasl_mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context else None
