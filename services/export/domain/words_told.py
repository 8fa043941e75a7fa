"""What the keys of a bundle's own files mean, and the words of cells that the contract does not explain."""

from __future__ import annotations

from collections.abc import Mapping

Told = Mapping[str, str]

CELL: Told = {
    "document_id": "The document's id.",
    "document": "Its name.",
    "entity_index": "0 for the document itself, else the entity's number in its document, from 1.",
    "entity": "What the document calls the entity; null for the document itself.",
    "variable": "The variable's name.",
    "value": (
        "What the dataset has: a text, number, true or false, or a date as text (2021, 2021-03 or 2021-03-05); an"
        " object with low and high where the document states two ends; a list where the variable keeps several; null"
        " without a value. The columns of a value with two ends have what the variable's if_range says."
    ),
    "missing_reason": "Why there is no value; of a default, why the value is missing that it stands in for.",
    "status": "What became of the cell. It and all that follows are not there in cells that were never coded.",
    "flags": "Why a person should look at it.",
    "support": "Whether the quote states the value; null where no model found it.",
    "origin": "Where the answer comes from.",
    "confidence": "What the model says of itself, changed by what is known beside it, 0 to 1; no measured accuracy.",
    "prompt_version": "The number of the variable's prompt under which it was asked; null where it was not.",
    "model": "Which model was asked, provider:name; null where none was.",
    "verdict": "What people say of what the model said.",
    "reviewer": "Whose word stands on it.",
    "weight": "Of a judged cell of a drawn sample: how many cells it stands for when accuracy is estimated.",
    "stale": "Why it should be asked again: its prompt or variable has changed since; null where it need not.",
    "evidence": (
        'quote: the words of the document, parts with " […] " between them. match: how they were found in its text; of'
        " NONE the quote is the model's. spans: where they stand, start and end in code points of the text from 0, end"
        " not included, and the page from 1."
    ),
    "model_value": "Of a cell that a person corrected: what the model had said.",
    "vague": "Of a cell missing as VAGUE: the bounds that the document's words allow.",
    "candidates": "Of a cell without a value: what was in question, each with its confidence, support and evidence.",
}
"""Of data/cells.jsonl."""

DOCUMENT: Told = {
    "document_id": "The document's id: files and lines of this bundle name it so.",
    "name": "As it was uploaded.",
    "in_dataset": "Whether the dataset has it; others of the project were not coded, or could not be read.",
    "status": "DONE, or why not: FAILED, or still waiting; null where it was not coded.",
    "rows": "Rows that it gives the dataset.",
    "reason": "Why it gives no values; null where it does. NO_ENTITIES: nothing in it is a unit of observation.",
    "error": "Why it could not be coded; addresses and paths are left out.",
    "unread_pages": "Pages, from 1, that show something of which no text was read.",
    "unsure_pages": "Pages, from 1, of which text recognition is unsure.",
    "read_status": "Of its reading, READY or FAILED; null, as what follows, where the project has it no more.",
    "format": "Of its file.",
    "size": "Bytes of its file; of a row of a table or an entry of an archive, its own.",
    "sha256": "Of the same bytes, in hexadecimal.",
    "text_sha256": "Of its text in UTF-8; texts/<document_id>.txt has exactly these bytes.",
    "reader": "What read it, with versions; null where that was not recorded.",
    "language": "ISO 639-1 code; null when not detected.",
    "container": "The table or archive that holds it, by name; null of a file of its own.",
    "text_version": "How often the text has changed since it was first read.",
    "pages": "Where each page begins and ends, in code points of the text.",
}
"""Of documents.jsonl."""

USUAL: Told = {
    "id": "Its id.",
    "job_id": "The job's id.",
    "project_id": "The project's id.",
    "document_id": "The document's id.",
    "document_name": "The document's name.",
    "variable_id": "The variable's id.",
    "variable": "The variable's name.",
    "unit_id": "The row's id.",
    "entity_text": "What the document calls the entity; empty for the document itself.",
    "extraction_id": "Its id.",
    "note": "What its author wrote.",
    "author": "Who: the id of an account, or a pseudonym.",
    "created_at": "When; RFC 3339, UTC.",
    "messages": "In the order in which they are sent, each with a role and its content.",
}
"""Keys of provenance/ on which the contract has no more to say than their names."""

WORDS: Mapping[str, Told] = {
    "missing_reason": {
        "NOT_PROCESSED": "The document was not coded, or not yet.",
        "NOT_SELECTED": "The export was not asked for this cell.",
    },
    "support": {},
    "match": {
        "EXACT": "The document's text has the quote letter by letter, but for white space.",
        "FUZZY": "The text has it with small differences; the quote is what the text has.",
    },
    "origin": {"EXTRACTED": "The model's, from the document."},
    "status": {
        "EXTRACTED": "Answered, with nothing to look at.",
        "FAILED": "The model gave no usable answer.",
    },
    "verdict": {
        "CORRECT": "What the model said is right.",
        "INCORRECT": "It is wrong.",
        "PARTIALLY_CORRECT": "A part of it is right.",
    },
    "flags": {
        "UNGROUNDED": "The quote is not in the document.",
        "UNSUPPORTED": "The quote does not state the value.",
        "UNCHECKED": "Neither code nor a second call could decide whether the quote states the value.",
        "LOW_CONFIDENCE": "The confidence is below the variable's threshold.",
        "MULTIPLE_VALUES": "The document states several values of a variable that has one.",
        "AMBIGUOUS": "Parts of the document state different values.",
        "INVALID": "A rule of the variable is broken, or the value does not fit its type.",
        "CATEGORY_MAPPED": "The model's wording was mapped to the nearest listed category.",
        "DEFAULT_USED": "The variable's default stands in for a missing value.",
        "REQUIRED_MISSING": "The variable is required, and has no value.",
        "EXAMPLE_LEAKED": "The model quoted a golden example in place of the document; that answer was rejected.",
        "INCOMPLETE": "For a part of the document the model gave no usable answer; the value is from the rest.",
        "UNSURE_PAGE": "A page is involved of which text recognition is unsure.",
        "DISPUTED": "People have said different things of it, and nobody has decided.",
        "REJECTED": "A person says that it is wrong, and not what is right.",
    },
}
"""By key: words that the contract does not explain, or not for readers of a bundle."""
