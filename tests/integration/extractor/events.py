"""Documents that tell of events, and a model that names these as a test wants and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from coderai.codebook.reply import Answer
from coderai.engines.calls import Call, CallKind, Engine, Entity, Reply
from coderai.kit.model_replies import Account
from tests.integration.extractor.conftest import USAGE, Extractor, codebook

MARCH, STRIKE, VIGIL = "Dockers marched in Portavel", "Nurses struck in Kessling", "teachers held a vigil in Ostermund"
TEXT = f"{MARCH} on Monday. {STRIKE}, and {VIGIL}. It rained all day."
QUOTES = {"march": MARCH, "strike": STRIKE, "vigil": VIGIL}


@dataclass
class Model:
    """Answers every variable with a word of the text."""

    names: dict[str, str] = field(default_factory=lambda: {name: f"the {name}" for name in QUOTES})
    """What it calls the events that it finds, by what the tests call them."""
    answers: dict[str, str] = field(default_factory=dict)
    """In place of "rained", by the variable's name."""
    prompts: list[str] = field(default_factory=list)
    """Of the variables that were asked, call by call."""
    identified: int = 0
    """How often it was asked for events."""
    asked: list[tuple[str, list[str]]] = field(default_factory=list)
    """Of which event which variables, call by call."""

    async def ask(self, call: Call) -> Reply:
        if call.kind is CallKind.IDENTIFY:
            self.identified += 1
            named = [Entity(name, QUOTES[event]) for event, name in self.names.items()]
            return Reply(entities=tuple(named), usage=USAGE)
        if call.kind is not CallKind.EXTRACT:
            return Reply(usage=USAGE)
        self.asked.append((call.entity.text if call.entity else "", [v.name for v in call.variables]))
        self.prompts += [v.active_prompt.text for v in call.variables]
        said = {v.name: self.answers.get(v.name, "rained") for v in call.variables}
        return Reply({name: (Answer(value, "It rained all day", 0.9),) for name, value in said.items()}, usage=USAGE)

    async def open(self, model: str, account: Account) -> Engine:
        return self

    def forget(self) -> None:
        self.prompts, self.identified, self.asked = [], 0, []


def events(*names: str, multiple: bool = True) -> dict[str, Any]:
    """A codebook of these variables, a row for each event or for each document."""
    rows = {"row_is": "one event", "rows_per_document": "MULTIPLE", "entity_identification_pattern": "Each event."}
    return {**codebook(*names), "verify": "NONE", "unit": rows if multiple else {"row_is": "one document"}}


def asking(extractor: Extractor, *names: str, texts: Sequence[str] = (TEXT,), multiple: bool = True) -> Model:
    """Has the extractor ask a model about documents; the second variable is asked only where the first has a value."""
    model = Model()
    extractor.open_engine = model.open
    extractor.world.plain = events(*names, multiple=multiple)
    if len(names) > 1:
        extractor.world.plain["variables"][1]["depends_on"] = [{"variable": names[0], "operator": "IS_PRESENT"}]
    extractor.world.add_texts(*texts)
    return model
