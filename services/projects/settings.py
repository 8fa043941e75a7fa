"""Settings of the projects service."""

from __future__ import annotations

from coderai.kit.settings import ProcessSettings


class ProjectsSettings(ProcessSettings):
    """Read from CODERAI_PROJECTS_<NAME>, else CODERAI_<NAME>."""
