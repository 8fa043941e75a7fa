"""Finds the entities that a passage speaks of, and the sentences that are about one of them."""

from __future__ import annotations

from services.extractor.domain.calls import Entity
from services.extractor.domain.codebook import Codebook
from services.extractor.domain.offline.reading import Reading, Sentence


def identify(codebook: Codebook, reading: Reading) -> tuple[Entity, ...]:
    return ()


def about(entity: Entity, reading: Reading) -> tuple[Sentence, ...]:
    return reading.sentences
