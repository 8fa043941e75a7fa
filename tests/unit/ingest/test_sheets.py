"""Each sheet of a workbook is a table like a CSV file, its cells as they are shown; what is in no table is a text."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter

from coderai.services.ingest.domain.problems import FileDamaged, NoText, TextTooLarge
from coderai.services.ingest.domain.tables import ColumnMissing
from tests.unit.ingest.files import read_parts, texts, zipped

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ODF = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    """An XLSX file; a cell that is a tuple is a value and its number format."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for row, values in enumerate(rows):
                for column, value in enumerate(values):
                    if isinstance(value, tuple):
                        sheet.write(row, column, value[0], book.add_format({"num_format": value[1]}))
                    elif value is not None:
                        sheet.write(row, column, value)
    return target.getvalue()


def raw_xlsx(rows: str, after: str = "") -> bytes:
    """An XLSX file of one sheet with this content of sheetData."""
    relations = f'<Relationship Id="r1" Type="{R}/worksheet" Target="worksheets/sheet1.xml"/>'
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{R}"><sheet name="S" r:id="r1"/></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships">{relations}</Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{S}"><sheetData>{rows}</sheetData>{after}</worksheet>',
        }
    )


def ods(*tables: str, styles: str = "") -> bytes:
    """An ODS file with these tables."""
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    content = f"<office:document-content{_ODF}>{styles}{body}</office:document-content>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def ods_cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def ods_row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


NEWS: list[list[object]] = [["id", "text", "town"], [1, "A strike began", "Portavel"], [2, "It ended early", "Gil"]]


def test_rows_of_all_sheets_become_documents() -> None:
    more: list[list[object]] = [["story", "year"], ["Another strike, a longer one", 2024]]
    parts, container = read_parts(workbook(("2023", NEWS), ("2024", more), ("Empty", [])), "a.xlsx")
    assert texts(parts) == ["A strike began", "It ended early", "Another strike, a longer one"]
    assert [part.name for part in parts] == ["a.xlsx#1", "a.xlsx#2", "a.xlsx#3"]
    assert parts[0].metadata == {"sheet": "2023", "id": "1", "town": "Portavel"}
    assert parts[2].metadata == {"sheet": "2024", "year": "2024"}
    assert (container.format, container.text_column) == ("XLSX", "text, story")
    assert container.report.warnings[0] == "nothing in sheet 'Empty'"


def test_the_text_column_is_looked_up_in_each_sheet() -> None:
    data = workbook(("a", NEWS), ("b", [["story", "year"], ["Another strike", 2024]]))
    parts, container = read_parts(data, "a.xlsx", "Town")
    assert texts(parts) == ["Portavel", "Gil", "Another strike"]
    assert [w for w in container.report.warnings if "no column 'Town'" in w and w.startswith("sheet 'b'")]
    with pytest.raises(ColumnMissing, match="id, text, town, story, year"):
        read_parts(data, "a.xlsx", "body")


def test_numbers_and_dates_are_as_shown() -> None:
    day = date(2024, 5, 3)
    row: list[object] = [
        "A",
        2020,
        0.1 + 0.2,
        (0.125, "0.0%"),
        (1234567.5, "#,##0.00"),
        (day, "dd.mm.yyyy"),
        (day, "m/d/yy"),
        True,
    ]
    parts, _ = read_parts(workbook(("Data", [[f"c{n}" for n in range(8)], row])), "a.xlsx", "c0")
    assert list(parts[0].metadata.values()) == ["2020", "0.3", "12.5%", "1,234,567.50", "03.05.2024", "5/3/24", "TRUE"]
    date_as_the_country_has_it = raw_xlsx(
        '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row><c><v>1E3</v></c><c t="e"><v>#N/A</v></c></row>'
    )
    assert read_parts(date_as_the_country_has_it, "a.xlsx", "a")[0][0].metadata == {"b": "#N/A"}


def test_titles_notes_comments_and_charts_are_told() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("Strikes")
        sheet.merge_range("A1:C1", "Strikes in the region")
        for row, values in enumerate(NEWS, 1):
            sheet.write_row(row, 0, values)
        sheet.write("A6", "Source: our own count")
        sheet.write_comment("C3", "Spelt Portavelle elsewhere", {"author": "Ann"})
        sheet.write_comment("A1", "Check this", {"author": "Bo"})
        sheet.insert_textbox("H1", "Not yet final")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": "=Strikes!$C$3:$C$4", "values": "=Strikes!$A$3:$A$4", "name": "Number"})
        chart.set_title({"name": "Strikes by town"})
        book.add_chartsheet("Picture").set_chart(chart)
        hidden = book.add_worksheet("Old")
        hidden.write("A1", "Do not use")
        hidden.hide()
    parts, container = read_parts(target.getvalue(), "a.xlsx")
    first, _, beside, picture, old = parts
    assert first.metadata["town (comment)"] == "[author: Ann] Spelt Portavelle elsewhere"
    told = ["Strikes in the region", "Source: our own count", "A1: [author: Bo] Check this", "Not yet final"]
    assert texts([beside])[0].split("\n") == told
    assert texts([picture])[0].split("\n")[:2] == ["Strikes by town", "Bar chart"]
    assert "Portavel | 1" in texts([picture])[0]
    assert (texts([old]), old.metadata) == (["Do not use"], {"sheet": "Old"})
    assert "hidden in the workbook, and read like all others: sheet 'Old'" in container.report.warnings


def test_tables_on_one_sheet_are_told_apart_and_gaps_do_not_part_one() -> None:
    rows: list[list[object]] = [[*row, None, None, None, None] for row in NEWS]
    rows += [[], [3, "A third strike"], [], ["Year", "Count"], [2023, 2], [2024, 1]]
    rows[1][4:6], rows[2][4:6] = ["Place", "People"], ["Gil", 900]
    parts, _ = read_parts(workbook(("Sheet1", rows)), "a.xlsx")
    assert texts(parts) == ["A strike began", "It ended early", "A third strike", "Gil", "2023", "2024"]
    assert parts[2].metadata == {"id": "3", "town": ""}
    assert (parts[3].metadata, parts[4].metadata) == ({"People": "900"}, {"Count": "2"})


def test_merged_cells_count_for_all_they_span() -> None:
    cells = {
        1: ["name", "seats", "", "text"],
        2: ["", "won", "lost", ""],
        3: ["Gil", "1", "2", "a"],
        4: ["", "3", "4", "b"],
    }
    rows = "".join(
        f'<row r="{n}">'
        + "".join(f'<c r="{c}{n}" t="str"><v>{v}</v></c>' for c, v in zip("ABCD", values, strict=True) if v)
        + "</row>"
        for n, values in cells.items()
    )
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in ("A1:A2", "B1:C1", "D1:D2", "A3:A4"))
    parts, _ = read_parts(raw_xlsx(rows, f"<mergeCells>{merged}</mergeCells>"), "a.xlsx", "text")
    assert texts(parts) == ["a", "b"]
    assert parts[1].metadata == {"name": "Gil", "seats won": "3", "seats lost": "4"}


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([["Only this"]], "Only this"),
        ([["Name:", "Ann"], ["Town:", "Gil"], ["Year:", 2024]], "Name: | Ann\nTown: | Gil\nYear: | 2024"),
        ([["A memo"], [], ["of two lines"]], "A memo\nof two lines"),
    ],
)
def test_a_sheet_that_is_no_table_is_one_text(rows: list[list[object]], text: str) -> None:
    parts, _ = read_parts(workbook(("Sheet1", rows)), "a.xlsx", "text")
    assert texts(parts) == [text]


def test_a_single_column_is_a_list_of_texts_as_in_csv() -> None:
    parts, container = read_parts(workbook(("Sheet1", [["answer"], *([f"said {n}"] for n in range(6))])), "a.xlsx")
    assert (len(parts), container.text_column) == (6, "answer")


def test_formulas_without_values_stand_for_themselves() -> None:
    rows = (
        '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row><c t="str"><v>x</v></c><c><f>A1+1</f></c></row>'
    )
    parts, container = read_parts(raw_xlsx(rows), "a.xlsx", "a")
    assert parts[0].metadata == {"b": "=A1+1"}
    assert "1 formulas of which the file does not keep the value" in container.report.warnings[0]


def test_ods_cells_comments_and_hidden_sheets() -> None:
    note = "<office:annotation><text:p>Spelt otherwise</text:p></office:annotation>"
    noted = f"<table:table-cell>{note}<text:p>Gil</text:p></table:table-cell>"
    style = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    empty = ods_row(
        '<table:table-cell table:number-columns-repeated="16384"/>', attributes='table:number-rows-repeated="1048570"'
    )
    headings = ods_row(*map(ods_cell, ("text", "share", "town", "again")))
    row = ods_row(ods_cell("A strike"), ods_cell("12,5 %", 'office:value="0.125"'), noted, ods_cell("x"))
    alike = ods_row(
        ods_cell("It ended"),
        ods_cell("y", 'table:number-columns-repeated="3"'),
        attributes='table:number-rows-repeated="2"',
    )
    hidden = f'<table:table table:name="Old" table:style-name="ta2">{ods_row(ods_cell("Do not use"))}</table:table>'
    data = ods(f'<table:table table:name="Data">{headings}{row}{alike}{empty}</table:table>', hidden, styles=style)
    parts, container = read_parts(data, "a.ods")
    assert texts(parts) == ["A strike", "It ended", "It ended", "Do not use"]
    said = {"sheet": "Data", "share": "12,5 %", "town": "Gil", "again": "x", "town (comment)": "Spelt otherwise"}
    assert parts[0].metadata == said
    assert parts[2].metadata == {"sheet": "Data", "share": "y", "town": "y", "again": "y"}
    assert (container.format, container.report.warnings[0][-11:]) == ("ODS", "sheet 'Old'")


def test_what_a_small_file_claims_to_have_is_bounded() -> None:
    corner = raw_xlsx(
        '<row r="1"><c r="A1" t="str"><v>first</v></c></row>'
        '<row r="1048576"><c r="XFD1048576" t="str"><v>last</v></c></row>',
        "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 9 + "</mergeCells>",
    )
    assert texts(read_parts(corner, "a.xlsx")[0]) == ["S\nfirst\nlast"]
    filled = ods_row(
        ods_cell("x", 'table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048576"'
    )
    with pytest.raises(TextTooLarge):
        read_parts(ods(f"<table:table>{filled}</table:table>"), "a.ods")
    wide = ods_row(ods_cell("x", 'table:number-columns-repeated="16384"')) * 400
    with pytest.raises(TextTooLarge, match="5,000,000 cells"):
        read_parts(ods(f"<table:table>{wide}</table:table>"), "a.ods")
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(FileDamaged, match="entities"):
        read_parts(zipped({"xl/workbook.xml": f'{bomb}<workbook xmlns="{S}">&b;</workbook>'}), "a.xlsx")
    with pytest.raises(NoText):
        read_parts(workbook(("Sheet1", [])), "a.xlsx")
