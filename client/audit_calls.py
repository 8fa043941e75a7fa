"""The part of the API that tells who did what, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from coderai.client.calls import Calls
from coderai.client.models import AuditEntry
from coderai.messages.requests import AuditKind


class AuditCalls(Calls):
    """The list of who did what in the workspace, for its owners."""

    def audit(
        self,
        *,
        actor_id: str = "",
        project_id: str = "",
        kinds: Sequence[AuditKind] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[AuditEntry]:
        """Who did what, newest first.

        `actor_id`: only what this user did, by their API keys too. `project_id`: only what was done in this project,
        which may have been deleted since. `since`, `until`: only from then on, only before then; times with a zone.
        """
        filters: dict[str, Any] = {
            "actor_id": actor_id,
            "project_id": project_id,
            "kinds": list(kinds),
            "since": since.isoformat() if since else "",
            "until": until.isoformat() if until else "",
        }
        return self._items(AuditEntry, "audit", **{name: value for name, value in filters.items() if value})
