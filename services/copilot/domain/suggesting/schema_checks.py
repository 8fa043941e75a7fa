"""What code alone can say of a project's variables: no document and no model is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from types import MappingProxyType
from typing import Any, Self

import regex

from coderai.codebook.conditions import check_dependencies
from coderai.codebook.pattern import PatternInvalid, compile_pattern, entity_expression
from coderai.codebook.problems import VariableInvalid
from coderai.codebook.types import reading
from coderai.codebook.variable import Category, IfUncertain, Operator, Reading, Variable, VariableType
from coderai.engines.calls import Passage
from coderai.engines.offline.engine import MOST_CONFIDENCE
from coderai.engines.offline.reading import PLAIN, read
from coderai.engines.offline.words import NEGATIONS, find_words, stems, telling
from coderai.kit.models import OFFLINE
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.findings import Finding, FindingKind, Severity
from coderai.services.copilot.domain.suggesting.ideas import FindingIdea

_USUAL_THRESHOLD = 0.7
_HARDLY_PASSED = 0.95
_LEAST_WORDS = 3
"""Words that say something, from which on instructions say what to code."""
_MOST_PAIRS = 5
"""Pairs of a variable's categories that are told."""
_NEGATION_DISTANCE = 4
"""Words before what is not to be done."""
_INFERS = regex.compile(
    r"(?i)\b(?:estimate|infer|guess|deduce|conclude|judge|assess|evaluate|interpret|speculate|calculate|compute|derive"
    r"|work out|your (?:own )?opinion|read between the lines|rate (?:the|how|it)|tone|sentiment|attitude"
    r"|sch[äa]tz\w*|beurteil\w*|bewert\w*|ableiten|berechn\w*|estim(?:a|ar|er|ez)|juzg\w+|calcul(?:a|ar|er|ez)"
    r"|deduc\w+|d[ée]dui\w+|évalu\w+|eval[úu]a\w*)\b"
)
"""Words that tell a coder to decide what no quote states."""


def schema_findings(question: Question) -> Iterator[FindingIdea]:
    """What is wrong or doubtful in the variables and the unit as they are defined."""
    variables = question.variables
    yield from _dependencies(variables)
    yield from _unit(question)
    for variable in variables:
        yield from _threshold(variable, question.project.model)
        yield from _instructions(variable)
        yield from _categories(variable)
    yield from _overlaps(variables, question)


def _found(
    kind: FindingKind,
    severity: Severity,
    names: Sequence[str],
    message: str,
    settings: Mapping[str, Any] = MappingProxyType({}),
) -> FindingIdea:
    """A finding; `settings`: what would mend it in the first of the variables."""
    return FindingIdea(Finding(kind, severity, tuple(names), message), settings=settings)


def _dependencies(variables: Sequence[Variable]) -> Iterator[FindingIdea]:
    """Conditions that cannot be met, one finding a variable, then the circles that the others make."""
    fine: list[Variable] = []
    free = [replace(variable, depends_on=()) for variable in variables]
    for variable in variables:
        others = [other for other in free if other.name != variable.name]
        problem = _never_met(variable)
        try:
            check_dependencies([variable, *others])
        except VariableInvalid as error:
            problem = error.message
        if problem and not _in_a_circle(variable):
            named = dict.fromkeys(condition.variable for condition in variable.depends_on)
            names = [variable.name, *(other.name for other in others if other.name in named)]
            yield _found(FindingKind.DEPENDENCY, Severity.ERROR, names, f"{problem}: it would never be asked.")
            variable = replace(variable, depends_on=())
        fine.append(variable)
    try:
        check_dependencies(fine)
    except VariableInvalid as error:
        told = regex.findall(r"[a-z][a-z0-9_]*", error.message.rpartition(":")[2])
        message = f"{error.message}: none of them would be asked. Take one of the conditions away."
        yield _found(FindingKind.DEPENDENCY_CYCLE, Severity.ERROR, tuple(dict.fromkeys(told)), message)


def _in_a_circle(variable: Variable) -> bool:
    return any(condition.variable == variable.name for condition in variable.depends_on)


def _never_met(variable: Variable) -> str:
    """Why a variable's conditions exclude each other; empty when they do not."""
    wanted: dict[str, object] = {}
    for condition in variable.depends_on:
        if condition.operator is Operator.EQUALS:
            before = wanted.setdefault(condition.variable, condition.value)
            if before != condition.value:
                return (
                    f"{variable.name} depends on {condition.variable} being {before!r} and {condition.value!r} at once"
                )
    return ""


def _unit(question: Question) -> Iterator[FindingIdea]:
    project = question.project
    if not project.multiple:
        return
    if not project.entity_pattern.strip():
        message = "A document gives several rows, and nothing says how they are told apart: give the unit a pattern."
        yield _found(FindingKind.UNIT, Severity.ERROR, (), message)
    try:
        compile_pattern(entity_expression(project.entity_pattern))
    except PatternInvalid as error:
        yield _found(FindingKind.UNIT, Severity.ERROR, (), f"The unit's entity pattern {error}.")


def _threshold(variable: Variable, model: str) -> Iterator[FindingIdea]:
    """Thresholds that let everything or nothing pass."""
    least, name = variable.confidence_threshold, variable.name
    removes = variable.if_uncertain in (IfUncertain.SKIP, IfUncertain.USE_DEFAULT)
    usual = {"confidence_threshold": _USUAL_THRESHOLD}
    done = "taken away" if variable.if_uncertain is IfUncertain.SKIP else "replaced by the default"
    if least == 0 and variable.if_uncertain is not IfUncertain.KEEP:
        message = f"The threshold of {name} is 0: no value is ever uncertain. {_USUAL_THRESHOLD} is usual."
        yield _found(FindingKind.THRESHOLD, Severity.NOTE, [name], message, usual)
    elif model == OFFLINE and least > MOST_CONFIDENCE and removes:
        message = (
            f"The threshold of {name} is {least}, and the built-in engine is never surer than {MOST_CONFIDENCE}: all"
            f" its values would be {done}."
        )
        flag = {"if_uncertain": IfUncertain.FLAG.value}
        yield _found(FindingKind.THRESHOLD, Severity.ERROR, [name], message, flag)
    elif least >= _HARDLY_PASSED and variable.if_uncertain is not IfUncertain.KEEP:
        severity = Severity.WARNING if removes else Severity.NOTE
        message = f"The threshold of {name} is {least}: hardly a value passes it. {_USUAL_THRESHOLD} is usual."
        yield _found(FindingKind.THRESHOLD, severity, [name], message, usual)


def _instructions(variable: Variable) -> Iterator[FindingIdea]:
    text, name = variable.instructions, variable.name
    if not text.strip():
        message = f"{name} has no instructions: say what to code, and what not."
        yield _found(FindingKind.UNCLEAR_INSTRUCTIONS, Severity.WARNING, [name], message)
    elif len(telling(find_words(text))) < _LEAST_WORDS:
        message = f"The instructions of {name} say hardly more than its name: say what counts in doubtful cases."
        yield _found(FindingKind.UNCLEAR_INSTRUCTIONS, Severity.NOTE, [name], message)
    if reading(variable) is Reading.STATED and (words := _asks_to_infer(text)):
        message = (
            f"The instructions of {name} ask for a judgement (“{words}”), and its reading is STATED: a value that no"
            " quote states is withheld. Ask for what documents say, or let it be INFERRED."
        )
        inferred = {"reading": Reading.INFERRED.value}
        yield _found(FindingKind.ASKS_FOR_INFERENCE, Severity.WARNING, [name], message, inferred)


def _asks_to_infer(text: str) -> str:
    """The words that ask for it, unless they stand in what is not to be done."""
    if not _INFERS.search(text):
        return ""
    for sentence in read(Passage(text)).sentences:
        said = text[slice(*sentence.span)]
        for match in _INFERS.finditer(said):
            before = [word for word in sentence.words if word.start < sentence.span.start + match.start()]
            if not any(word.form in NEGATIONS for word in before[-_NEGATION_DISTANCE:]):
                return match.group()
    return ""


def _categories(variable: Variable) -> Iterator[FindingIdea]:
    if variable.type is not VariableType.CATEGORY:
        return
    if len(variable.categories) == 1:
        message = f"{variable.name} has one category, so that it can tell nothing apart: add the others."
        yield _found(FindingKind.CATEGORIES_NOT_EXHAUSTIVE, Severity.WARNING, [variable.name], message)
    bare = [one.value for one in variable.categories if not one.description.strip()]
    if bare and len(variable.categories) > 1:
        message = f"Categories of {variable.name} have no description ({', '.join(bare[:5])}): say what each takes in."
        yield _found(FindingKind.UNCLEAR_INSTRUCTIONS, Severity.NOTE, [variable.name], message)
    pairs = combinations([_Said.of(one) for one in variable.categories], 2)
    both = ((one, other, why) for one, other in pairs if (why := one.fits_with(other)))
    for one, other, why in islice(both, _MOST_PAIRS):
        message = f"“{one.value}” and “{other.value}” of {variable.name} can both be right: {why}."
        yield _found(FindingKind.CATEGORIES_NOT_EXCLUSIVE, Severity.WARNING, [variable.name], message)


@dataclass(frozen=True, slots=True)
class _Said:
    """A category with the stems of its words."""

    value: str
    named: frozenset[str]
    described: Sequence[str]

    @classmethod
    def of(cls, category: Category) -> Self:
        return cls(category.value, frozenset(stems(_words(category.value))), stems(category.description))

    def fits_with(self, other: Self) -> str:
        """Why both can be right of one unit; empty when nothing shows that they can."""
        if self.named == other.named:
            return "they are the same words"
        has_digits = any(map(str.isdigit, self.value + other.value))
        if not has_digits and (self.named < other.named or other.named < self.named):
            wider, narrower = (self, other) if self.named < other.named else (other, self)
            return f"“{narrower.value}” is a kind of “{wider.value}” by its words"
        same = bool(self.described) and self.described == other.described
        return "their descriptions are the same" if same else ""


def _overlaps(variables: Sequence[Variable], question: Question) -> Iterator[FindingIdea]:
    """Variables of one type whose names say the same, or whose instructions are the same words."""
    said = {variable.name: frozenset(stems(_words(variable.name))) for variable in variables}
    common = Counter(stem for words in said.values() for stem in words)
    plain = PLAIN | {stem for stem, many in common.items() if len(variables) > 3 and many > len(variables) / 2}
    plain |= frozenset(stems(question.project.row_is))
    asked = {variable.name: stems(variable.instructions) for variable in variables}
    for one, other in combinations(variables, 2):
        mine, theirs = said[one.name] - plain, said[other.name] - plain
        same_name = bool(mine) and mine == theirs and one.type is other.type
        same_question = len(asked[one.name]) >= _LEAST_WORDS and asked[one.name] == asked[other.name]
        if same_name or same_question:
            why = "their names say the same" if same_name else "their instructions are the same words"
            message = f"{one.name} and {other.name} ask for the same: {why}. Merge them, or say what tells them apart."
            yield _found(FindingKind.OVERLAPPING_NAMES, Severity.WARNING, [one.name, other.name], message)


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")
