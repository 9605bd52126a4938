"""Load on the HTTP surface, for Locust: `make locust ARGS="--headless -u 20 -t 30s --host http://127.0.0.1:8000"`.

--host is `triage control`'s health port. METRICS_URL (its metrics port, http://127.0.0.1:8080) adds /metrics;
ADMIN_TOKEN adds reads of the admin API there; PUSH_URL (ingest's push port) adds pushes without Google's signature, all
of which must be refused. Mail itself is what `triage load` is for."""

from __future__ import annotations

import os

from locust import FastHttpUser, between, task

METRICS_URL = os.environ.get("METRICS_URL", "")
ADMIN_TOKEN = os.environ.get("ADMIN_TOKEN", "")
PUSH_URL = os.environ.get("PUSH_URL", "")
PUSH = {"message": {"data": "e30=", "messageId": "1"}, "subscription": "projects/load/subscriptions/load"}


class Surface(FastHttpUser):
    """Probes, people and scrapers at once; each answer is checked, so that a quick error is no success."""

    wait_time = between(0.01, 0.1)

    @task(10)
    def live(self) -> None:
        """A liveness probe."""
        self._expect("GET", "/health/live", 200)

    @task(5)
    def health(self) -> None:
        """Somebody looks."""
        self._expect("GET", "/health", 200)

    @task(5)
    def ready(self) -> None:
        """A readiness probe; 503 is an answer as well."""
        self._expect("GET", "/health/ready", 200, 503)

    @task(2)
    def components(self) -> None:
        """The long answer."""
        self._expect("GET", "/health/components", 200)

    @task(2)
    def metrics(self) -> None:
        """A scrape."""
        if METRICS_URL:
            self._expect("GET", f"{METRICS_URL}/metrics", 200)

    @task(1)
    def admin(self) -> None:
        """What the admin API says with and without a token; 429 is how it bounds a caller."""
        if not METRICS_URL:
            return
        self._expect("GET", f"{METRICS_URL}/admin/control", 401, 429)
        if ADMIN_TOKEN:
            headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
            self._expect("GET", f"{METRICS_URL}/admin/control", 200, 429, headers=headers)

    @task(1)
    def push(self) -> None:
        """A push that nobody signed."""
        if PUSH_URL:
            self._expect("POST", f"{PUSH_URL}/push/gmail", 401, json=PUSH)

    def _expect(self, method: str, url: str, *statuses: int, **given: object) -> None:
        name = url.removeprefix(METRICS_URL).removeprefix(PUSH_URL) if "://" in url else url
        with self.client.request(method, url, name=name, catch_response=True, **given) as answer:
            if answer.status_code in statuses:
                answer.success()
            else:
                answer.failure(f"{answer.status_code} instead of {statuses}")
