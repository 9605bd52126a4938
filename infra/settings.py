"""Every setting of every process: one frozen object, from the environment and an optional TOML file.

The environment wins over the file. The file is `triage.toml` in the working directory or the path in TRIAGE_CONFIG;
its keys are the names below in lower case. Unknown keys and values out of range stop the process and are named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from infra.addresses import DatabaseUrl, without_passwords
from infra.errors import ConfigError
from infra.settings_crew import CrewSettings
from infra.settings_kafka import KafkaSettings

Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(CrewSettings, KafkaSettings, BaseSettings):
    """The settings; each name in upper case is its environment variable."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", case_sensitive=False, env_ignore_empty=True, allow_inf_nan=False
    )

    # PostgreSQL
    database_url: DatabaseUrl = SecretStr("postgresql://crewai@127.0.0.1:15432/crewai_email_triage")
    """postgresql://USER:PASSWORD@HOST:PORT/DATABASE."""
    database_password_file: Path | None = None
    """A file with the password instead, read with each connection; two lines while it is changed: each is tried."""
    database_pool_size: int = Field(10, ge=1, le=200)
    """Connections that a process keeps open once it needed them."""
    database_max_overflow: int = Field(0, ge=0, le=200)
    """Connections beyond DATABASE_POOL_SIZE while there is more to do; each is closed after use."""
    database_timeout_s: float = Field(30.0, gt=0, le=600)
    """Longest wait for a connection or a statement."""

    # Ingest
    first_contact_days: float = Field(7.0, ge=0, le=3650)
    """How far back a mailbox is read when it is seen for the first time."""
    mail_max_bytes: int = Field(512 * 1024, ge=4096, le=1024 * 1024)
    """Longer mails are cut here and marked."""
    ingest_buffer_bytes: int = Field(32 * 1024 * 1024, ge=2 * 1024 * 1024)
    """Bytes of mail that all mailboxes of one ingest process may hold in memory together."""
    imap_idle_s: float = Field(300.0, ge=1, le=1740)
    """IDLE is re-issued this often (RFC 2177: before 29 minutes; real servers drop earlier)."""
    imap_poll_s: float = Field(60.0, ge=0.1, le=3600)
    """NOOP interval where the server has no IDLE."""
    imap_acts_s: float = Field(20.0, ge=0, le=86400)
    """Least time between two looks at what people did to the newest mails of an IMAP folder (answered, starred, moved
    to junk, deleted unread); 0: nobody looks."""
    imap_timeout_s: float = Field(30.0, ge=1, le=300)
    """Bound of every single IMAP call."""
    reconnect_max_s: float = Field(30.0, ge=0.1, le=3600)
    """Cap of the exponential backoff between connection attempts."""
    auth_retry_s: float = Field(900.0, ge=1, le=86400)
    """Pause after refused credentials, so that no account gets locked."""

    # Gmail
    gmail_api_root: str = "https://gmail.googleapis.com"
    """Where the Gmail API is."""
    gmail_timeout_s: float = Field(30.0, ge=1, le=300)
    """Bound of every single call."""
    gmail_user_units: int = Field(6_000, ge=100)
    """Quota units per minute and mailbox; Google Cloud projects made before May 2026 have 15000."""
    gmail_project_units: int = Field(1_200_000, ge=1000)
    """Quota units per minute of the whole project; ingest processes divide it by the partitions they hold."""
    gmail_message_units: int = Field(20, ge=1, le=100)
    """What fetching one message costs, and a thread twice; in projects made before May 2026 it is 5."""
    gmail_topic: str = ""
    """Pub/Sub topic that Gmail pushes to, projects/P/topics/T; empty: mailboxes are polled."""
    gmail_subscription: str = ""
    """Pub/Sub subscription on it that ingest pulls, projects/P/subscriptions/S; made when it is missing."""
    gmail_silence_s: float = Field(600.0, ge=1, le=3600)
    """With a topic: without a push for this long the mailbox is asked all the same, for pushes get lost."""
    gmail_poll_s: float = Field(60.0, ge=1, le=3600)
    """Without a topic: how often a mailbox is asked."""
    gmail_answers: bool = True
    """Whether it is looked up which mails an owner answers: of the threads in which they send are read ids, labels, who
    writes to whom, and In-Reply-To."""
    gmail_watch_s: float = Field(86_400.0, ge=1, le=6 * 86_400)
    """How often a watch is renewed; Gmail ends it after seven days."""
    push_commit_s: float = Field(60.0, ge=1, le=540)
    """How long a push message waits for the commit of its mails; then it is given back, and comes again."""
    push_silence_s: float = Field(60.0, ge=0.2, le=3600)
    """Without a message for this long the subscription is asked for a proof of life."""
    push_renew_s: float = Field(1800.0, ge=1, le=86_400)
    """The streaming pull is started anew at this age."""
    push_port: int = Field(0, ge=0, le=65535)
    """Where ingest takes pushes over HTTP(S) for those who cannot pull; 0: nowhere."""
    push_certificate: Path | None = None
    """PEM file with certificate chain and key of the push endpoint; without it plain HTTP, for a proxy before it."""
    push_audience: str = ""
    """Audience that the push subscription's OIDC token names, e.g. the endpoint's URL."""
    push_service_account: str = ""
    """E-mail of the service account that signs pushes."""
    push_certs_url: str = "https://www.googleapis.com/oauth2/v1/certs"
    """Google's certificates."""
    fallback_provider: Literal["", "imap"] = ""
    """imap: while Gmail's circuit breaker is open, accounts that have an IMAP server are read over it."""

    # Access to mailboxes by OAuth
    token_dir: Path = Path(".triage/tokens")
    """Where `triage auth login` keeps its tokens, encrypted, one file per account; every ingest process needs it."""
    token_key: SecretStr = SecretStr("")
    """What encrypts them: a key that `triage auth key` printed; several, separated by blanks: the first encrypts."""
    token_key_file: Path | None = None
    """A file with the key instead, one per line."""
    oauth_timeout_s: float = Field(15.0, gt=0, le=120)
    """Longest wait for an answer of a token endpoint."""
    google_client_file: Path | None = None
    """The OAuth client (type: desktop app) as Google's console hands it out, JSON; instead of the next two."""
    google_client_id: str = ""
    """Of the OAuth client, where there is no file."""
    google_client_secret: SecretStr = SecretStr("")
    """Of the OAuth client, where there is no file."""
    google_auth_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    """Where `triage auth login` sends the browser."""
    google_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - no password
    """Where tokens are granted and refreshed."""
    microsoft_client_id: str = ""
    """Application id of an app registration with the redirect URI http://localhost (mobile and desktop)."""
    microsoft_client_secret: SecretStr = SecretStr("")
    """Only for a confidential client; a desktop app has none."""
    microsoft_client_secret_file: Path | None = None
    """A file with it instead, its first line."""
    microsoft_auth_url: str = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
    """A tenant's id in the place of "common" admits only its accounts."""
    microsoft_token_url: str = "https://login.microsoftonline.com/common/oauth2/v2.0/token"  # noqa: S105 - no password
    """Where tokens are granted and refreshed; with the same tenant."""

    # Circuit breakers
    breaker_failures: int = Field(5, ge=1, le=1000)
    """So many transient failures of a provider in a row open its circuit breaker."""
    breaker_reset_s: float = Field(60.0, gt=0, le=3600)
    """An open breaker lets one call through after this long."""

    # Streams
    policy_file: Path | None = None
    """TOML file of the triage policy, see `triage policy check`; none: the policy that ships."""
    batch_size: int = Field(2000, ge=1, le=10_000)
    """Most records of one partition in one transaction."""
    max_workers: int = Field(1024, ge=1, le=1024)
    """Most partitions of a process that are at work at once; the most pressing lane goes first."""
    parallel_processing: bool = True
    """false: one partition of a process at a time, whatever MAX_WORKERS says."""
    batch_timeout_s: float = Field(60.0, ge=1, le=600)
    """Longest time one batch may take, outputs acknowledged; then it is aborted and taken again."""
    event_timeout_s: float = Field(5.0, ge=0.1, le=60)
    """Longest time a decision about one event may take; then it is a dead letter."""
    dead_letter_limit: int = Field(20, ge=1)
    """Unexpected failures within a minute that stop the worker, when they are also a tenth of what it took."""
    table_store: Literal["rocksdb", "memory"] = "rocksdb"
    """Where table rows live: in TABLE_DIR, or in memory only: then a start replays the whole changelog."""
    learn_from_acts: bool = True
    """Whether later verdicts lean on what owners do to mail (answer, star, delete unread), not only on corrections."""
    table_dir: Path = Path(".triage/tables")
    """Rows and checkpoints of tables. Losing it loses nothing: the changelog topics are the truth."""
    table_memory_bytes: int = Field(64 * 1024 * 1024, ge=8 * 1024 * 1024)
    """RocksDB's cache and write buffers, all tables of a process together."""

    # Delivery to webhooks
    deliver_file: Path | None = None
    """TOML file with the webhook endpoints that `triage deliver` serves; see the README."""
    deliver_retry_max_s: float = Field(300.0, ge=0.1, le=3600)
    """Cap of the exponential backoff between attempts at one delivery."""

    # Backups
    backup_dir: Path = Path(".triage/backups")
    """Where `triage backup` keeps its backups, a folder each; on another machine's disk, if it is to outlive this
    one."""
    backup_key: SecretStr = SecretStr("")
    """What encrypts them: a key that `triage auth key` printed; empty: nothing, and secrets stay out of them. Several,
    separated by blanks: the first encrypts."""
    backup_key_file: Path | None = None
    """A file with the key instead, one per line: the first encrypts, each opens what it has encrypted."""
    backup_keep_days: float = Field(30.0, ge=1, le=3650)
    """Older backups are removed after a new one was made; the newest stays."""
    wal_archive_dir: Path | None = None
    """Where PostgreSQL's log is archived, for recovery to a chosen second; unset: to the moments of backups only."""

    # Maintenance of the database
    maintenance: bool = True
    """Whether `triage control` keeps the database maintained by itself."""
    archive_keep_days: float = Field(0.0, ge=0, le=36_500)
    """Verdicts of mails found longer ago are removed from PostgreSQL; 0: none ever."""

    # Incidents
    incident_dir: Path = Path(".triage/incidents")
    """Where `triage incident` keeps timelines."""
    alertmanager_url: str = ""
    """Where `triage incident` and `triage evidence` ask for alerts, e.g. http://crewai-alertmanager:9093; empty:
    nowhere."""

    # Operation
    bind_host: str = "127.0.0.1"
    """Interface of the HTTP servers."""
    health_port: Port = 8000
    """Where `triage control` serves /health."""
    metrics_port: Port = 8080
    """Where `triage control` serves /metrics."""
    admin_tokens: SecretStr = SecretStr("")
    """Who may call /admin on METRICS_PORT: entries that `triage control token` printed, separated by blanks. They hold
    hashes, not tokens. None: nobody may."""
    admin_tokens_file: Path | None = None
    """A file with more of them, one a line."""
    admin_remote: bool = False
    """Whether /admin answers other machines too; put TLS before it."""
    admin_rate: float = Field(10.0, gt=0, le=1000)
    """Calls of /admin a second and token; five times as many at once after a rest."""
    process_metrics_port: int = Field(0, ge=0, le=65535)
    """Where ingest, worker and archive serve their own metrics; 0: nowhere."""
    triage_home: Path = Path(".triage")
    """Where the local stack and the sample mailbox live."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Less important lines are not written."""
    log_format: Literal["json", "text"] = "json"
    """JSON lines for programs, or text for people."""
    status_interval_s: float = Field(2.0, ge=0.2, le=60)
    """How often each process says how it is on triage.status."""
    heartbeat_file: Path | None = None
    """Touched every STATUS_INTERVAL_S by the process's event loop, for a container's health check."""
    otel_exporter_otlp_endpoint: str = ""
    """Where spans of traced mails go (OTLP/HTTP, e.g. http://127.0.0.1:4318); empty: no tracing. Needs the extra
    tracing."""
    trace_ratio: float = Field(1.0, ge=0, le=1)
    """Share of the mails that are traced, where spans go anywhere; ingest decides it."""
    lag_interval_s: float = Field(5.0, ge=0.2, le=300)
    """How often `triage control` and `triage lag --watch` measure consumer lag."""
    canary_interval_s: float = Field(60.0, ge=0, le=3600)
    """How often `triage control` sends a canary, a mail of its own, the way of all mail; 0: never."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments (tests), then the environment, then the file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())


def config_file() -> Path:
    """The TOML file that is read when it exists."""
    return Path(os.environ.get("TRIAGE_CONFIG", "triage.toml"))


def load(**overrides: Any) -> Settings:
    """Read the settings.

    Raises:
        ConfigError: names every setting that is wrong, its value (never a secret's) and what is allowed; or the file
            of Kafka's password or authorities, which everything but a few commands would meet later, and some in a
            loop.
    """
    named = os.environ.get("TRIAGE_CONFIG")
    if named and not Path(named).is_file():
        raise ConfigError(f"TRIAGE_CONFIG={named}: no such file; unset it or name an existing TOML file")
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise ConfigError("\n".join(_complaint(item) for item in error.errors())) from None
    except ValueError as error:  # the TOML reader's own complaint carries line and column
        raise ConfigError(f"{config_file()}: {error}") from None
    if settings.kafka_security_protocol.startswith("SASL"):
        settings.kafka_password()
    settings.require_authorities()
    return settings


def _complaint(item: Any) -> str:
    name = ".".join(map(str, item["loc"]))
    if item["type"] == "extra_forbidden":
        return f"{name}: unknown setting; the known ones are listed by `triage doctor --settings`"
    field = Settings.model_fields.get(name)
    secret = field is not None and field.annotation is SecretStr
    said = item["msg"].removeprefix("Value error, ")
    shown = repr("***" if secret else item["input"])
    return f"{name.upper()}={without_passwords(shown)}: {said}"
