"""What the guided setup needs of the world beside what suggestions and proposals need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from coderai.codebook.codebook import Unit
from coderai.codebook.plain import read
from coderai.codebook.variable import Variable
from coderai.services.copilot.domain.setup.context import Corpus
from coderai.services.copilot.domain.setup.ground import Ground, ground


@dataclass(frozen=True, slots=True)
class Standing:
    """How a project stands now."""

    project: Mapping[str, Any]
    """coderai.projects.v1.Project, plain."""
    variables: Sequence[Variable]
    corpus: Corpus

    @property
    def ground(self) -> Ground:
        """What of it the steps rest on."""
        return ground(self.corpus.suggested_language, read(Unit, self.project["unit"]), self.variables)


class SetupPeers(Protocol):
    """The projects, ingest and extractor services, as the setup sees them."""

    async def standing(self, project_id: UUID) -> Standing:
        """Raises kit.errors.NotFound: there is no such project."""
        ...

    async def change(self, project_id: UUID, fields: Mapping[str, Any]) -> None:
        """Gives the project these fields of its context.

        Raises:
            kit.errors.InvalidInput: they make no sense; the project stays as it is.
        """
        ...

    async def estimate(self, project_id: UUID, sample_size: int) -> Mapping[str, Any]:
        """What a sample would take: coderai.extractor.v1.EstimateJobResponse, plain."""
        ...
