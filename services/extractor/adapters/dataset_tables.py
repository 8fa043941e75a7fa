"""The tables of the dataset: units, cells, what people have said of them, drawn samples and gold."""

from __future__ import annotations

from sqlalchemy import ARRAY, Boolean, Column, ColumnClause, Float, Integer, LargeBinary, Table, Text, Uuid, column
from sqlalchemy.dialects.postgresql import JSONB

from coderai.kit.db import UTC_TIME, tenant_columns
from coderai.services.extractor.adapters.tables import metadata

_JSON = JSONB(none_as_null=True)

codebooks = Table(
    "codebooks",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("hash", Text, nullable=False),
    Column("codebook", _JSON, nullable=False),
    Column("read_at", UTC_TIME, nullable=False),
    Column("applied", Text, nullable=False),
)
"""Projects' codebooks as they stood when they were last asked for: cells are worked out under their settings.

`read_at`: when that was; `applied`: the hash of the one under which every cell of the project was last worked out.
"""

coded_documents = Table(
    "coded_documents",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("document_name", Text, nullable=False),
    Column("job_id", Uuid),
    Column("status", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("unread_pages", ARRAY(Integer), nullable=False),
    Column("unsure_pages", ARRAY(Integer), nullable=False),
    Column("text_version", Integer, nullable=False),
    Column("split", Text, nullable=False),
)
"""A document of the dataset. Whoever writes its units, cells or feedback locks its row first.

`job_id`: the newest job that identified its units; `split`: DEV or TEST once it is reviewed or has gold, for good.
"""

units = Table(
    "units",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("mentions", _JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("added", Boolean, nullable=False),
    Column("merged_into", Uuid),
    Column("text_version", Integer, nullable=False),
)

unit_changes = Table(
    "unit_changes",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit_ids", ARRAY(Uuid), nullable=False),
    Column("before", _JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("author", Uuid, nullable=False),
    Column("undone_at", UTC_TIME),
    Column("undone_by", Uuid),
)
"""The ledger of what people did to units; `before`: the units as they were, to put back."""

cells = Table(
    "cells",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("variable_id", Uuid, nullable=False),
    Column("extraction_id", Uuid),
    Column("job_id", Uuid),
    Column("value", _JSON),
    Column("label", Text, nullable=False),
    Column("number", Float),
    Column("confidence", Float, nullable=False),
    Column("status", Text, nullable=False),
    Column("flags", ARRAY(Text), nullable=False),
    Column("missing_reason", Text, nullable=False),
    Column("support", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("feedback_id", Uuid),
    Column("corrected_by", Uuid),
    Column("asked", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("outdated", Text, nullable=False),
)
"""What the dataset shows, worked out from extractions and feedback, which are the truth: see domain.dataset.cell.

`label`: the value as a short text, to sort and count by; `number`: a number, or the year of a date.
"""

PACKED: ColumnClause[bytes] = column("packed", LargeBinary)
"""What the database packs of each cell by itself (domain.dataset.packed): nobody writes it, facets alone read it."""

feedback = Table(
    "feedback",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("variable_id", Uuid, nullable=False),
    Column("author", Uuid, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("model_value", _JSON),
    Column("model_missing_reason", Text, nullable=False),
    Column("model_confidence", Float, nullable=False),
    Column("has_correction", Boolean, nullable=False),
    Column("corrected_value", _JSON),
    Column("missing_reason", Text, nullable=False),
    Column("evidence", _JSON),
    Column("note", Text, nullable=False),
    Column("is_final", Boolean, nullable=False),
    Column("sample_id", Uuid),
    Column("extraction_id", Uuid),
    Column("prompt_version", Integer, nullable=False),
    Column("prompt_version_id", Uuid),
    Column("undone_at", UTC_TIME),
    Column("undone_by", Uuid),
)
"""`model_confidence`: the extraction's confidence when it was judged."""

review_samples = Table(
    "review_samples",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("design", Text, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("population", Integer, nullable=False),
    Column("variable_ids", ARRAY(Uuid), nullable=False),
    Column("strata", _JSON, nullable=False),
    Column("author", Uuid, nullable=False),
)

sample_cells = Table(
    "sample_cells",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("sample_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("variable_id", Uuid, nullable=False),
    Column("extraction_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("inclusion_probability", Float, nullable=False),
    Column("value", _JSON),
    Column("missing_reason", Text, nullable=False),
    Column("confidence", Float, nullable=False),
)
"""`position`: the random order in which they are shown; value, reason and confidence are the model's, at the draw."""

gold = Table(
    "gold",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("document_id", Uuid, nullable=False),
    Column("document_name", Text, nullable=False),
    Column("unit_id", Uuid),
    Column("entity_texts", ARRAY(Text), nullable=False),
    Column("variable_id", Uuid, nullable=False),
    Column("right_values", _JSON, nullable=False),
    Column("source", Text, nullable=False),
    Column("author", Uuid, nullable=False),
)
"""`entity_texts`: an entity's names that are all right, of a CSV; `right_values`: likewise, none when it is missing."""

gold_looks = Table(
    "gold_looks",
    metadata,
    *tenant_columns(),
    Column("project_id", Uuid, nullable=False),
    Column("split", Text, nullable=False),
    Column("job_id", Uuid),
    Column("author", Uuid, nullable=False),
)
