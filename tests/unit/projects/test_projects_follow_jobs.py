"""A project's status follows its jobs: every job status in every project status."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from coderai.services.projects.domain.project import Project, ProjectStatus

CREATED, DEFINED, SAMPLED, PROCESSING, COMPLETE = ProjectStatus
JOB_STATUSES = ("PENDING", "PROCESSING", "PAUSED", "COMPLETE", "FAILED", "CANCELLED")

# What a project becomes after each of JOB_STATUSES, in their order, by where it stands.
AFTER_SAMPLE = {
    CREATED: (CREATED, CREATED, CREATED, CREATED, CREATED, CREATED),
    DEFINED: (DEFINED, DEFINED, DEFINED, SAMPLED, DEFINED, DEFINED),
    SAMPLED: (SAMPLED, SAMPLED, SAMPLED, SAMPLED, SAMPLED, SAMPLED),
    PROCESSING: (PROCESSING, PROCESSING, PROCESSING, PROCESSING, PROCESSING, PROCESSING),
    COMPLETE: (COMPLETE, COMPLETE, COMPLETE, COMPLETE, COMPLETE, COMPLETE),
}
AFTER_FULL = {
    CREATED: (CREATED, PROCESSING, PROCESSING, COMPLETE, CREATED, CREATED),
    DEFINED: (DEFINED, PROCESSING, PROCESSING, COMPLETE, DEFINED, DEFINED),
    SAMPLED: (SAMPLED, PROCESSING, PROCESSING, COMPLETE, SAMPLED, SAMPLED),
    COMPLETE: (COMPLETE, PROCESSING, PROCESSING, COMPLETE, COMPLETE, COMPLETE),
}


def standing(status: ProjectStatus) -> Project:
    return replace(Project.define(uuid4(), {"name": "Protests"}), status=status)


@pytest.mark.parametrize(("kind", "table"), [("SAMPLE", AFTER_SAMPLE), ("FULL", AFTER_FULL)])
def test_every_job_status_in_every_project_status(
    kind: str, table: dict[ProjectStatus, tuple[ProjectStatus, ...]]
) -> None:
    after = {status: tuple(standing(status).job_changed(kind, s).status for s in JOB_STATUSES) for status in table}
    assert after == table


@pytest.mark.parametrize("before", [DEFINED, SAMPLED, COMPLETE])
@pytest.mark.parametrize("ending", ["FAILED", "CANCELLED"])
@pytest.mark.parametrize("way", [("PROCESSING",), ("PAUSED",), ("PROCESSING", "PAUSED", "PROCESSING")])
def test_a_full_run_that_was_not_completed_leaves_its_project_where_it_stood(
    before: ProjectStatus, ending: str, way: tuple[str, ...]
) -> None:
    project = standing(before)
    for status in way:
        project = project.job_changed("FULL", status)
        assert project.job_changed("FULL", "PENDING").status is PROCESSING
        assert project.job_changed("FULL", "COMPLETE").status is COMPLETE
    assert project.job_changed("FULL", ending).status is before


def test_the_failed_documents_of_a_full_run_may_still_complete_it() -> None:
    project = standing(DEFINED)
    for status in ("PROCESSING", "FAILED", "PROCESSING", "COMPLETE"):
        project = project.job_changed("FULL", status)
    assert project.status is COMPLETE


@pytest.mark.parametrize("before", [DEFINED, SAMPLED, COMPLETE])
def test_a_job_over_some_variables_leaves_its_project_where_it_stood(before: ProjectStatus) -> None:
    running = standing(before).job_changed("FULL", "PROCESSING", of_some_variables=True)
    assert running.status is PROCESSING
    done = running.job_changed("FULL", "COMPLETE", of_some_variables=True)
    assert done.status is before
    assert done.job_changed("FULL", "COMPLETE", of_some_variables=True).status is before
