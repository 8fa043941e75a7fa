"""Estimates what coding takes before anything is asked: from documents' sizes and the prompts that would be sent."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, replace

from coderai.codebook.codebook import Codebook, Verify
from coderai.codebook.conditions import rounds
from coderai.codebook.types import reading
from coderai.codebook.variable import Reading, Variable
from coderai.engines.calls import Call, CallKind, Claim, Entity, Passage
from coderai.engines.prompting import max_tokens, messages, reply_schema
from coderai.services.extractor.domain.coding import planning
from coderai.services.extractor.domain.coding.judging import MOST_CLAIMS

Count = Callable[[str], int]
"""About how many tokens a text has."""

ANSWER, NOT_STATED, ENTITY, VERDICT = 45, 5, 40, 12
"""Tokens of a reply: a value with its quote and JSON; a name that is not stated; an entity with its quote;
what the judge says of a quote.
"""
DOUBTFUL = {Reading.STATED: 0.1, Reading.INFERRED: 0.75}
"""Share of answers of which code is assumed to leave undecided whether their quotes state them."""
ENTITIES = 4
"""Entities assumed in a document, and in a list that a call asks for, as long as no job has shown how many."""
PASSAGES_OF_ENTITY = 2
"""Passages of a long document that are assumed to speak of one entity."""
OVERLAP = 250
"""Tokens that a chunk shares with the one before."""
_NOTHING = Passage("")
_QUOTE = "About 350 dock workers marched through Portavel on Tuesday"
_SOME_ENTITY = Entity("the dock workers' march in Portavel", _QUOTE)
_CONTEXT = f"{_QUOTE}, as the harbour office said. Their union had called for it the week before."


def prompt_tokens(call: Call, count: Count) -> int:
    """About how many tokens a call sends: its messages, and the schema of its reply, which providers count too."""
    schema = json.dumps(reply_schema(call), ensure_ascii=False, separators=(",", ":"))  # as clients send it
    return sum(count(message.content) for message in messages(call)) + count(schema)


def call_tokens(call: Call, count: Count) -> int:
    """About how many tokens a call takes, reply included: what is reserved for it.

    The reply is taken as one of the usual length. Its limit is several times that, and would stop a job far from its
    budget; what a reply has more than usual is counted when it is there.
    """
    listed = ENTITIES * ENTITY if call.kind is CallKind.IDENTIFY else 0
    usual = listed + len(call.variables) * ANSWER + len(call.claims) * VERDICT
    return prompt_tokens(call, count) + min(usual, max_tokens(call))


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to read in a document."""

    tokens: float
    passages: int = 1


@dataclass(frozen=True, slots=True)
class Load:
    """What coding takes: calls and tokens."""

    calls: float = 0.0
    tokens_in: float = 0.0
    tokens_out: float = 0.0

    def __add__(self, other: Load) -> Load:
        return Load(self.calls + other.calls, self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)

    def __sub__(self, other: Load) -> Load:
        return Load(self.calls - other.calls, self.tokens_in - other.tokens_in, self.tokens_out - other.tokens_out)

    def times(self, factors: Load) -> Load:
        """Each number times that of `factors`."""
        return Load(
            self.calls * factors.calls, self.tokens_in * factors.tokens_in, self.tokens_out * factors.tokens_out
        )

    def over(self, other: Load) -> Load:
        """Each number divided by that of `other`; 1 where that is 0."""
        mine, theirs = astuple(self), astuple(other)
        return Load(*(one / divisor if divisor else 1.0 for one, divisor in zip(mine, theirs, strict=True)))


AS_PREDICTED = Load(1.0, 1.0, 1.0)


class Plan:
    """What a codebook's calls take, whatever the document."""

    def __init__(self, codebook: Codebook, count: Count) -> None:
        multiple = codebook.unit.multiple
        entity = _SOME_ENTITY if multiple else None
        asked = [
            call
            for variables in rounds(codebook.variables)
            for call in planning.extract_calls(codebook, [_NOTHING], variables, entity)
        ]
        self._multiple = multiple
        self._variables = len(codebook.variables)
        self._calls = len(asked)
        self._asking = sum(prompt_tokens(call, count) for call in asked)
        self._listing = sum(prompt_tokens(call, count) for call in planning.identify_calls(codebook, [_NOTHING]))
        self._judging = prompt_tokens(Call(CallKind.JUDGE, codebook, _NOTHING), count)
        judged = [(_judged_share(codebook, v), _claim_tokens(codebook, v, count)) for v in codebook.variables]
        self._claims = sum(share for share, _ in judged)
        self._claiming = sum(share * tokens for share, tokens in judged)

    def total(self, sizes: Iterable[Size], entities: float) -> Load:
        """What documents of these sizes take; `entities` is how many each has, where a document gives several rows.

        Every variable counts as asked, though conditions may leave some out.
        """
        return sum((self._load(size, entities) for size in sizes), Load())

    def judging(self, documents: int, entities: float) -> Load:
        """What having quotes judged takes in so many documents; `entities` as in `total`."""
        units = entities if self._multiple else 1.0
        claims = units * self._claims
        calls = math.ceil(claims / MOST_CLAIMS) if claims > 1 else claims
        one = Load(calls, calls * self._judging + units * self._claiming, claims * VERDICT)
        return one.times(Load(documents, documents, documents))

    def _load(self, size: Size, entities: float) -> Load:
        read = size.tokens + (size.passages - 1) * OVERLAP
        if not self._multiple:
            return self._asked(size.passages, read)
        listing = Load(size.passages, size.passages * self._listing + read, entities * ENTITY)
        about = min(size.passages, PASSAGES_OF_ENTITY)
        one = self._asked(about, read * about / size.passages)
        return listing + one.times(Load(entities, entities, entities))

    def _asked(self, passages: int, read: float) -> Load:
        """One unit's variables asked of passages with `read` tokens; of these, one states each value."""
        answers = self._variables * (ANSWER + (passages - 1) * NOT_STATED)
        return Load(passages * self._calls, passages * self._asking + self._calls * read, answers)


def _judged_share(codebook: Codebook, variable: Variable) -> float:
    """How many of a variable's answers are assumed to be put to the judge, 0..1."""
    if codebook.verify is Verify.DOUBTFUL:
        return DOUBTFUL[reading(variable)]
    return float(codebook.verify is Verify.ALL)


def _claim_tokens(codebook: Codebook, variable: Variable, count: Count) -> int:
    """About how many tokens a claim of usual length adds to a call."""
    call = Call(CallKind.JUDGE, codebook, _NOTHING)
    claiming = replace(call, claims=(Claim(variable, "350", _QUOTE, _CONTEXT),))
    return prompt_tokens(claiming, count) - prompt_tokens(call, count)
