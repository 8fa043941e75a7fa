"""Exports into a folder that have not arrived whole: the same command goes on with them, and makes no new ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from coderai.client.api import CoderAI
from coderai.client.download import drop_parts
from coderai.client.errors import ApiError
from coderai.client.export_calls import source_of
from coderai.client.exporting import ExportOrder
from coderai.client.models import Export

_NAME = ".coderai-export.json"
_OF_USE = ("PENDING", "COMPLETE")


@dataclass(frozen=True, slots=True)
class ExportMemory:
    """What a folder knows of the exports that are on their way into it; nothing once they are there."""

    out: Path

    def recall(self, api: CoderAI, project_id: str, order: ExportOrder) -> dict[str, Export]:
        """Exports that an earlier command with the same order has made and not fetched whole, by format.

        None where one of them leads to no files (any more): all are made anew then, so that they are of one moment.
        """
        known = self._read()
        if known.get("request") != _request(project_id, order):
            return {}
        found = [self._standing(api, known["exports"].get(format, "")) for format in order.formats]
        standing = [export for export in found if export is not None]
        return {export.format: export for export in standing} if len(standing) == len(found) else {}

    def note(self, project_id: str, order: ExportOrder, exports: Sequence[Export]) -> None:
        """These are on their way; a folder that cannot keep that is told by the download."""
        plain = {"request": _request(project_id, order), "exports": {export.format: export.id for export in exports}}
        with suppress(OSError):
            self.out.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(plain), encoding="utf-8")

    def forget(self) -> None:
        """They have arrived, or are of no use any more: what has arrived of them in part goes, too."""
        ids = self._read().get("exports", {}).values()
        with suppress(OSError):
            drop_parts(self.out, [source_of(str(export_id)) for export_id in ids])
            self._file.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self.out / _NAME

    def _read(self) -> dict[str, Any]:
        try:
            read = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if isinstance(read, dict) and isinstance(read.get("exports"), dict) else {}

    def _standing(self, api: CoderAI, export_id: str) -> Export | None:
        """The export, if it still leads to files."""
        if not export_id:
            return None
        try:
            export = api.export(export_id)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return None
        return export if export.status in _OF_USE else None


def _request(project_id: str, order: ExportOrder) -> dict[str, Any]:
    return {"project_id": project_id, **order.request}
