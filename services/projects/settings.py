"""Settings of the projects service."""

from __future__ import annotations

from coderai.kit.model_settings import ModelSettings
from coderai.kit.settings import ProcessSettings


class ProjectsSettings(ProcessSettings, ModelSettings):
    """Read from CODERAI_PROJECTS_<NAME>, else CODERAI_<NAME>."""
