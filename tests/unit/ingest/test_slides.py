"""Slides are pages: in reading order, with notes, tables, groups, charts and SmartArt, without what only prompts."""

from __future__ import annotations

import pytest

from coderai.services.ingest.domain.problems import FileDamaged
from tests.unit.ingest.files import read_one, zipped

P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
D = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
_NAMES = f'xmlns:p="{P}" xmlns:a="{A}" xmlns:r="{R}" xmlns:c="{C}" xmlns:dgm="{D}"'
_ODF = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for name, uri in {
        **{name: name for name in ("office", "text", "table", "presentation")},
        "draw": "drawing",
        "svg": "svg-compatible",
    }.items()
)


def shape(*paragraphs: str, kind: str = "", top: int = 0) -> str:
    """A shape; a paragraph that begins with <a: is taken as it is."""
    holder = f'<p:ph type="{kind}"/>' if kind else ""
    body = "".join(f"<a:p>{p if p.startswith('<a:') else f'<a:r><a:t>{p}</a:t></a:r>'}</a:p>" for p in paragraphs)
    place = f'<p:spPr><a:xfrm><a:off x="0" y="{top}"/></a:xfrm></p:spPr>'
    return f"<p:sp><p:nvSpPr><p:nvPr>{holder}</p:nvPr></p:nvSpPr>{place}<p:txBody>{body}</p:txBody></p:sp>"


def relations(**targets: str) -> str:
    """By id: a type and a target, with a space between."""
    items = (
        f'<Relationship Id="{id}" Type="{R}/{kind}" Target="{target}"/>'
        for id, (kind, target) in ((id, value.split()) for id, value in targets.items())
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(items)}</Relationships>'


def pptx(*slides: str, parts: dict[str, str] | None = None, attributes: str = "") -> bytes:
    """A PPTX file; `parts`: further ones."""
    ids = "".join(f'<p:sldId r:id="s{n}"/>' for n in range(1, len(slides) + 1))
    files = {
        "ppt/presentation.xml": f"<p:presentation {_NAMES}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            **{f"s{n}": f"slide slides/slide{n}.xml" for n in range(1, len(slides) + 1)}
        ),
    }
    for number, content in enumerate(slides, 1):
        tree = f"<p:cSld><p:spTree>{content}</p:spTree></p:cSld>"
        files[f"ppt/slides/slide{number}.xml"] = f"<p:sld {_NAMES} {attributes}>{tree}</p:sld>"
    return zipped({**files, **(parts or {})})


def pages(data: bytes, name: str) -> list[str]:
    reading = read_one(data, name)
    return [reading.text[page.start : page.end].strip() for page in reading.pages]


def test_a_slide_is_a_page_from_top_to_bottom() -> None:
    numbered = ['<a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr><a:r><a:t>step</a:t></a:r>'] * 2
    first = (
        shape("below", top=900)
        + shape(*numbered, top=500)
        + shape("The title", kind="title")
        + shape("3", kind="sldNum")
    )
    second = shape("Ours", kind="ftr", top=9) + shape("alone")
    third = shape("Ours", kind="ftr", top=9) + shape("last")
    assert pages(pptx(first, second, third), "a.pptx") == [
        "The title\n\n1. step\n2. step\n\nbelow",
        "alone\n\nOurs",
        "last",
    ]


def test_tables_groups_charts_smartart_and_notes_are_read() -> None:
    cells = "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{t}</a:t></a:r></a:p></a:txBody></a:tc>" for t in ("Town", "Gil"))
    table = f"<p:graphicFrame><a:tbl><a:tr>{cells}</a:tr></a:tbl></p:graphicFrame>"
    shown = (
        '<p:graphicFrame><c:chart r:id="r1"/></p:graphicFrame><p:graphicFrame><dgm:relIds r:dm="r2"/></p:graphicFrame>'
    )
    group = f"<p:grpSp><p:grpSpPr/>{shape('in a group')}</p:grpSp>"
    points = '<c:{0}><c:strRef><c:strCache><c:pt idx="0"><c:v>{1}</c:v></c:pt></c:strCache></c:strRef></c:{0}>'
    series = f"<c:ser>{points.format('tx', 'Strikes')}{points.format('cat', '2024')}{points.format('val', '7')}</c:ser>"
    title = "<c:title><a:p><a:r><a:t>By year</a:t></a:r></a:p></c:title>"
    nodes = "".join(
        f'<dgm:pt modelId="{n}"><dgm:t><a:p><a:r><a:t>{t}</a:t></a:r></a:p></dgm:t></dgm:pt>'
        for n, t in ((3, "second"), (2, "first"))
    )
    root = '<dgm:pt modelId="1" type="doc"/>'
    links = "".join(f'<dgm:cxn srcId="1" destId="{n}" srcOrd="{n}"/>' for n in (2, 3))
    plot = f"<c:plotArea><c:barChart>{series}</c:barChart></c:plotArea>"
    notes = shape("Speak slowly", kind="body") + shape("1", kind="sldNum")
    parts = {
        "ppt/slides/_rels/slide1.xml.rels": relations(
            r1="chart ../charts/chart1.xml",
            r2="diagramData ../diagrams/data1.xml",
            r3="notesSlide ../notesSlides/n1.xml",
        ),
        "ppt/charts/chart1.xml": f"<c:chartSpace {_NAMES}>{title}{plot}</c:chartSpace>",
        "ppt/diagrams/data1.xml": f"<dgm:dataModel {_NAMES}>{root}{nodes}{links}</dgm:dataModel>",
        "ppt/notesSlides/n1.xml": f"<p:notes {_NAMES}>{notes}</p:notes>",
    }
    told = [
        "Town | Gil",
        "By year\nBar chart\n| Strikes\n2024 | 7",
        "first\nsecond",
        "in a group",
        "Notes: Speak slowly",
    ]
    assert pages(pptx(table + shown + group, parts=parts), "a.pptx") == ["\n\n".join(told)]


def test_hidden_slides_are_read_and_told() -> None:
    reading = read_one(pptx(shape("one"), attributes='show="0"'), "a.pptx")
    assert reading.report.warnings == ("hidden in the presentation, and read like all others: slide 1",)


def test_odp_slides_have_notes_and_no_prompts() -> None:
    def box(text: str, attributes: str = "") -> str:
        return f"<draw:frame {attributes}><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"

    prompt = box("Click to add text", 'presentation:placeholder="true"')
    notes = f"<presentation:notes>{box('Speak slowly')}</presentation:notes>"
    inner = box("in a group", 'svg:x="1cm" svg:y="2cm"')
    group = f"<draw:g>{inner}</draw:g>"
    title = box("The title", 'presentation:class="title" svg:x="1cm" svg:y="9cm"')
    slide = box("below", 'svg:x="1cm" svg:y="60mm"') + group + title + prompt + notes
    body = (
        f"<office:presentation><draw:page>{slide}</draw:page><draw:page>{box('last')}</draw:page></office:presentation>"
    )
    content = f"<office:document-content{_ODF}><office:body>{body}</office:body></office:document-content>"
    data = zipped({"mimetype": "application/vnd.oasis.opendocument.presentation", "content.xml": content})
    assert pages(data, "a.odp") == ["The title\n\nin a group\n\nbelow\n\nNotes: Speak slowly", "last"]


def test_a_presentation_that_declares_entities_is_refused() -> None:
    bomb = f'<!DOCTYPE p [<!ENTITY a "aaaa">]><p:presentation {_NAMES}>&a;</p:presentation>'
    with pytest.raises(FileDamaged, match="entities"):
        read_one(zipped({"ppt/presentation.xml": bomb}), "a.pptx")
