"""A project's codebook as it stands, for whoever reads its dataset."""

from __future__ import annotations

from uuid import UUID

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.kit.errors import Conflict
from coderai.services.extractor.usecases.ports import Projects


async def codebook_now(projects: Projects, project_id: UUID) -> Codebook:
    """The project's codebook as it stands; without variables when it has none yet. Raises NotFound."""
    try:
        return read_codebook(await projects.freeze(project_id))
    except Conflict:
        return Codebook(hash="", variables=(), project_id=str(project_id))
