"""Applies a project's codebook as it stands to its dataset: values are decided again, nothing is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from coderai.kit.errors import Conflict, NotFound
from coderai.services.extractor.usecases.ports import OpenStore, Projects

_AT_A_TIME = 100
"""Documents of one transaction."""
_NO_VARIABLES: Mapping[str, Any] = {"hash": "", "variables": []}


@dataclass(frozen=True, slots=True)
class Codebooks:
    """The use case of a changed codebook."""

    open_store: OpenStore
    projects: Projects
    now: Callable[[], datetime]

    async def apply(self, workspace_id: UUID, project_id: UUID) -> None:
        """Works out anew the cells that were worked out under other settings; may be ended at any point, and run twice.

        A document at a time is safe: whatever is entered meanwhile is entered under the codebook as it stands.
        """
        asked_at = self.now()
        try:
            plain = await self.projects.freeze(project_id)
        except NotFound:
            return
        except Conflict:
            plain = _NO_VARIABLES
        async with self.open_store(workspace_id) as store:
            await store.keep_codebook(project_id, plain, asked_at)
            await store.commit()
        async with self.open_store(workspace_id) as store:
            behind = await store.documents_behind(project_id)
        for start in range(0, len(behind), _AT_A_TIME):
            async with self.open_store(workspace_id) as store:
                await store.recast_documents(behind[start : start + _AT_A_TIME])
                await store.commit()
        async with self.open_store(workspace_id) as store:
            await store.note_applied(project_id, plain["hash"])
            await store.commit()
