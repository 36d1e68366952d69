"""An inbox in memory: the fake for tests and demonstrations."""

from __future__ import annotations

from overflight.service.partners.taking import PartnerAlert
from overflight.warning.decision import DecisionMessage


class MemoryInbox:
    """Keeps everything in lists."""

    def __init__(self) -> None:
        self.alerts: list[PartnerAlert] = []
        self.tracks: list[DecisionMessage] = []

    async def put_alert(self, alert: PartnerAlert) -> bool:
        """Keep an alert once."""
        for other in self.alerts:
            if (other.partner, other.sender, other.identifier) == (
                alert.partner,
                alert.sender,
                alert.identifier,
            ):
                if other.digest != alert.digest:
                    raise ValueError(alert.identifier)
                return False
        self.alerts.append(alert)
        return True

    async def put_track(self, messages: tuple[DecisionMessage, ...]) -> None:
        """Keep messages."""
        self.tracks += messages
