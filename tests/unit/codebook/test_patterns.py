"""A person's regular expression: refused with a reason where it could take long, linear where it is taken."""

from __future__ import annotations

from uuid import uuid4

import pytest

from coderai.codebook.definition import define
from coderai.codebook.problems import VariableInvalid
from coderai.codebook.reply import Answer
from coderai.codebook.validation import violations
from coderai.codebook.variable import ValidationRules
from coderai.engines.calls import Passage
from coderai.services.extractor.domain.coding.candidates import candidate
from coderai.services.extractor.domain.coding.deciding import decide
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import Flag
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.projects.domain.problems import ProjectInvalid
from coderai.services.projects.domain.project import Project
from tests.support.codebooks import variable

REFUSED = {
    r"(\w)\1": "refers back to a group",
    r"(?P<a>x)(?P=a)": "refers back to a group",
    r"\d+(?= euro)": "look-ahead",
    r"(?<!no )\d+": "look-behind",
    "(": "missing )",
    "x" * 501: "501 characters: 500 at most",
    r"(?i)(\p{L}{200}){3}": "too much memory",
}


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_that_cannot_be_matched_in_linear_time_is_refused_with_the_reason(pattern: str) -> None:
    with pytest.raises(VariableInvalid) as caught:
        define("1", "2", {"name": "code", "type": "TEXT", "validation_rules": {"pattern": pattern}}, 0)
    assert list(caught.value.fields) == ["validation_rules.pattern"]
    assert REFUSED[pattern] in caught.value.fields["validation_rules.pattern"]


@pytest.mark.parametrize("pattern", [r"/(\w)\1/", "/(/", "/(?x) a/", "/" + "x" * 501 + "/"])
def test_a_pattern_for_entities_is_refused_when_it_is_saved(pattern: str) -> None:
    unit = {"rows_per_document": "MULTIPLE", "entity_identification_pattern": pattern}
    with pytest.raises(ProjectInvalid) as caught:
        Project.define(uuid4(), {"name": "Strikes", "unit": unit})
    assert list(caught.value.fields) == ["unit.entity_identification_pattern"]


def test_what_an_engine_that_tries_everything_gives_up_on_is_matched() -> None:
    asked = variable("code", validation_rules=ValidationRules(pattern="(a+)+b|(a|aa)+c"))
    assert violations(asked, "a" * 20_000 + "c") == []


def test_a_value_is_kept_and_invalid_when_its_pattern_was_saved_before_such_were_refused() -> None:
    asked = variable("code", validation_rules=ValidationRules(pattern=r"(\w)\1"))
    document = Document("1", "report", "The code is AA and nothing else.")
    answer = Answer("AA", "The code is AA", 0.9, "")
    found = candidate(asked, answer, Passage(document.text), document, QuoteFinder(document))
    assert found is not None
    decided = decide(asked, [found])
    assert decided.value == "AA"
    assert Flag.INVALID in decided.flags
    assert "was not checked, as the variable's pattern refers back to a group" in decided.explanation
