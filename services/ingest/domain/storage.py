"""How much a workspace may keep."""

from __future__ import annotations

from dataclasses import dataclass

from coderai.services.ingest.domain.problems import StorageFull


@dataclass(frozen=True, slots=True)
class Usage:
    """What a workspace keeps."""

    documents: int = 0
    """Files, and what tables and archives hold."""
    bytes: int = 0
    """Of the files as they were uploaded, and of all texts."""


@dataclass(frozen=True, slots=True)
class Quota:
    """The most that a workspace may keep; an installation's setting."""

    documents: int = 1_000_000
    bytes: int = 200 * 2**30

    def must_hold(self, usage: Usage) -> None:
        """Raises StorageFull."""
        if usage.documents > self.documents or usage.bytes > self.bytes:
            raise StorageFull(
                f"the workspace would keep {usage.documents:,} documents in {_gib(usage.bytes)} GiB, of"
                f" {self.documents:,} and {_gib(self.bytes)} GiB that it may: delete what is not needed any more"
            )


GENEROUS = Quota()


def _gib(size: int) -> str:
    return f"{size / 2**30:,.3f}".rstrip("0").rstrip(".")
