"""The HTTP API as a Python class: what researchers script with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from coderai.client.accounts import AccountCalls
from coderai.client.audit_calls import AuditCalls
from coderai.client.conversation_calls import ConversationCalls
from coderai.client.copilot_calls import CopilotCalls
from coderai.client.dataset_calls import DatasetCalls
from coderai.client.export_calls import ExportCalls
from coderai.client.job_calls import JobCalls
from coderai.client.models import (
    Corpus,
    Document,
    DocumentReading,
    ModelCheck,
    Project,
    PromptVersion,
    RecognisedWord,
    Variable,
)
from coderai.client.overview_calls import OverviewCalls
from coderai.client.page_calls import PageCalls
from coderai.client.proposal_calls import ProposalCalls
from coderai.client.quality_calls import QualityCalls
from coderai.client.refinement_calls import RefinementCalls
from coderai.client.review_calls import ReviewCalls
from coderai.client.session import Session, only_if
from coderai.client.setup_calls import SetupCalls
from coderai.client.template_calls import TemplateCalls
from coderai.client.uploads import Upload, upload
from coderai.client.waiting import looks


class CoderAI(
    AccountCalls,
    AuditCalls,
    OverviewCalls,
    PageCalls,
    JobCalls,
    DatasetCalls,
    ReviewCalls,
    QualityCalls,
    RefinementCalls,
    ProposalCalls,
    CopilotCalls,
    TemplateCalls,
    SetupCalls,
    ConversationCalls,
    ExportCalls,
):
    """One installation of CoderAI, as one user.

        with CoderAI("http://127.0.0.1:8080") as api:
            api.login("ada@example.org", "secret words")
            project = api.create_project(name="Protests", unit={"row_is": "one protest"})
            api.create_variable(project.id, name="participants", type="NUMBER", instructions="How many took part?")
            api.upload(project.id, Path("reports").glob("*.pdf"))
            api.wait_until_read(project.id)
            job = api.start_job(project.id, "SAMPLE", sample_size=10)
            for update in api.watch_job(job.id):
                print(update.job.progress)
            for extraction in api.extractions(project.id, job_id=job.id):
                print(extraction.variable, extraction.value, extraction.evidence.quote)

    Methods return what client.models describes and raise ApiError when the API refuses, ConnectionFailed when it cannot
    be reached. Passing faults are retried and an expired token is renewed before that.
    """

    def __init__(self, url: str, *, token: str = "", timeout: float = 60.0) -> None:
        """`token`: an access token or API key, in place of login(); `timeout`: seconds without a byte.

        Calls for which the API asks a model wait at least 310 seconds.
        """
        self._session = Session(url, token=token, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    # Projects and variables

    def create_project(self, **fields: Any) -> Project:
        """Makes a project; `fields` are those of POST projects: name, domain, unit, model ..."""
        return Project.model_validate(self._session.post("projects", fields))

    def projects(self) -> Iterator[Project]:
        """All projects of the workspace."""
        return self._items(Project, "projects")

    def project(self, project_id: str) -> Project:
        """One project."""
        return Project.model_validate(self._session.get(f"projects/{project_id}"))

    def update_project(self, project_id: str, *, if_match: str | None = None, **fields: Any) -> Project:
        """Changes these fields of a project; with the `etag` of one as `if_match` only if it is so still, else 412."""
        headers = only_if(if_match)
        answer = self._session.request("PATCH", f"projects/{project_id}", json=fields, headers=headers)
        return Project.model_validate(answer.json())

    def delete_project(self, project_id: str, *, if_match: str | None = None) -> None:
        """Deletes a project and everything in it; `if_match`: as in update_project."""
        self._session.request("DELETE", f"projects/{project_id}", headers=only_if(if_match))

    def create_variable(self, project_id: str, **fields: Any) -> Variable:
        """Adds a variable; `fields` are those of POST projects/{id}/variables: name, type, instructions ..."""
        return Variable.model_validate(self._session.post(f"projects/{project_id}/variables", fields))

    def create_variables(self, project_id: str, variables: Iterable[Mapping[str, Any]]) -> list[Variable]:
        """Adds variables in the order of the columns."""
        return [self.create_variable(project_id, **fields) for fields in variables]

    def update_variable(self, variable_id: str, *, if_match: str | None = None, **fields: Any) -> Variable:
        """Changes these fields of a variable; what changes what is asked makes its cells stale.

        With the `etag` of one as `if_match` only if it is so still: else ApiError says 412, variable_changed.
        """
        headers = only_if(if_match)
        answer = self._session.request("PATCH", f"variables/{variable_id}", json=fields, headers=headers)
        return Variable.model_validate(answer.json())

    def delete_variable(self, variable_id: str, *, if_match: str | None = None) -> None:
        """Removes a variable; the dataset shows its cells no more. `if_match`: as in update_variable."""
        self._session.request("DELETE", f"variables/{variable_id}", headers=only_if(if_match))

    def reorder_variables(self, project_id: str, variable_ids: Sequence[str]) -> None:
        """Puts the columns in this order; all of the project's variables must be named."""
        self._session.post(f"projects/{project_id}/variables/reorder", {"variable_ids": list(variable_ids)})

    def variables(self, project_id: str) -> list[Variable]:
        """The project's variables in the order of the columns."""
        return list(self._items(Variable, f"projects/{project_id}/variables", paged=False))

    def prompts(self, variable_id: str) -> list[PromptVersion]:
        """A variable's prompt versions, newest first."""
        return list(self._items(PromptVersion, f"variables/{variable_id}/prompts", paged=False))

    def write_prompt(self, variable_id: str, **fields: Any) -> PromptVersion:
        """Makes a new active version from `text`, a person's own words, or (without it) one that is generated anew.

        `fields` are those of POST variables/{id}/generate-prompt: text, temperature, max_tokens.
        """
        return PromptVersion.model_validate(self._session.post(f"variables/{variable_id}/generate-prompt", fields))

    def check_model(self, project_id: str) -> ModelCheck:
        """Has the project's model answer one short question; `problem` says why it does not, if so."""
        return ModelCheck.model_validate(self._ask_model(f"projects/{project_id}/check-model", {}))

    # Documents

    def upload(
        self,
        project_id: str,
        paths: Iterable[Path],
        on_upload: Callable[[Upload], None] = lambda outcome: None,
        *,
        text_column: str = "",
        replace: bool = False,
    ) -> list[Upload]:
        """Uploads files, streamed from disk; one that is refused does not stop the others.

        `on_upload` is told each file's outcome as it comes in. `text_column`: of tables (CSV, XLSX, JSON) the column
        that holds each row's text; guessed when empty, which the table's report.warnings tell. A table that the project
        has already is read again when it is uploaded with another text column; where values were extracted from its
        rows it is refused (Upload.code is codings_would_be_lost), unless `replace` says that these may go.
        """
        return upload(self._session, project_id, list(paths), on_upload, text_column, replace=replace)

    def document(self, document_id: str) -> Document:
        """One document."""
        return Document.model_validate(self._session.get(f"documents/{document_id}"))

    def documents(
        self, project_id: str, *, status: str = "", duplicates: bool = False, sources: bool = False
    ) -> Iterator[Document]:
        """The project's documents in upload order; `status`: UPLOADED, PARSED, READY or FAILED.

        `duplicates`: only those that repeat another; `sources`: only tables and archives that hold others.
        """
        return self._items(
            Document,
            f"projects/{project_id}/documents",
            status=status,
            duplicates=duplicates or None,
            sources=sources or None,
        )

    def document_text(self, document_id: str) -> str:
        """The text that was read from a document, to which evidence's offsets refer."""
        return str(self._session.get(f"documents/{document_id}/text")["text"])

    def reading(self, document_id: str) -> DocumentReading:
        """How a document was read: by what, with which warnings, and what of its file is not in its text."""
        return DocumentReading.model_validate(self._session.get(f"documents/{document_id}/reading"))

    def words(self, document_id: str, page: int) -> list[RecognisedWord]:
        """The words that were read from the picture of a page (from 1), and where they stand on it and in the text."""
        answer = self._session.get(f"documents/{document_id}/words", page=page)
        return [RecognisedWord.model_validate(word) for word in answer.get("words", ())]

    def reread(
        self, document_id: str, *, whole: bool = False, text_column: str = "", replace: bool = False
    ) -> Document:
        """Has an uploaded file read again, which wait_until_read() waits for; it and what it holds keep their ids.

        `whole`: nothing is left out as being a menu or a running header. `text_column`: of a table, the column that
        holds each row's text. `replace`: what was extracted from texts that change may go; without it that is refused.

        Raises:
            ApiError: its `code` is codings_would_be_lost, and its text tells how much would be.
        """
        body = {"whole": whole, "text_column": text_column, "replace": replace}
        return Document.model_validate(self._session.post(f"documents/{document_id}/reread", body))

    def document_counts(self, project_id: str) -> dict[str, int]:
        """How many documents have which status."""
        return self.corpus(project_id).counts

    def corpus(self, project_id: str) -> Corpus:
        """What the project's documents are together: how many of which status and language, how many duplicates."""
        return Corpus.model_validate(self._session.get(f"projects/{project_id}/documents", page_size=1))

    def wait_until_read(
        self,
        project_id: str,
        *,
        timeout: float | None = None,
        on_counts: Callable[[dict[str, int]], None] = lambda counts: None,
    ) -> dict[str, int]:
        """Waits until every document is READY or FAILED; returns how many have which status.

        Raises:
            WaitedTooLong: that took more than `timeout` seconds.
        """
        for _ in looks(timeout, "the documents to be read"):
            counts = self.document_counts(project_id)
            on_counts(counts)
            if not counts.get("UPLOADED") and not counts.get("PARSED"):
                return counts
        raise AssertionError("the looks do not end")
