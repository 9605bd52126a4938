# syntax=docker/dockerfile:1
# One image for every process; the command says which: docker run crewai-email-triage worker
# `--target crew` has CrewAI as well, for `triage crew`: 900 MB that nothing else needs.

FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/triage
WORKDIR /src
COPY requirements.lock ./
RUN /opt/triage/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY requirements-build.lock ./
RUN python -m pip install --require-hashes --only-binary :all: -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY agents ./agents
COPY infra ./infra
COPY monitoring ./monitoring
COPY streams ./streams
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/triage/bin/pip install --no-deps /wheels/*.whl \
    && /opt/triage/bin/pip uninstall --yes pip setuptools

FROM build AS build-crew
COPY requirements-crew.lock ./
RUN python -m venv /opt/crew \
    && /opt/crew/bin/pip install --require-hashes --only-binary :all: -r requirements-crew.lock \
    && /opt/crew/bin/pip install --no-deps /wheels/*.whl \
    && /opt/crew/bin/pip uninstall --yes pip setuptools

FROM python:3.11.14-slim-bookworm AS base
LABEL org.opencontainers.image.title="crewai-email-triage" \
      org.opencontainers.image.description="E-mail triage on Kafka: mailboxes in, prioritised lanes out" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 triage \
    && useradd --uid 10001 --gid triage --no-create-home --home-dir /app --shell /usr/sbin/nologin triage \
    && install --directory --owner triage --group triage /app /app/state /app/tables \
    && install --directory --owner triage --group triage --mode 0700 /app/tokens /app/operator \
    && python -m pip uninstall --yes --root-user-action ignore pip setuptools wheel
# TOKEN_DIR names a folder, not a secret.
# hadolint ignore=DL3064
ENV PATH=/opt/triage/bin:/opt/crew/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TRIAGE_HOME=/app/state \
    TABLE_DIR=/app/state/tables \
    TOKEN_DIR=/app/tokens \
    BACKUP_DIR=/app/operator/backups \
    INCIDENT_DIR=/app/operator/incidents \
    HEARTBEAT_FILE=/app/state/alive
WORKDIR /app
USER 10001
EXPOSE 8000 8080
# Written by the process's own event loop every STATUS_INTERVAL_S: a hung process stops writing it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["sh", "-c", "find /app/state/alive -newermt '-30 seconds' | grep -q ."]
STOPSIGNAL SIGTERM
ENTRYPOINT ["triage"]

FROM base AS crew
COPY --from=build-crew /opt/crew /opt/crew
CMD ["crew"]

FROM base AS triage
COPY --from=build /opt/triage /opt/triage
CMD ["control"]
