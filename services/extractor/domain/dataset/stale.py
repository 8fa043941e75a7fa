"""Why a cell of the dataset should be asked again."""

from __future__ import annotations

from enum import StrEnum


class StaleReason(StrEnum):
    """One a cell; of several that hold, the first here."""

    FAILED = "FAILED"
    """The newest attempt failed."""
    UNIT_CHANGED = "UNIT_CHANGED"
    """A person changed the unit since."""
    REREAD = "REREAD"
    """The document has another text since: what was extracted from the one before is gone."""
    NEVER_ASKED = "NEVER_ASKED"
    """Nothing was ever asked for it."""
    ASKED_OTHERWISE = "ASKED_OTHERWISE"
    """Prompt, type, categories, examples or the unit of observation have changed since."""
    OTHER_MODEL = "OTHER_MODEL"
    """Another model than the project's answered; only where this is asked for."""
