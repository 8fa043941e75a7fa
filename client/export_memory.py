"""Exports into a folder that have not arrived whole: the same command goes on with them, and makes no new ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from coderai.client.api import CoderAI
from coderai.client.download import drop_parts
from coderai.client.errors import ApiError
from coderai.client.export_calls import source_of
from coderai.client.exporting import ExportOrder
from coderai.client.models import Export

_OF_USE = ("PENDING", "COMPLETE")
_LONGEST = timedelta(days=1)
"""For which an export is gone on with: whoever exports later than that wants what the dataset has become."""


@dataclass(frozen=True, slots=True)
class ExportMemory:
    """What a folder knows of the exports of one order that are on their way into it; nothing once they are there."""

    out: Path
    project_id: str
    order: ExportOrder

    def recall(self, api: CoderAI) -> dict[str, Export]:
        """Exports that an earlier command with the same order has made and not fetched whole, by format.

        None where one of them leads to no files (any more), or is of another day: all are made anew then, so that they
        are of one moment.
        """
        known = self._exports()
        found = [self._standing(api, known.get(format, "")) for format in self.order.formats]
        standing = [export for export in found if export is not None]
        return {export.format: export for export in standing} if len(standing) == len(found) else {}

    def note(self, exports: Sequence[Export]) -> None:
        """These are on their way; that a folder cannot keep this is told by the download."""
        with suppress(OSError):
            self._file.write_text(json.dumps({export.format: export.id for export in exports}), encoding="utf-8")

    def forget(self) -> None:
        """They have arrived, or are of no use any more: what has arrived of them in part goes, too."""
        ids = self._exports().values()
        with suppress(OSError):
            drop_parts(self.out, [source_of(str(export_id)) for export_id in ids])
            self._file.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        request = json.dumps({"project_id": self.project_id, **self.order.request, "formats": [*self.order.formats]})
        return self.out / f".coderai-export-{hashlib.sha256(request.encode()).hexdigest()[:12]}.json"

    def _exports(self) -> dict[str, Any]:
        """Ids by format."""
        try:
            read = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}

    def _standing(self, api: CoderAI, export_id: Any) -> Export | None:
        """The export, if it still leads to files."""
        if not export_id or not isinstance(export_id, str):
            return None
        try:
            export = api.export(export_id)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return None
        is_new = export.created_at is not None and datetime.now(UTC) - export.created_at < _LONGEST
        return export if is_new and export.status in _OF_USE else None
