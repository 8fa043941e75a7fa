"""What the HTTP API answers, as typed values: the contracts' messages, and what a client wants to know of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypedDict

from pydantic import Field

from coderai.messages import answers
from coderai.messages.answers import (
    Answer,
    AuditActor,
    AuditChange,
    AuditEntry,
    DatasetCell,
    DatasetRow,
    Document,
    DocumentCounts,
    Estimate,
    Evidence,
    Export,
    ExportFile,
    Extraction,
    Facet,
    Feedback,
    FeedbackOutcome,
    GoldCell,
    GoldScore,
    JobEvent,
    Message,
    PassageRegions,
    Project,
    ProjectActivity,
    PromptVersion,
    Proposal,
    ReadingReport,
    Receipt,
    RecognisedWord,
    Refinement,
    RefinementOption,
    Region,
    ReviewItem,
    ReviewSample,
    SchemaFinding,
    SourceQuote,
    Task,
    Template,
    Unit,
    UnitChange,
    UnreadPages,
    UnsurePages,
    Variable,
    VariableQuality,
    VariableStaleness,
    VariableStatistics,
    VariableSuggestion,
    View,
)
from coderai.messages.requests import CategoriesAs

__all__ = [
    "TERMINAL",
    "AcceptedStep",
    "Answer",
    "ApiKey",
    "AppliedProposal",
    "AppliedTemplate",
    "AuditActor",
    "AuditChange",
    "AuditEntry",
    "ChangeSuggestion",
    "Corpus",
    "DatasetCell",
    "DatasetPage",
    "DatasetRow",
    "DatasetStatistics",
    "Document",
    "DocumentCounts",
    "DocumentReading",
    "Estimate",
    "Evidence",
    "Export",
    "ExportColumns",
    "ExportFile",
    "ExportSettings",
    "Extraction",
    "Facet",
    "Facets",
    "Feedback",
    "FeedbackBatch",
    "FeedbackOutcome",
    "Gold",
    "GoldCell",
    "GoldImport",
    "GoldScore",
    "GoldScores",
    "Invitation",
    "Job",
    "JobEstimate",
    "JobEvent",
    "JobUpdate",
    "Member",
    "Message",
    "MessageUpdate",
    "ModelCheck",
    "PassageRegions",
    "Project",
    "ProjectActivity",
    "PromptVersion",
    "Proposal",
    "Quality",
    "ReadingReport",
    "Receipt",
    "RecognisedWord",
    "Refinement",
    "RefinementOption",
    "Region",
    "ReviewItem",
    "ReviewPage",
    "ReviewSample",
    "RoleName",
    "SchemaFinding",
    "SchemaReview",
    "SentMessage",
    "Setup",
    "SetupStepState",
    "SignIn",
    "SourceQuote",
    "Staleness",
    "Task",
    "Template",
    "TemplatePreview",
    "Trial",
    "Unit",
    "UnitChange",
    "UnitSuggestions",
    "UnreadPages",
    "UnsurePages",
    "User",
    "Variable",
    "VariableQuality",
    "VariableStaleness",
    "VariableStatistics",
    "VariableSuggestion",
    "VariableSuggestions",
    "View",
    "Workspace",
]


class ExportColumns(TypedDict, total=False):
    """Which columns stand beside each variable's values: of the fields of coderai.messages.requests.ExportOptions."""

    confidence: bool
    source: bool
    page: bool
    missing_reason: bool
    status: bool
    flags: bool
    support: bool
    origin: bool
    bounds: bool
    prompt_version: bool
    candidates: bool
    model: bool
    verdict: bool
    reviewer: bool
    weight: bool


class ExportSettings(ExportColumns, total=False):
    """The same, how values are written, and what the files are called: coderai.messages.requests.ExportOptions."""

    categories_as: CategoriesAs
    delimiter: str
    byte_order_mark: bool
    replace_line_breaks: bool
    pseudonyms: bool
    texts: bool
    name: str


TERMINAL = frozenset({"COMPLETE", "FAILED", "CANCELLED"})
"""The statuses in which a job stays."""


RoleName = Literal["OWNER", "EDITOR", "VIEWER"]
"""What a member of a workspace may do; each may do all that those after it may."""


class User(Answer):
    """Who is signed in."""

    id: str
    email: str
    email_verified: bool = False


class Workspace(Answer):
    """A workspace as its member sees it."""

    id: str
    name: str
    role: str


class Member(Answer):
    """A member of a workspace."""

    user_id: str
    email: str
    role: str


class Invitation(Answer):
    """An invitation that was just made."""

    id: str
    email: str
    role: str
    expires_at: datetime
    token: str | None = None
    """To hand over; None where it is mailed."""
    link: str | None = None


class ApiKey(Answer):
    """A key; its text is in `key` when it was just made, and never again."""

    id: str
    user_id: str
    name: str
    role: str
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    key: str = ""


class SignIn(Answer):
    """A session: one sign-in that has not ended."""

    id: str
    workspace_id: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    address: str
    is_current: bool


class DocumentReading(answers.GetDocumentReadingResponse):
    """How a document was read; `left_out` are the blocks of its file that are not in its text."""


class Corpus(answers.ListDocumentsResponse):
    """What a project's documents are together; `items` has the first of them."""


class Job(answers.Job):
    """One run over documents."""

    @property
    def documents_coded(self) -> int:
        """Those that gave their rows."""
        return self.documents_processed - self.documents_failed

    @property
    def ended(self) -> bool:
        """Whether it is complete, failed or cancelled."""
        return self.status in TERMINAL


class ModelCheck(answers.CheckModelResponse):
    """Whether a project's model answers: `problem` is empty when it does."""


class VariableSuggestions(answers.SuggestVariablesResponse):
    """Variables to consider, the best first; `left_out` says what could not be suggested, and why."""


class UnitSuggestions(answers.SuggestUnitResponse):
    """Proposed units, the best first, and why others were left out."""


class ChangeSuggestion(answers.SuggestCategoriesResponse):
    """One proposal; without an `id` where nothing is suggested, and `left_out` says why."""


class SchemaReview(answers.ReviewSchemaResponse):
    """What a review of all variables found, with the proposals that would mend it."""


class JobUpdate(answers.WatchJobResponse):
    """One message of a job's stream: an event (none for a snapshot) and the job as it stands there."""

    event: JobEvent | None = None  # type: ignore[assignment]  # an absent message is an empty one elsewhere
    job: Job = Job()


class SentMessage(answers.SendMessageResponse):
    """What a person said, and the reply that has begun."""


class MessageUpdate(answers.WatchMessageResponse):
    """One message of a reply's stream: its next part, or (in `message`) what it has become."""

    message: Message | None = None  # type: ignore[assignment]  # an absent message is an empty one elsewhere


class JobEstimate(answers.EstimateJobResponse):
    """What a job would take, without starting it."""


class DatasetPage(answers.ListDatasetRowsResponse):
    """Some of the dataset's rows, and how many there are under the filter."""


class Facets(answers.GetDatasetFacetsResponse):
    """What the rows under a filter hold, per variable, and how many they are."""


class DatasetStatistics(answers.GetDatasetStatisticsResponse):
    """What the dataset holds, per variable, and of which documents pages were not read."""


class Staleness(answers.GetStalenessResponse):
    """How many cells should be asked again, per variable, and why."""


class FeedbackBatch(answers.GiveFeedbackBatchResponse):
    """What became of each of many pieces of feedback."""


class ReviewPage(answers.GetReviewQueueResponse):
    """Some of the cells to look at, and how many are left."""


class Quality(answers.GetQualityResponse):
    """How good the dataset is, per variable, and what that rests on."""


class GoldImport(answers.ImportGoldResponse):
    """What came in of known answers, and what did not."""


class Gold(answers.ListGoldResponse):
    """How many documents are for which use, and how often TEST was looked at; `items` has the first known answers."""


class GoldScores(answers.ScoreAgainstGoldResponse):
    """The dataset, or a job, held against known answers: not the project's accuracy unless a design drew these."""


class Trial(answers.CompareTrialResponse):
    """What an option mends and breaks among the known cells of its documents."""


class SetupStepState(answers.SetupStepState):
    """A step of the guided setup, with its default and what was decided."""

    estimate: JobEstimate = JobEstimate()


class Setup(answers.Setup):
    """Where a project's guided setup stands."""

    steps: list[SetupStepState] = Field(default_factory=list)  # type: ignore[assignment]  # narrower than its base's


class AcceptedStep(answers.AcceptSetupStepResponse):
    """Where a setup stands once a step is accepted, and which proposals could not be applied."""

    setup: Setup = Setup()


class AppliedProposal(answers.ApplyProposalResponse):
    """A proposal that was applied, and the variables that it created or changed, as they are now."""


class TemplatePreview(answers.PreviewTemplateResponse):
    """What applying a template to a project would do."""


class AppliedTemplate(answers.ApplyTemplateResponse):
    """A project after a template was applied to it, with all of its variables."""
