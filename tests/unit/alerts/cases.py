"""One row per alert: its series below the threshold and above it, and what it carries when it fires.

A number is a gauge's value, `+3` a counter's growth in 15 s, `_` a series that is missing, `clock` the time.
"Below" is at the threshold itself
wherever the threshold is "more than"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

STEP_S = 15
MINUTE = 60


@dataclass(frozen=True, kw_only=True)
class Case:
    """Quiet, above, quiet again."""

    alert: str
    series: dict[str, tuple[str, str]]
    """Series → (below, above)."""
    labels: dict[str, str]
    """Of the firing alert, besides its name."""
    late_s: int = 0
    """A rate looks back: how much later than `for` it is sure to have fired."""
    before_s: int = 5 * MINUTE
    after_s: int = 16 * MINUTE
    """Long enough for the longest window to forget."""
    means: str = field(default="")
    """What tells this case from another of the same alert."""

    def as_test(self, for_s: int) -> dict[str, Any]:
        """For promtool: silent below, silent one step before its duration is over, firing then, silent in the end."""
        above_s = for_s + self.late_s + 2 * STEP_S
        lengths = [seconds // STEP_S for seconds in (self.before_s, above_s, self.after_s)]
        fires = self.before_s + for_s
        firing = [{"labels": self._labels(), "value": 1}]
        moments: list[tuple[int, Sequence[dict[str, Any]]]] = [
            (self.before_s - STEP_S, []),
            (fires - STEP_S, []),
            (fires + self.late_s, firing),
            (self.before_s + above_s + self.after_s - STEP_S, []),
        ]
        query = f'ALERTS{{alertname="{self.alert}",alertstate="firing"}}'
        return {
            "name": f"{self.alert} {self.means}".strip(),
            "interval": f"{STEP_S}s",
            "input_series": [
                {"series": name, "values": _values([below, above, below], lengths)}
                for name, (below, above) in self.series.items()
            ],
            "promql_expr_test": [
                {"expr": query, "eval_time": f"{at}s", "exp_samples": list(expected)} for at, expected in moments
            ],
        }

    def _labels(self) -> str:
        labels = {"alertname": self.alert, "alertstate": "firing", **self.labels}
        return "ALERTS{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


def _values(phases: Sequence[str], lengths: Sequence[int]) -> str:
    """The phases in promtool's notation; a counter goes on from where the last phase left it."""
    parts, total, done = [], 0, 0
    for phase, length in zip(phases, lengths, strict=True):
        if phase == "_":
            parts.append(f"stale _x{length - 1}")
        elif phase == "clock":
            parts.append(f"{STEP_S * done}+{STEP_S}x{length - 1}")
        elif phase.startswith("+"):
            growth = int(phase)
            parts.append(f"{total + growth}+{growth}x{length - 1}")
            total += growth * length
        else:
            parts.append(f"{phase}x{length - 1}")
        done += length
    return " ".join(parts)


def of(alert: str, series: dict[str, tuple[str, str]], severity: str, **labels: str) -> Case:
    """A case whose alert needs nothing but its duration."""
    return Case(alert=alert, series=series, labels={"severity": severity, **labels})


def slow(alert: str, series: dict[str, tuple[str, str]], severity: str, **labels: str) -> Case:
    """A case whose rate has to fill its window."""
    return Case(alert=alert, series=series, labels={"severity": severity, **labels}, late_s=5 * MINUTE)


SECONDS = "crewai_email_processing_duration_seconds"
MEMORY = 'process_resident_memory_bytes{job="crewai-triage",instance="a:9100"}'


def _late(alert: str, late: str, severity: str, *, late_s: int, after_s: int, means: str) -> Case:
    """Of a thousand urgent mails one may be late; half of that is, and then `late` are."""
    in_time = f"+{10_000 - 10 * int(late)}"
    series = {
        f'{SECONDS}_bucket{{lane="urgent",le="5.0"}}': ("+9995", in_time),
        f'{SECONDS}_count{{lane="urgent"}}': ("+10000", "+10000"),
    }
    labels = {"severity": severity, "component": "worker"}
    return Case(
        alert=alert, series=series, labels=labels, late_s=late_s, before_s=60 * MINUTE, after_s=after_s, means=means
    )


def _unmoved(group: str, members: str, limit_s: int = 30) -> dict[str, tuple[str, str]]:
    return {
        f'crewai_group_unmoved_seconds{{group="{group}"}}': (f"{limit_s}", f"{limit_s + 1}"),
        f'kafka_consumergroup_group_members{{group="{group}",state="any"}}': (members, members),
    }


def _lane(alert: str, lane: str, component: str, series: dict[str, tuple[str, str]]) -> Case:
    labels = {"severity": "critical", "lane": lane, "component": component}
    return Case(alert=alert, series=series, labels=labels, means=lane)


AGE_LIMITS = {"received": 30, "urgent": 60, "high": 300, "normal": 1800, "low": 21600}


def _emptied_by(lane: str) -> str:
    return "worker" if lane == "received" else "archive"


CASES: tuple[Case, ...] = (
    Case(alert="HighEmailProcessingErrorRate", series={
        'crewai_emails_processed_total{status="failure",lane="none",source="imap"}': ("+10", "+20"),
        'crewai_emails_processed_total{status="success",lane="low",source="imap"}': ("+90", "+80"),
    }, labels={"severity": "warning", "component": "worker"}, late_s=MINUTE),
    slow(
        "SlowEmailProcessing",
        {f'{SECONDS}_bucket{{lane="low",le="{le}"}}': pair for le, pair in {"5.0": ("+95", "+90"), "10.0": ("+100", "+100"), "+Inf": ("+100", "+100")}.items()},
        "warning", component="worker",
    ),
    *(_lane("EmailQueueBacklog", lane, _emptied_by(lane), {f'crewai_email_queue_length{{lane="{lane}"}}': ("100", "101")}) for lane in AGE_LIMITS),
    *(_lane("LaneDelayed", lane, _emptied_by(lane), {f'crewai_email_queue_age_seconds{{lane="{lane}"}}': (f"{limit}", f"{limit + 1}")}) for lane, limit in AGE_LIMITS.items()),
    _lane("LaneNotDraining", "urgent", "archive", {
        'crewai_email_queue_drain_seconds{lane="urgent"}': ("60", "61"),
        'crewai_email_queue_length{lane="urgent"}': ("101", "101"),
    }),
    _lane("LaneNotDraining", "received", "worker", {
        'crewai_email_queue_drain_seconds{lane="received"}': ("1e9", "1e9"),
        'crewai_email_queue_length{lane="received"}': ("100", "101"),
    }),
    *(of("FeedbackDelayed", {f'kafka_consumergroup_group_lag_seconds{{group="triage",topic="{topic}",partition="1"}}': ("300", "301")}, "high", topic=topic, component="worker")
      for topic in ("mail.feedback", "mail.reviewed")),
    Case(alert="DeadLetters", series={'crewai_dead_letters_total{agent="triage",error="MailError"}': ("+0", "+3")},
         labels={"severity": "high", "agent": "triage", "component": "worker"}, late_s=2 * MINUTE),
    of("DeadLettersOpen", {'crewai_dead_letters_open{agent="triage",error="MailError"}': ("0", "1")}, "low", agent="triage", component="worker"),
    of("CanaryMissing", {'crewai_canary_age_seconds{process="control"}': ("180", "181")}, "critical", component="canary"),
    _late("UrgentMailLateFastBurn", "100", "critical", late_s=15 * MINUTE, after_s=90 * MINUTE, means="in an hour"),
    _late("UrgentMailLateSlowBurn", "20", "high", late_s=30 * MINUTE, after_s=7 * 60 * MINUTE, means="in six hours"),
    of("ConsumerGroupStopped", _unmoved("triage", "0"), "critical", group="triage", component="worker"),
    of("ConsumerGroupStalled", _unmoved("triage-archive", "1"), "critical", group="triage-archive", component="archive"),
    of("ConsumerGroupRewound", {'crewai_group_state{group="triage",state="rewind"}': ("0", "1")}, "high", group="triage", state="rewind", component="worker"),
    of("WebhookStalled", {'crewai_group_unmoved_seconds{group="triage-deliver-pager"}': ("300", "301")}, "high", group="triage-deliver-pager", component="deliver"),
    of("WebhookUndelivered", {'crewai_deliveries_total{endpoint="pager",outcome="undelivered"}': ("+0", "+1")}, "high", endpoint="pager", component="deliver"),
    of("EmailProviderDown", {
        'crewai_sources{source="imap",state="retrying"}': ("4", "5"), 'crewai_sources{source="imap",state="in_step"}': ("6", "5"),
    }, "critical", source="imap", component="ingest"),
    of("MailboxesFailing", {'crewai_sources{source="imap",state="misconfigured"}': ("0", "1")}, "medium", source="imap", component="ingest"),
    of("TokenRefused", {'crewai_sources{source="gmail",state="auth_failed"}': ("0", "1")}, "high", source="gmail", component="ingest"),
    of("ProofOfLifeStale", {'crewai_source_proof_of_life_age_seconds{source="imap"}': ("900", "901")}, "high", source="imap", component="ingest"),
    of("WatchExpiring", {"crewai_gmail_watch_expiry_seconds": ("172800", "172799"), "crewai_gmail_watches": ("1", "1")}, "high", component="ingest"),
    of("CertificateExpiring", {'crewai_certificate_expiry_seconds{provider="imap"}': ("1209600", "1209599")}, "medium", provider="imap", component="ingest"),
    Case(alert="ChangelogRecoveryStuck", series={
        'crewai_table_recovery_age_seconds{instance="a:9100"}': ("121", "121"),
        'crewai_table_recovery_records_total{instance="a:9100"}': ("+1", "+0"),
    }, labels={"severity": "high", "instance": "a:9100", "component": "worker"}, late_s=MINUTE, means="nothing is replayed"),
    of("ChangelogRecoveryStuck", {'crewai_table_recovery_age_seconds{instance="a:9100"}': ("120", "121")}, "high", instance="a:9100", component="worker"),
    *(of("ComponentDown", {f'crewai_component_instances{{component="{name}"}}': ("1", "0")}, "critical", component=name) for name in ("ingest", "worker", "archive")),
    of("KafkaDown", {'crewai_component_up{component="kafka"}': ("1", "0")}, "critical", component="kafka"),
    of("DatabaseDown", {'crewai_component_up{component="database"}': ("1", "0")}, "critical", component="database"),
    of("ProcessHung", {'crewai_heartbeat_timestamp_seconds{job="crewai-triage",instance="a:9100"}': ("clock", "0")}, "high", job="crewai-triage", instance="a:9100", component="worker"),
    *(of("DiskFilling", {f'crewai_disk_{what}_bytes{{job="crewai-archive",instance="a:9100",path="/data"}}': pair for what, pair in sizes.items()},
         "high", job="crewai-archive", instance="a:9100", path="/data", component="archive")
      for sizes in ({"free": ("1073741824", "1073741823"), "size": ("9e9", "9e9")}, {"free": ("5e9", "4.9e9"), "size": ("1e11", "1e11")})),
    of("BackupOld", {'crewai_backup_timestamp_seconds{process="control"}': ("clock", "-129600")}, "medium", component="backup"),
    *(Case(alert="MaintenanceOverdue", series={f'crewai_maintenance_done_timestamp_seconds{{task="{task}"}}': ("clock", f"-{days * 86400}")},
           labels={"severity": "low", "component": "database", "task": task}, means=task) for task, days in {"analyze": 3, "vacuum": 15, "reindex": 61}.items()),
    of("ReviewsStopped", _unmoved("triage-crew", "0", 7200), "low", group="triage-crew", component="crew"),
    Case(alert="ReviewsUnanswered", series={
        'crewai_reviews_total{outcome="opinion",cached="no"}': ("+1", "+0"), 'crewai_reviews_total{outcome="expired",cached="no"}': ("+1", "+1"),
    }, labels={"severity": "low", "component": "crew"}, late_s=5 * MINUTE, after_s=90 * MINUTE),
    of("UnderReplicatedPartitions", {"crewai_kafka_under_replicated_partitions": ("0", "1")}, "high", component="kafka"),
    of("HighMemoryUsage", {MEMORY: ("1000000000", "1000000001")}, "warning", job="crewai-triage", instance="a:9100", component="worker"),
    Case(alert="ProcessRestarting", series={'process_start_time_seconds{job="crewai-archive",instance="a:9100"}': ("+0", "+1")},
         labels={"severity": "high", "job": "crewai-archive", "instance": "a:9100", "component": "archive"}, late_s=MINUTE),
    of("LagExporterAbsent", {'crewai_lag_measured_timestamp_seconds{process="control"}': ("1000000", "_")}, "critical", component="control"),
    of("ScrapeFailing", {'up{job="crewai-archive",instance="a:9100"}': ("1", "0")}, "medium", job="crewai-archive", instance="a:9100", component="archive"),
    slow("NotificationsFailing", {'alertmanager_notifications_failed_total{integration="webhook"}': ("+0", "+1")}, "high", integration="webhook", component="alertmanager"),
)  # fmt: skip
