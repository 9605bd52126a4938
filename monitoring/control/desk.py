"""What the admin API needs of the control process: answered from what it knows, without asking Kafka."""

from __future__ import annotations

from typing import Any

from infra.settings import Settings
from monitoring.control.shown import described
from monitoring.control.watch import Watch
from streams.control import Follower


class ControlDesk:
    """A `monitoring.admin.api.Desk`."""

    def __init__(self, settings: Settings, following: Follower, watch: Watch) -> None:
        self.settings = settings
        self._following, self._watch = following, watch

    def control(self) -> dict[str, Any]:
        """Settings, overrides, revisions."""
        return described(self.settings, self._following.view, self._watch.instances())
