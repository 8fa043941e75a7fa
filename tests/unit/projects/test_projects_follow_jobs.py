"""A project's status follows its jobs; only a sample that was completed opens the full run."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from coderai.services.projects.domain.project import Project, ProjectStatus


@pytest.mark.parametrize(
    ("status", "leads_to"),
    [
        ("PROCESSING", ProjectStatus.SCHEMA_DEFINED),
        ("PAUSED", ProjectStatus.SCHEMA_DEFINED),
        ("FAILED", ProjectStatus.SCHEMA_DEFINED),
        ("CANCELLED", ProjectStatus.SCHEMA_DEFINED),
        ("COMPLETE", ProjectStatus.SAMPLE_COMPLETE),
    ],
)
def test_a_sample_moves_its_project_on_when_it_is_complete(status: str, leads_to: ProjectStatus) -> None:
    project = replace(Project.define(uuid4(), {"name": "Protests"}), status=ProjectStatus.SCHEMA_DEFINED)
    assert project.job_changed("SAMPLE", status).status is leads_to


def test_a_full_run_that_failed_does_not_complete_its_project() -> None:
    project = replace(Project.define(uuid4(), {"name": "Protests"}), status=ProjectStatus.SAMPLE_COMPLETE)
    begun = project.job_changed("FULL", "PROCESSING")
    assert begun.job_changed("FULL", "FAILED").status is ProjectStatus.SAMPLE_COMPLETE
