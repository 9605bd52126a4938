"""Settings of Kafka, a part of `infra.settings`: where the brokers are, how to log in, how groups are joined."""

from __future__ import annotations

import os
import socket
import ssl
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from infra import secret_files
from infra.addresses import BootstrapServers
from infra.errors import ConfigError


class KafkaSettings(BaseModel):
    """`infra.kafka` makes each library's options of them."""

    kafka_bootstrap_servers: BootstrapServers = "127.0.0.1:19092"
    """Comma-separated host:port."""
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """Encryption and login of the brokers."""
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How to log in where the protocol is SASL_*."""
    kafka_sasl_username: str = ""
    """Whom to log in as where the protocol is SASL_*."""
    kafka_sasl_password: SecretStr = SecretStr("")
    """Never shown."""
    kafka_sasl_password_file: Path | None = None
    """A file with the password instead, its first line; read whenever a client is made."""
    kafka_ssl_cafile: Path | None = None
    """PEM file with the authorities that may sign a broker's certificate; default: the system's."""
    topic_partitions: int = Field(4, ge=1, le=1024)
    """Partitions of every mail topic and table; fixed once the topics exist."""
    topic_replication_factor: int = Field(1, ge=1, le=9)
    """Copies of each topic that is created; no more than there are brokers."""
    kafka_session_timeout_s: float = Field(15.0, ge=6, le=300)
    """A process that is silent this long loses its partitions."""
    instance_id: str = Field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}")
    """Names this process in logs and status. Replicas must differ."""
    static_membership: bool = False
    """Join groups as a static member named by INSTANCE_ID (KIP-345): a quick restart moves no partition."""

    def require_authorities(self) -> None:
        """Nothing where there is no TLS, or the system's authorities count.

        Raises:
            ConfigError: KAFKA_SSL_CAFILE cannot be read, or holds no certificate.
        """
        path = self.kafka_ssl_cafile
        if path is None or not self.kafka_security_protocol.endswith("SSL"):
            return
        try:
            ssl.create_default_context(cafile=str(path))
        except OSError as error:  # SSLError is one: its words are OpenSSL's
            reason = "no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
            wanted = "name a PEM file with the authorities that may sign a broker's certificate"
            raise ConfigError(f"KAFKA_SSL_CAFILE={path}: {reason}; {wanted}") from None

    def kafka_password(self) -> str:
        """KAFKA_SASL_PASSWORD, or the first line of KAFKA_SASL_PASSWORD_FILE as it is now.

        Raises:
            ConfigError: the file cannot be read, or is empty.
        """
        return secret_files.value(self.kafka_sasl_password, "KAFKA_SASL_PASSWORD", self.kafka_sasl_password_file)
