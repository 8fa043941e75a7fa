"""How fast a job's documents are finished of late: what its ETA is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

_KEPT = 1 - 1 / 40
"""Weight that a finished document keeps when another one is: about the last 40 count."""


@dataclass(frozen=True, slots=True)
class Pace:
    """An exponentially weighted mean of the seconds from one finished document to the next; pauses do not count."""

    documents: float = 0.0
    """Weighted count of the documents."""
    seconds: float = 0.0
    """Weighted sum of the seconds."""
    since: datetime | None = None
    """When the last document was finished, or the job started or resumed after that; None before it starts."""

    def begun(self, now: datetime) -> Pace:
        """Documents are handed out from now on."""
        return replace(self, since=now)

    def finished(self, now: datetime) -> Pace:
        """One more document is finished."""
        if self.since is None:
            return self
        return Pace(self.documents * _KEPT + 1, self.seconds * _KEPT + self._waited(now), now)

    def seconds_for(self, documents: int, now: datetime) -> float | None:
        """Seconds that so many more will take; None when nothing is known. While none is finished, it grows."""
        if not self.documents:
            return None
        lately = max(self.seconds / self.documents, (self.seconds + self._waited(now)) / (self.documents + 1))
        return lately * documents

    def _waited(self, now: datetime) -> float:
        # Replicas' clocks differ a little.
        return max(0.0, (now - self.since).total_seconds()) if self.since else 0.0


NO_PACE = Pace()
