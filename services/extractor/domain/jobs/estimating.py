"""Estimates what coding takes before anything is asked: from documents' sizes and the prompts that would be sent."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass, fields, replace
from typing import Any

from coderai.codebook.codebook import Codebook, Verify
from coderai.codebook.conditions import rounds
from coderai.codebook.types import reading
from coderai.codebook.variable import Reading, Variable
from coderai.engines.calls import Call, CallKind, Claim, Entity, Named, Passage
from coderai.engines.prompting import messages, reply_schema
from coderai.services.extractor.domain.coding import planning
from coderai.services.extractor.domain.coding.deciding import keeps_one
from coderai.services.extractor.domain.coding.judging import MOST_CLAIMS, MOST_CONFLICTS
from coderai.services.extractor.domain.coding.telling_apart import MOST_NAMED

Count = Callable[[str], int]
"""About how many tokens a text has."""

ANSWER, NOT_STATED, ENTITY, VERDICT, MEMBER = 45, 5, 40, 12, 4
"""Tokens of a reply: a value with its quote and JSON; a name that is not stated; an entity with its quote; what is
said of one claim or conflict; an entity's number in a group.
"""
DOUBTFUL = {Reading.STATED: 0.1, Reading.INFERRED: 0.75}
"""Share of answers of which code is assumed to leave undecided whether their quotes state them."""
CONFLICTS = 0.05
"""Share of a long document's cells with one value of which parts are assumed to state different ones."""
UNCLEAR = 0.1
"""Share of documents with several rows in which some names are assumed to leave open whether they are of one entity."""
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


def usual_reply(call: Call) -> int:
    """Tokens of a reply of the usual length."""
    listed = ENTITIES * ENTITY if call.kind is CallKind.IDENTIFY else 0
    checked = (len(call.claims) + len(call.conflicts)) * VERDICT + len(call.named) * MEMBER
    return listed + len(call.variables) * ANSWER + checked


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

    def scaled(self, factor: float) -> Load:
        """Each number times `factor`."""
        return self.times(Load(factor, factor, factor))

    def over(self, other: Load) -> Load:
        """Each number divided by that of `other`; 1 where that is 0."""
        mine, theirs = astuple(self), astuple(other)
        return Load(*(one / divisor if divisor else 1.0 for one, divisor in zip(mine, theirs, strict=True)))


AS_PREDICTED = Load(1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Parts:
    """What coding takes, by what its calls are for; or factors of that."""

    asking: Load = AS_PREDICTED
    judge: Load = AS_PREDICTED
    deciding: Load = AS_PREDICTED
    same: Load = AS_PREDICTED

    @property
    def total(self) -> Load:
        """All of it."""
        return self.asking + self.judge + self.deciding + self.same

    def times(self, factors: Parts) -> Parts:
        """Each part times that of `factors`."""
        return self._with(factors, Load.times)

    def over(self, other: Parts) -> Parts:
        """Each part divided by that of `other`."""
        return self._with(other, Load.over)

    def __add__(self, other: Parts) -> Parts:
        return self._with(other, Load.__add__)

    def _with(self, other: Parts, change: Callable[[Load, Load], Load]) -> Parts:
        return Parts(*(change(getattr(self, part.name), getattr(other, part.name)) for part in fields(Parts)))


NOTHING = Parts(*[Load()] * 4)


class Plan:
    """What a codebook's calls take, whatever the document."""

    def __init__(
        self, codebook: Codebook, count: Count, thinking: int = 0, only: Collection[str] | None = None
    ) -> None:
        """`thinking`: how many tokens the model thinks in each call; `only`: names of the only variables to ask."""
        multiple = codebook.unit.multiple
        variables = [v for v in codebook.variables if only is None or v.name in only]
        entity = _SOME_ENTITY if multiple else None
        asked = [
            call
            for together in rounds(variables)
            for call in planning.extract_calls(codebook, [_NOTHING], together, entity)
        ]
        self._thinking = thinking
        self._multiple = multiple
        self._variables = len(variables)
        self._calls = len(asked)
        self._asking = sum(prompt_tokens(call, count) for call in asked)
        self._listing = sum(prompt_tokens(call, count) for call in planning.identify_calls(codebook, [_NOTHING]))
        self._judge = _Check(Call(CallKind.JUDGE, codebook, _NOTHING), count, MOST_CLAIMS)
        self._decide = _Check(Call(CallKind.DECIDE, codebook, _NOTHING), count, MOST_CONFLICTS)
        self._same = _Check(Call(CallKind.SAME, codebook, _NOTHING), count, MOST_NAMED)
        for variable in variables:
            claim = Claim(variable, "350", _QUOTE, _CONTEXT)
            self._judge.add(_judged_share(codebook, variable), claims=(claim,))
            self._decide.add(CONFLICTS if keeps_one(variable) else 0.0, conflicts=((claim, claim),))
        self._same.add(1.0, named=(Named((_SOME_ENTITY.text,), _QUOTE, _CONTEXT),))

    def parts(self, sizes: Sequence[Size], entities: float, *, known: bool = False) -> Parts:
        """What documents of these sizes take; `entities` is how many each has, where a document gives several rows.

        They are found first unless they are `known`. Every variable counts as asked, though conditions may leave some
        out.
        """
        units = entities if self._multiple else 1.0
        long = sum(size.passages > 1 for size in sizes)
        unclear = len(sizes) * UNCLEAR if self._multiple and entities > 1 and not known else 0.0
        return Parts(
            asking=self._thought(sum((self._load(size, entities, known) for size in sizes), Load())),
            judge=self._thought(self._judge.load(units, VERDICT).scaled(len(sizes))),
            deciding=self._thought(self._decide.load(units, VERDICT).scaled(long)),
            same=self._thought(self._same.load(entities, MEMBER).scaled(unclear)),
        )

    def _thought(self, load: Load) -> Load:
        return load + Load(tokens_out=load.calls * self._thinking)

    def _load(self, size: Size, entities: float, known: bool) -> Load:
        read = size.tokens + (size.passages - 1) * OVERLAP
        if not self._multiple:
            return self._asked(size.passages, read)
        listing = Load(size.passages, size.passages * self._listing + read, entities * ENTITY)
        about = min(size.passages, PASSAGES_OF_ENTITY)
        one = self._asked(about, read * about / size.passages)
        return one.scaled(entities) if known else listing + one.scaled(entities)

    def _asked(self, passages: int, read: float) -> Load:
        """One unit's variables asked of passages with `read` tokens; of these, one states each value."""
        answers = self._variables * (ANSWER + (passages - 1) * NOT_STATED)
        return Load(passages * self._calls, passages * self._asking + self._calls * read, answers)


class _Check:
    """A kind of call that puts so many of a document's findings together, however many there are."""

    def __init__(self, call: Call, count: Count, most: int) -> None:
        """`call` puts nothing yet; one call puts `most` findings."""
        self._call, self._count, self._most = call, count, most
        self._tokens = prompt_tokens(call, count)
        self._put = self._adds = 0.0

    def add(self, share: float, **put: Any) -> None:
        """Has one finding more of a unit put, in so many of the cases."""
        self._put += share
        self._adds += share * (prompt_tokens(replace(self._call, **put), self._count) - self._tokens if share else 0)

    def load(self, units: float, answer: int) -> Load:
        """What it takes for a document with so many units; `answer` is the tokens of a reply on one finding."""
        put = units * self._put
        calls = math.ceil(put / self._most) if put > 1 else put
        return Load(calls, calls * self._tokens + units * self._adds, put * answer)


def _judged_share(codebook: Codebook, variable: Variable) -> float:
    """How many of a variable's answers are assumed to be put to the judge, 0..1."""
    if codebook.verify is Verify.DOUBTFUL:
        return DOUBTFUL[reading(variable)]
    return float(codebook.verify is Verify.ALL)
