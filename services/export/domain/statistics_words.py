"""What each figure of a dataset's statistics means, in words, by its name."""

from __future__ import annotations

from collections.abc import Mapping

DEFINITIONS: Mapping[str, str] = {
    # Of the whole dataset.
    "rows": "Units of observation in the dataset: documents, or entities of documents.",
    "cells": "Rows times variables.",
    "documents": "Documents that the dataset is about, those that give it no rows included.",
    "documents_by_status": "The same documents by what became of them: DONE is coded.",
    "documents_without_values": "Documents that give the dataset no values, by the reason.",
    "documents_with_unread_pages": "Documents with pages that show something of which no text was read.",
    "documents_with_unsure_pages": "Documents with pages of which text recognition is unsure.",
    "corpus": (
        "The documents by format and by language (ISO 639-1; under the empty name those of which it is not known), and"
        " all their pages."
    ),
    "people": "People whose word stands on a cell.",
    # Of a variable, from all cells.
    "units": "Cells of the variable: one for each row.",
    "answered": "Cells with a value that is no default.",
    "modelled": "Cells with a value that the model found: answered, and not corrected by a person.",
    "mean_confidence": "The mean, over the modelled cells, of what the model says of itself, 0 to 1; no accuracy.",
    "flagged": "Cells that want a person's look.",
    "withheld": "Cells with a candidate that the document does not bear out: missing as UNSUPPORTED or UNGROUNDED.",
    "defaulted": "Cells whose missing value the variable's default stands in for; they count as missing, too.",
    "corrected": "Cells whose answer, a value or that there is none, is a person's.",
    "reviewed": "Cells on which a person's verdict stands.",
    "stale": "Cells that should be asked again.",
    "verdicts": "Reviewed cells by verdict.",
    "missing": (
        "Cells by the reason why they have no value, or have a default. RANGE: the value has two ends, and stands in"
        " columns of their own."
    ),
    "support": "Modelled cells by whether the quote states the value.",
    "evidence": "Modelled cells by how the quote was found in the text: EXACT, FUZZY, or NONE.",
    "models": "Cells that no person corrected by the model that answered, if only that there is no value.",
    "prompt_versions": "The same cells by the version of the prompt.",
    "values": "Values of a CATEGORY or BOOLEAN that cells have, each with how often; a cell may have several.",
    "percent_answered": "answered of units.",
    "percent_flagged": "flagged of units.",
    "percent_withheld": "withheld of units.",
    "percent_defaulted": "defaulted of units.",
    "percent_corrected": "corrected of units.",
    "percent_stale": "stale of units.",
    "percent_missing": "missing of units.",
    "percent_support": "support of modelled.",
    "percent_evidence": "evidence of modelled.",
    # Of a variable, from judged cells of drawn samples.
    "measured.cells": "Cells of the project's dataset of which a model says something.",
    "measured.judged": "Cells of drawn samples that people judged.",
    "measured.not_covered": "Cells that came after the newest sample of the variable, which no estimate covers.",
    "measured.accuracy": "Share of cells of which what the model says is right, that there is no value included.",
    "measured.false_values": "Of the cells with a value, the share whose value is wrong.",
    "measured.missed_values": "Of the cells without a value, the share that should have one.",
    "measured.categories": (
        "Of each category: precision (of the cells where the model says it, the share where it is right), recall (of"
        " the cells where it is right, the share where the model says it), and F1, their harmonic mean."
    ),
    "measured.calibration": "By confidence, cells with a value: their mean confidence and the share that is right.",
    "measured.expected_calibration_error": "Mean distance of the share that is right from the mean confidence.",
    "measured.agreement": (
        "How far two say the same of the same cells: MODEL, the model and people; PEOPLE, people among themselves. Per"
        " cent of pairs, Cohen's kappa, Krippendorff's alpha."
    ),
    "measured.estimate": (
        "An estimate has its value, the ends of its interval of 95 % (low, high), the cells that it rests on, and how"
        " the interval was made: WILSON, DESIGN (of a stratified sample), BOOTSTRAP (1,000 resamples, seed 14)."
    ),
    # Of what the coding took.
    "coding.jobs": "Jobs that coded the dataset's cells.",
    "coding.documents": "Documents that were coded in them; one that two jobs coded counts twice.",
    "coding.calls": "Requests to models for these documents.",
    "coding.tokens_in": "Tokens sent to models.",
    "coding.tokens_out": "Tokens that models answered.",
    "coding.tokens_cached": "The part of tokens_in that came from a provider's prefix cache.",
    "coding.pages_read": "Pages of these documents.",
    "coding.entities_found": "Entities that were found in them.",
    "coding.cost": "What all requests of the jobs cost by the price table; nothing where any job's cost is not known.",
    "coding.said": "Verdicts and corrections that people gave, those that were taken back included.",
    "coding.taken_back": "Those of them that were taken back.",
    "coding.people": "People who gave them.",
}
