"""Of a page its article is read, with lists, tables and headline, and nothing is left out without a word."""

import pytest

from coderai.services.ingest.domain.problems import FileDamaged, NoText
from tests.unit.ingest.files import read_one

BODY = "The dockers of the harbour went on strike on Monday, for the first time in years, and four hundred came. "
PAGE = f"""<!DOCTYPE html><html><head><title>Dockers strike | The Courier</title>
<meta property="article:published_time" content="2024-05-03"><meta name="author" content="Ann Eames"></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li><li><a href="/s">Sport results</a></li></ul></nav>
<div id="main"><article><h1>Dockers strike</h1><p>{BODY * 3}</p><h2>What they want</h2>
<ul><li>Higher wages</li><li>Sundays off</li></ul>
<table><tr><th>Town</th><th>Strikers</th></tr><tr><td>Portavel</td><td>400</td></tr></table>
<p>{BODY}<br>The   end.</p><pre>a  b\n\nc</pre></article></div>
<script>var tracking = 1</script><footer>Copyright The Courier, all rights reserved</footer></body></html>"""


def test_the_article_is_read_and_the_menu_is_not() -> None:
    reading = read_one(PAGE.encode(), "page")
    assert reading.format == "HTML"
    assert reading.text.startswith("Dockers strike\n\nThe dockers of the harbour")
    assert "What they want\n\n- Higher wages\n- Sundays off\n\nTown | Strikers\nPortavel | 400\n\n" in reading.text
    assert reading.text.endswith(f"{BODY.strip()}\nThe end.\n\na b\n\nc")
    assert not [word for word in ("Sport", "Copyright", "tracking") if word in reading.text]
    assert reading.metadata == {"title": "Dockers strike", "author": "Ann Eames", "published": "2024-05-03"}
    assert "words were left out" in reading.report.warnings[0]


def test_a_headline_outside_of_the_article_is_put_before_it() -> None:
    page = PAGE.replace("<h1>Dockers strike</h1>", "").replace("<nav>", "<header><h1>Dockers strike</h1></header><nav>")
    assert read_one(page.encode(), "page.html").text.startswith("Dockers strike\n\nThe dockers of the harbour")


def test_a_page_without_an_article_is_read_whole() -> None:
    cells = "".join(f"<td>Cell {n}</td>" for n in range(3))
    reading = read_one(f"<html><body><table><tr>{cells}</tr></table></body></html>".encode(), "a.html")
    assert reading.text == "Cell 0 | Cell 1 | Cell 2"


@pytest.mark.parametrize("data", [b"<html></html>", b"<html><body><script>x</script></body></html>", b"<html"])
def test_a_page_without_text_says_so(data: bytes) -> None:
    with pytest.raises(NoText):
        read_one(data, "a.html")


def test_deep_nesting_is_read_or_refused_but_never_cut_off() -> None:
    page = b"<html><body>" + b"<div>" * 500 + BODY.encode() + b"</div>" * 500
    assert read_one(page, "a.html").text == BODY.strip()
    with pytest.raises(FileDamaged, match="thousands deep"):
        read_one(page.replace(b"<div>", b"<div>" * 100), "a.html")
