"""Sets of ids in statements."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CollectionAggregate, Uuid, any_, literal


def any_of(ids: Collection[UUID]) -> CollectionAggregate[Any]:
    """One of these, as one parameter: there may be more than a statement takes."""
    return any_(literal(list(ids), ARRAY(Uuid)))
