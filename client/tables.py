"""The tables that the command shows: the sample, the head of the dataset, the summary, the comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from coderai.client.models import Extraction, VariableStatistics
from coderai.client.screen import printable
from coderai.client.truth import Score
from coderai.codebook import ranges

_ROWS_SHOWN, _VARIABLES_SHOWN = 2, 12
"""Of a document."""
_WIDEST_NAME = 28
_FOUND = ("EXACT", "FUZZY")
"""How a quote matched that the document has."""
_LEAD = 15
"""Characters of a quote that stand before the value, when the quote is too long to begin at its beginning."""


def sample_table(statistics: Sequence[VariableStatistics], extractions: Iterable[Extraction]) -> Table:
    """Per variable how much a sample gave, and one value with its quote."""
    examples: dict[str, Extraction] = {}
    for extraction in extractions:
        if extraction.value is not None:
            examples.setdefault(extraction.variable, extraction)
    table = plain_table("The sample")
    for name, ratio in (("variable", 0), ("found", 0), ("confidence", 0), ("for example", 2), ("because it says", 3)):
        table.add_column(name, no_wrap=not ratio, ratio=ratio or None)
    for s in statistics:
        example = examples.get(s.variable)
        shown = (_value(example), _quote(example)) if example else (_line("-", "dim"), "")
        table.add_row(s.variable, f"{s.answered} of {s.units}", _mean(s), *shown)
    return table


def document_tables(extractions: Iterable[Extraction], columns: Sequence[str]) -> Iterator[Table]:
    """The first rows that a document gave, a line for each value: what it is, how sure, the words that state it."""
    in_order = sorted(extractions, key=lambda e: (e.entity_index, columns.index(e.variable)))
    rows = groupby(in_order, key=lambda e: (e.document_name, e.entity_index, e.entity_text))
    widest = min(max(len(name) for name in ("variable", *columns)), _WIDEST_NAME)
    for (document, _, entity), values in islice(rows, _ROWS_SHOWN):
        table = plain_table(f"{document} · {entity}" if entity else document)
        table.expand = True  # so that one column stands under the other from table to table
        table.add_column("variable", width=widest)
        table.add_column("value", ratio=2)
        table.add_column("confidence", width=len("0.00 flagged"))
        table.add_column("because it says", ratio=3)
        for extraction in islice(values, _VARIABLES_SHOWN):
            table.add_row(_line(extraction.variable), _value(extraction), _confidence(extraction), _quote(extraction))
        yield table


def summary_table(statistics: Sequence[VariableStatistics]) -> Table:
    """Per variable what was found, and why the rest was not."""
    table = plain_table("The dataset by variable")
    for name in ("variable", "found", "confidence", "flagged", "unchecked", "missing, and why"):
        table.add_column(name, no_wrap=True)
    for s in statistics:
        missing = ", ".join(f"{count} {words(reason)}" for reason, count in sorted(s.missing.items()) if count)
        counts = f"{s.answered} of {s.units}", _mean(s), str(s.flagged), str(s.support.get("UNCHECKED", 0))
        table.add_row(s.variable, *counts, _line(missing or "-"))
    return table


def truth_table(scores: Mapping[str, Score]) -> Table:
    """Per variable how the dataset compares with what a person coded."""
    table = plain_table("Compared with the truth")
    for name in ("variable", "right", "exactly", "wrong value", "missed", "made up"):
        table.add_column(name, no_wrap=True)
    for variable, s in scores.items():
        table.add_row(variable, f"{s.right} of {s.total}", str(s.exact), str(s.wrong), str(s.missed), str(s.invented))
    return table


def plain_table(title: str) -> Table:
    """A table under its title, without frames."""
    title_line = Text(f"\n{printable(title)}", "bold", overflow="ellipsis")
    return Table(
        title=title_line,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )


def _line(text: str, style: str = "") -> Text:
    """A cell of one line; what does not fit ends in an ellipsis."""
    return Text(" ".join(printable(text).split()), style, no_wrap=True, overflow="ellipsis")


def _value(extraction: Extraction) -> Text:
    if extraction.value is None:
        return _line(f"- {words(extraction.missing_reason)}", "dim")
    return _line(_shown(extraction.value))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(_shown, value))
    if ranges.is_range(value):
        return ranges.shown(value)
    return str(value)


def _confidence(extraction: Extraction) -> Text:
    if extraction.value is None:
        return _line("")
    if extraction.status == "FLAGGED":
        return _line(f"{extraction.confidence:.2f} flagged", "yellow")
    return _line(f"{extraction.confidence:.2f}")


def _quote(extraction: Extraction) -> Text:
    quote = extraction.evidence.quote if extraction.evidence.match in _FOUND else ""
    at = quote.casefold().find(_shown(extraction.value).casefold())
    shown = f"...{quote[at - _LEAD :]}" if at > 2 * _LEAD else quote
    return _line(f'"{shown}"' if quote else "", "cyan")


def _mean(statistics: VariableStatistics) -> str:
    return f"{statistics.mean_confidence:.2f}" if statistics.answered else "-"


def words(constant: str) -> str:
    """A constant of the API as words: NOT_STATED as "not stated"."""
    return constant.lower().replace("_", " ")
