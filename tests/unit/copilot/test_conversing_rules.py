"""The pure parts of the conversation: text out of half a JSON, limits, proposals as drafts, sentences found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.context import Context
from coderai.codebook.definition import define
from coderai.codebook.schema import Action, Schema
from coderai.services.copilot.domain.conversing import offline
from coderai.services.copilot.domain.conversing.changes import ChangeUnclear, drafts_of
from coderai.services.copilot.domain.conversing.hearing import ReplyText, partial_content
from coderai.services.copilot.domain.conversing.message import Role
from coderai.services.copilot.domain.conversing.prompting import REPLY_SCHEMA, VARIABLES_TOKENS, talk_text
from coderai.services.copilot.domain.conversing.reading import read_broken, read_reply
from coderai.services.copilot.domain.conversing.talk import HISTORY_TOKENS, Situation, Talk, Turn, recent
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.sample import SampledDocument

TEXT = "Two people were hurt when a barrier fell. Nobody was arrested."
DOCUMENTS = (SampledDocument("d1", "a.txt", TEXT, "en"), SampledDocument("d2", "b.txt", "A quiet day.", "en"))
NOTHING = dict.fromkeys(("name", "display_name", "type", "instructions", "categories", "depends_on", "golden_examples"))


def schema(*names: str) -> Schema:
    plain = {"type": "NUMBER", "instructions": "How many?"}
    return Schema(
        Context(), tuple(define(f"id-{name}", "p", {"name": name, **plain}, n) for n, name in enumerate(names))
    )


def talk(words: str = "Who was hurt?", *names: str, **fields: Any) -> Talk:
    return Talk(Situation(Project("Marches", "offline"), schema(*(names or ("injured",)))), DOCUMENTS, words, **fields)


def proposed(action: str, *definitions: dict[str, Any], variables: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    whole = [{**NOTHING, **one} for one in definitions]
    usual = {"title": "", "reason": "r", "project": None, "quotes": []}
    return {"action": action, "variables": list(variables), "definitions": whole, **usual, **more}


# The text of half a JSON


@given(st.text(max_size=60), st.integers(1, 7), st.booleans())
def test_text_comes_out_piece_by_piece_as_it_is_in_the_whole(text: str, size: int, is_ascii: bool) -> None:
    text = text.encode("utf-8", "replace").decode()
    raw = json.dumps({"reply": text, "quotes": [], "proposals": []}, ensure_ascii=is_ascii)
    heard = ReplyText()
    pieces = [heard.hear(raw[at : at + size]) for at in range(0, len(raw), size)]
    assert "".join(pieces) == heard.text == text.replace("\x00", "")
    assert heard.end_with(text) == ""


def test_text_that_was_shown_never_changes() -> None:
    heard = ReplyText()
    assert heard.hear('{"reply": "One') == "One"
    assert heard.hear(' two", "reply": "Other", "quotes": []}') == ""
    assert heard.end_with("Other") == "" and heard.text.startswith("One")


@pytest.mark.parametrize("raw", ["", "PWNED", "[" * 4_000, '{"reply": 7', "null", '{"rep', "```json\n"])
def test_what_is_no_reply_says_nothing(raw: str) -> None:
    assert ReplyText().hear(raw) == ""


def test_a_fence_round_the_json_is_no_part_of_it() -> None:
    assert ReplyText().hear('```json\n{"reply": "Yes') == "Yes"


def test_what_came_whole_of_a_broken_reply_is_read() -> None:
    raw = '{"reply": "Two.", "quotes": [{"document": 1, "quote": "Two people"}, {"document": 1, "quote": "Nobo'
    content = partial_content(raw, last_text=False)
    said = read_broken(content, talk(), "cut off")
    assert [quote.quote for quote in said.quotes] == ["Two people"]
    assert (said.drafts, said.problems) == ((), ("cut off",))


@pytest.mark.parametrize("quotes", [None, "x", [1], [{"quote": 1, "document": "a"}], [{"document": 1}]])
def test_quotes_of_any_shape_do_no_harm_to_a_broken_reply(quotes: Any) -> None:
    assert read_broken({"reply": "x", "quotes": quotes}, talk(), "p").quotes == ()


# Quotes and proposals


def test_quotes_are_looked_for_in_the_document_that_they_name_first_and_each_is_shown_once() -> None:
    named = [(2, "two people were hurt"), (99, "Two people were hurt"), (1, "Nine were hurt"), (1, " ")]
    content = {"reply": "", "quotes": [{"document": n, "quote": q} for n, q in named], "proposals": []}
    said = read_reply(content, talk())
    assert [(one.document_name, one.start, one.page) for one in said.quotes] == [("a.txt", 0, 1)]
    assert said.quotes_not_found == ("Nine were hurt",)


def test_no_more_quotes_are_looked_for_than_a_reply_may_have() -> None:
    content = {"reply": "", "quotes": [{"document": 1, "quote": f"words {n} of none"} for n in range(500)]}
    said = read_reply({**content, "proposals": []}, talk())
    assert len(said.quotes_not_found) == 40 and "first 40 quotes" in said.problems[0]


def test_a_proposal_fits_the_schema_that_the_model_gets() -> None:
    everything = {
        "name": "form",
        "display_name": "Form",
        "type": "CATEGORY",
        "instructions": "Which?",
        "categories": [{"value": "march", "description": "They walk."}],
        "depends_on": [{"variable": "injured", "operator": "GREATER", "value": 1}],
        "golden_examples": [{"text": "They marched.", "value": "march", "note": ""}],
    }
    content = {"reply": "x", "quotes": [], "proposals": [proposed("ADD_VARIABLE", everything)]}
    assert jsonschema_rs.validator_for(dict(REPLY_SCHEMA)).is_valid(content)
    (draft,) = read_reply(content, talk()).drafts
    assert draft.changes[0].variable_after == everything


def test_a_change_has_only_what_differs() -> None:
    change = proposed("CHANGE_VARIABLE", {"type": "NUMBER", "instructions": "Hurt?"}, variables=("injured",))
    (draft,) = drafts_of(change, (), schema("injured"), 2)
    assert (draft.changes[0].fields, draft.sampled_documents) == (("instructions",), 2)
    assert draft.title == "Change injured"


def test_a_split_that_keeps_the_name_changes_that_variable() -> None:
    parts = [{"name": name, "type": "NUMBER", "instructions": name} for name in ("injured", "killed")]
    (draft,) = drafts_of(proposed("SPLIT_VARIABLE", *parts, variables=("injured",)), (), schema("injured"), 2)
    assert [change.action for change in draft.changes] == [Action.UPDATE_VARIABLE, Action.CREATE_VARIABLE]


def test_a_merge_into_one_of_them_removes_the_others() -> None:
    merge = proposed("MERGE_VARIABLES", {"name": "a", "instructions": "All."}, variables=("a", "b", "c"))
    (draft,) = drafts_of(merge, (), schema("a", "b", "c"), 2)
    removed = [change.variable for change in draft.changes if change.action is Action.REMOVE_VARIABLE]
    assert (removed, draft.kind) == (["b", "c"], "MERGE_VARIABLES")


def test_parts_of_a_unit_go_with_what_it_has() -> None:
    fields = (
        "description",
        "domain",
        "language",
        "document_type",
        "rows_per_document",
        "entity_identification_pattern",
    )
    project = {**dict.fromkeys(fields), "row_is": "one march"}
    (draft,) = drafts_of(proposed("CHANGE_PROJECT", project=project), (), schema(), 2)
    unit = (draft.changes[0].context_after or {})["unit"]
    assert (draft.kind, unit["row_is"], unit["rows_per_document"]) == ("CHANGE_UNIT", "one march", "SINGLE")


@pytest.mark.parametrize(
    "nonsense",
    [
        proposed("ADD_VARIABLE"),
        proposed("REMOVE_VARIABLE"),
        proposed("CHANGE_VARIABLE", {}, variables=("injured", "injured ")),
        proposed("MERGE_VARIABLES", {"name": "x", "type": "TEXT"}, variables=("injured", "injured")),
        proposed("SPLIT_VARIABLE", {"name": "x", "type": "TEXT"}, {}, variables=("injured",)),
        proposed("CHANGE_PROJECT", project={"row_is": "one document"}),
    ],
    ids=lambda one: one["action"],
)
def test_what_cannot_be_done_says_why(nonsense: dict[str, Any]) -> None:
    with pytest.raises(ChangeUnclear):
        drafts_of(nonsense, (), schema("injured"), 2)


# What the model gets to see


def test_the_newest_messages_are_shown_and_long_ones_cut() -> None:
    turns = [Turn(Role.USER, f"{number} " + "word " * 500) for number in range(60)]
    shown, left_out = recent(turns)
    assert len(shown) + left_out == 60 and left_out > 0
    assert shown[-1] == turns[-1] and shown[0] == turns[left_out]
    (cut,), _ = recent([Turn(Role.USER, "x" * 20_000)], HISTORY_TOKENS)
    assert len(cut.text) < 9_000
    assert recent([]) == ((), 0)


def test_variables_that_have_no_room_are_shown_in_outline() -> None:
    book = schema(*(f"v{n}" for n in range(100)))
    long = tuple(replace(one, instructions="word " * 1_000) for one in book.variables)
    situation = Situation(Project("Marches", "offline"), replace(book, variables=long))
    shown = talk_text(Talk(situation, (), "?"))
    assert len(shown) < 6 * VARIABLES_TOKENS and '"v99"' in shown and "golden_examples" not in shown


def test_halving_ends() -> None:
    shorter = talk(history=tuple(Turn(Role.USER, str(n)) for n in range(5)))
    for _ in range(4):
        shorter = shorter.halved()
    assert (len(shorter.documents), len(shorter.history), shorter.left_out) == (1, 0, 5)
    assert shorter.halved() == shorter


# The built-in engine


def said_offline(talk: Talk) -> str:
    return "\n\n".join(paragraph.text for paragraph in offline.paragraphs(talk))


def test_it_quotes_what_shares_words_with_the_message() -> None:
    last = list(offline.paragraphs(talk("Who was arrested?")))[-1]
    assert last.said.quotes[0].quote == "Nobody was arrested."
    assert TEXT[last.said.quotes[0].start : last.said.quotes[0].end] == "Nobody was arrested."


def test_it_admits_what_it_is() -> None:
    assert "no language model answers here" in said_offline(talk("xylophones"))


def test_what_is_asked_of_the_project_alone_needs_no_document() -> None:
    text = said_offline(talk("Which variables?", "injured", "killed"))
    assert "2 variables: `injured` (NUMBER), `killed` (NUMBER)" in text and "Closest to your words" not in text


@pytest.mark.parametrize("words", ["?", "…", "   .", "\u200b"])
def test_messages_without_words_do_no_harm(words: str) -> None:
    assert said_offline(talk(words))
