"""How this project's clients reach Kafka: one place that turns settings into each library's own options."""

from __future__ import annotations

import ssl
from typing import Any

from infra.settings import Settings


def aiokafka_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments that every aiokafka client takes."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers.split(","),
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.endswith("SSL"):
        cafile = settings.kafka_ssl_cafile
        options["ssl_context"] = ssl.create_default_context(cafile=str(cafile) if cafile else None)
    if settings.kafka_security_protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": settings.kafka_password(),
        }
    return options


def librdkafka_options(settings: Settings) -> dict[str, Any]:
    """Configuration that every confluent-kafka client takes."""
    options: dict[str, Any] = {
        "bootstrap.servers": settings.kafka_bootstrap_servers,
        "security.protocol": settings.kafka_security_protocol,
        "client.id": settings.instance_id,
        "socket.nagle.disable": True,
        "log_level": 2,  # librdkafka writes to standard error past our JSON lines; its errors reach us as exceptions
    }
    if settings.kafka_ssl_cafile:
        options["ssl.ca.location"] = str(settings.kafka_ssl_cafile)
    if settings.kafka_security_protocol.startswith("SASL"):
        options |= {
            "sasl.mechanism": settings.kafka_sasl_mechanism,
            "sasl.username": settings.kafka_sasl_username,
            "sasl.password": settings.kafka_password(),
        }
    return options
