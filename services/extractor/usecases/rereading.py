"""Forgets what was extracted from texts that documents do not have any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coderai.services.extractor.usecases.ports import OpenStore


async def forget_earlier_texts(
    open_store: OpenStore, workspace_id: UUID, project_id: UUID, texts: Mapping[UUID, int], now: datetime
) -> None:
    """Removes what was extracted from earlier texts than those in `texts`, which has their versions by document.

    The jobs say so in their logs, and code those documents again when their failed ones are tried again.
    """
    async with open_store(workspace_id) as store:
        outdated = await store.outdate(project_id, texts)
        for job_id in sorted(outdated):
            job, events = (await store.job(job_id)).documents_reread(outdated[job_id])
            await store.save_job(job, events, now)
        await store.commit()
