"""What an estimate rests on and leaves out, in sentences for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coderai.codebook.codebook import Codebook
from coderai.services.extractor.domain.jobs.estimating import AS_PREDICTED, Load, Parts
from coderai.services.extractor.usecases.choosing import Chosen
from coderai.services.extractor.usecases.ports import MeasuredJob

APART = {
    "judge": "check whether quotes state their values",
    "deciding": "choose between values that parts of a document state",
    "same": "tell apart entities that may be one and the same",
}
"""The parts that are told apart, and what they do."""


def of_parts(parts: Parts, factors: Parts) -> Iterator[str]:
    """What goes to checks, and whether that is assumed."""
    for part, purpose in APART.items():
        load: Load = getattr(parts, part)
        if load.calls:
            many, tokens = f"{load.calls:,.0f}" if load.calls >= 1 else "0 to 1", load.tokens_in + load.tokens_out
            assumed = getattr(factors, part) == AS_PREDICTED
            until = "; how often that is needed is assumed, until a sample has shown it" if assumed else ""
            yield f"In it are about {many} calls with {tokens:,.0f} tokens that {purpose}{until}."


def of_thinking(tokens: int, snapshot: Mapping[str, Any]) -> str:
    """What replies are taken to be, before any were measured; `tokens` is what a call thinks."""
    usual = "Replies are taken to be of usual length"
    if not tokens:
        return f"{usual}; {snapshot['model']} is not known to think before it answers."
    effort = snapshot.get("reasoning_effort") or "the provider's usual"
    return (
        f"{usual}, and {snapshot['model']} to think {tokens:,} tokens in each call (reasoning effort: {effort}); "
        "after a sample its own count is."
    )


def of_documents(chosen: Chosen) -> Iterator[str]:
    """Which documents are left out."""
    if chosen.duplicates_left_out:
        yield f"Documents that repeat another are left out: {chosen.duplicates_left_out} of the project's."
    if chosen.current_left_out:
        yield f"Documents of which the dataset has all that would be asked are left out: {chosen.current_left_out}."
    if chosen.not_read_left_out:
        yield f"Documents that are not READY are left out: {chosen.not_read_left_out}."


def of_variables(chosen: Chosen, codebook: Codebook) -> Iterator[str]:
    """Which variables are asked, where not all are."""
    names = chosen.variables(codebook)
    if names:
        yield f"Only these variables are asked: {', '.join(names)}."


def of_past(past: MeasuredJob, documents: int, entities: float | None, codebook_hash: str) -> str:
    """Which job the estimate is scaled by, over so many documents with so many entities each."""
    note = f"It is scaled by what the last {past.kind} job really took, over {documents} of its documents"
    if entities is not None:
        note += f" with {entities:.1f} entities each"
    return f"{note}; the codebook has changed since then." if past.snapshot["hash"] != codebook_hash else f"{note}."


def of_budget(left: int | None, load: Load, documents: int) -> list[str]:
    """How far the tokens that are left will do; nothing where they do."""
    needed = load.tokens_in + load.tokens_out
    if left is None or needed <= left:
        return []
    enough = int(documents * left / needed)
    return [f"The project's token budget has {left:,} tokens left: the job would pause after about {enough} documents."]
