"""Datasets with all that one can hold: every type, entities, Arabic, several values, two ends, every missing reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coderai.codebook.ranges import make_range
from coderai.codebook.variable import Variable
from coderai.services.export.adapters.messages import WORDS
from coderai.services.export.domain.choice import WHOLE, Choice
from coderai.services.export.domain.coded import NO_EVIDENCE, Document, Evidence, Extraction, Job, Span, Value
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Layout, Options
from tests.unit.export.datasets import ALL, dataset, document, extraction, quoted, variable, withheld

LONG_NAME = "people_who_took_part_according_to_the_police"
"""Longer than a name may be in Stata (32 characters)."""
LONG_NAME_TOO = "people_who_took_part_according_to_the_unions"
"""Differs from LONG_NAME only behind that."""
VARIABLES = (
    variable(
        "place",
        display_name="Place of the event",
        instructions="Where it took place.\nThe smallest place that is named.",
        prompt="Name the place.",
        prompt_version=3,
    ),
    variable("injured", "NUMBER", display_name="People injured", if_range="LOW", required=True),
    variable("share", "NUMBER", display_name="Share of the workforce, in %"),
    variable("day", "DATE", display_name="Day of the event", if_range="LOW"),
    variable(
        "violence",
        "CATEGORY",
        display_name="Police violence",
        categories=({"value": "none", "description": "no force"}, {"value": "force"}, {"value": "قوة مميتة"}),
    ),
    variable("police", "BOOLEAN", display_name="Police were present"),
    variable("demands", display_name="المطالب", if_multiple_values="ALL"),
    variable("crowds", "NUMBER", if_multiple_values="ALL", if_range="MIDDLE"),
    variable("days", "DATE", if_multiple_values="ALL"),
    variable("actors", "CATEGORY", if_multiple_values="ALL", categories=({"value": "unions"}, {"value": "students"})),
    variable("permits", "BOOLEAN", if_multiple_values="ALL"),
    variable(LONG_NAME, "NUMBER"),
    variable(LONG_NAME_TOO, "NUMBER"),
)
TYPES = {found.name: found.type for found in VARIABLES}

TEXTS: Mapping[str, str] = {
    "doc-1": (
        "On 5 March 2021 some 400 to 500 workers of the MV Aster struck in Kessling.\n"
        'They asked for pay, hours and "safety". Seven were hurt when police used force.\n'
        "The tug Tern lay idle from 3 to 5 March 2021; 12.5 % of its crew stayed ashore."
    ),
    "doc-2": (
        "تظاهر العمال في القاهرة في مارس 2021.\nأصيب 12 شخصا واستخدمت الشرطة قوة مميتة. طالبوا برفع الأجور والخبز."
    ),
    "doc-3": "Dozens came in 1848.\n=SUM(A1) was painted on a wall; no police were there.",
}
"""By document id: the text that the quotes are from, one page each."""


def _said(document_id: str, quote: str) -> Evidence:
    """The quote where the document's text has it."""
    start = TEXTS[document_id].index(quote)
    return quoted(quote, (start, start + len(quote), 1))


def _found(document_id: str, name: str, value: Value, quote: str = "", **more: Any) -> Extraction:
    evidence = _said(document_id, quote) if quote else NO_EVIDENCE
    return extraction(name, value, evidence=evidence, prompt_version=3 if name == "place" else 1, **more)


def _aster() -> list[Extraction]:
    entity: dict[str, Any] = {"entity_index": 1, "entity": "MV Aster", "model": "openai:small"}
    unchecked: dict[str, Any] = {"status": "FLAGGED", "flags": ("UNCHECKED", "LOW_CONFIDENCE"), "support": "UNCHECKED"}
    return [
        _found("doc-1", "place", "Kessling", "in Kessling", **entity),
        _found("doc-1", "injured", 7, "Seven were hurt", confidence=0.55, **unchecked, **entity),
        _found("doc-1", "share", None, **entity),
        _found("doc-1", "day", "2021-03-05", "On 5 March 2021", **entity),
        _found("doc-1", "violence", "force", "police used force", support="JUDGED", **entity),
        _found("doc-1", "police", True, "police used force", support="JUDGED", **entity),
        _found("doc-1", "demands", ["pay", "hours", 'the "safety"\nof ships'], "pay, hours", **entity),
        _found("doc-1", "crowds", [make_range(400, 500), 12], "400 to 500", **entity),
        _found("doc-1", "days", ["2021-03-05", "2021-03", "2021"], "5 March 2021", **entity),
        _found("doc-1", "actors", ["unions", "students"], "workers", support="JUDGED", **entity),
        _found("doc-1", "permits", [True, False], **entity),
        _found("doc-1", LONG_NAME, 450, "400 to 500", **entity),
        _found("doc-1", LONG_NAME_TOO, 2**53 + 2, **entity),
    ]


def _tern() -> list[Extraction]:
    entity: dict[str, Any] = {"entity_index": 2, "entity": 'the tug "Tern"'}
    days = make_range("2021-03-03", "2021-03-05")
    reviewed: dict[str, Any] = {"status": "VALIDATED", "reviewed_by": "ada@example.org", "weight": 12.5}
    corrected: dict[str, Any] = {"origin": "CORRECTED", "verdict": "INCORRECT", **reviewed}
    default: dict[str, Any] = {"origin": "DEFAULTED", "support": "", "confidence": 0.0, "missing_reason": "NOT_STATED"}
    return [
        _found("doc-1", "place", None, missing_reason="NOT_APPLICABLE", model_value="Kessling", **corrected, **entity),
        _found("doc-1", "injured", 0, status="FLAGGED", flags=("DEFAULT_USED",), **default, **entity),
        _found("doc-1", "share", 12.5, "12.5 %", **entity),
        _found("doc-1", "day", days, "from 3 to 5 March 2021", **entity),
        _found("doc-1", "violence", "none", model_value="force", **corrected, **entity),
        _found("doc-1", "police", False, verdict="CORRECT", **reviewed, **entity),
        _found("doc-1", "demands", [], missing_reason="NOT_STATED", **entity),
        _found("doc-1", "crowds", make_range(60, None, low_closed=False), **entity),
        _found("doc-1", LONG_NAME, None, **entity),
    ]


def _cairo() -> list[Extraction]:
    entity: dict[str, Any] = {"entity_index": 1, "entity": "عمال القاهرة"}
    return [
        _found("doc-2", "place", "القاهرة", "في القاهرة", **entity),
        _found("doc-2", "injured", 12, "أصيب 12 شخصا", **entity),
        _found("doc-2", "day", "2021-03", "مارس 2021", **entity),
        _found("doc-2", "violence", "قوة مميتة", "قوة مميتة", support="STATED", **entity),
        _found("doc-2", "police", True, "واستخدمت الشرطة قوة", **entity),
        _found("doc-2", "demands", ["رفع الأجور", "الخبز"], "برفع الأجور والخبز", **entity),
        _found("doc-2", "share", -0.001, **entity),
    ]


def _wall() -> list[Extraction]:
    entity: dict[str, Any] = {"entity_index": 1, "entity": "=SUM(A1)"}
    dozens = {**make_range(24, 99), "vague": True}
    vague = (withheld(dozens, "STATED", _said("doc-3", "Dozens")),)
    refused = (withheld("Ostermund", "UNGROUNDED", quoted("in Ostermund", match="NONE")),)
    return [
        _found("doc-3", "place", None, missing_reason="UNGROUNDED", candidates=refused, **entity),
        _found("doc-3", "injured", None, missing_reason="VAGUE", candidates=vague, **entity),
        _found("doc-3", "day", "1848", "1848", **entity),
        _found("doc-3", "police", False, "no police", **entity),
        _found("doc-3", "demands", ["=SUM(A1)"], "=SUM(A1)", **entity),
        _found("doc-3", "days", ["1848-03-13"], **entity),
    ]


def _places() -> Mapping[int, Span]:
    """Where the entities of the first document are mentioned."""
    return {number: _said("doc-1", name).spans[0] for number, name in ((1, "MV Aster"), (2, "The tug Tern"))}


def _of_reason(reason: str) -> Document:
    """A document of one entity, every cell of which is missing for the reason."""
    cells = [
        extraction(name, None, missing_reason=reason, confidence=0.2, entity_index=1, entity=f"entity without {name}")
        for name in TYPES
    ]
    return Document(f"doc-{reason}", f"{reason.lower()}.txt", extractions=cells)


_OF_OTHERS = ("RANGE", "NOT_PROCESSED", "NOT_SELECTED")
"""Reasons that a value with two ends, a document's state or the choice of cells gives, and no extraction has."""


def documents() -> Sequence[Document]:
    """Documents with all that a dataset can hold; each is a row at least, but the one without entities."""
    return [
        Document("doc-1", "harbour.txt", extractions=[*_aster(), *_tern()], places=_places()),
        Document("doc-2", "القاهرة.txt", extractions=_cairo(), unread_pages=(2, 5)),
        Document("doc-3", "wall, old.txt", extractions=_wall(), unsure_pages=(1,)),
        *(_of_reason(reason) for reason in WORDS.reasons if reason not in _OF_OTHERS),
        Document("doc-empty", "quiet.txt"),
        Document("doc-failed", "scan.pdf", status="FAILED", error="no text in it"),
        Document("doc-later", "later.txt", status="PENDING"),
    ]


def everything(
    options: Options = ALL,
    job: Job | None = None,
    variables: Sequence[Variable] = VARIABLES,
    layout: Layout = Layout.WIDE,
    choice: Choice = WHOLE,
) -> Dataset:
    """The dataset of those documents, with people's corrections; with a job, as its rows."""
    return dataset(
        variables,
        documents(),
        options,
        job,
        layout,
        choice,
        multiple=True,
        project_id="project 1",
        project_description="Protests and strikes,\n1848 to 2021",
        language="Mixed",
    )


AWKWARD_TEXTS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''+1", '=HYPERLINK("http://x")'),
    *("<r>a</r>", "_x0041_", "<b>&amp;</b>", "</script><script>alert(1)</script>", "http://example.org/a b"),
    *("a\r\nb\rc\nd", "a,b;c\td|e", '"', '""', "'", " a ", "NA", "null", "true", "1", "007", "1e5", "2021-03-05", "."),
    *("\x00", "\x07\x0b\x1b\x85", "\ufffe\uffff", "\ud800", "a\udc00b", "😀", "e\u0301", "\u202eabc", "\u2028\u2029"),
    *("x" * 40_000, "😀" * 20_000, "ع" * 33_000),
)
"""Texts that formats cannot hold, or take for something else."""
AWKWARD_NUMBERS = (0, -1, 2**31, 2**53, 2**53 + 1, -(2**63), 10**30, 0.1, 1 / 3, -1e-300, 1.7e308, 5e-324)
AWKWARD_DATES = ("0001-01-01", "1582-10-10", "1899-12-31", "1900-02-28", "1904", "2021-12", "9999-12-31")


def awkward(options: Options | None = None) -> Dataset:
    """A row per text, in the text variable `said`, with numbers (`counted`) and dates (`dated`) beside it."""
    rows = (
        {
            "said": text,
            "counted": AWKWARD_NUMBERS[number % len(AWKWARD_NUMBERS)],
            "dated": AWKWARD_DATES[number % len(AWKWARD_DATES)],
        }
        for number, text in enumerate(AWKWARD_TEXTS)
    )
    found = [document(f"{number}.txt", row) for number, row in enumerate(rows)]
    variables = (variable("said"), variable("counted", "NUMBER"), variable("dated", "DATE"))
    return dataset(variables, found, options)
