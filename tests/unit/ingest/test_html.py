"""Of a page is read what it is about, with lists, tables and forms, and nothing is left out without a word."""

import sys
from types import FrameType

import pytest

from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged, NoText
from coderai.services.ingest.domain.reading import Reading
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


def _body(html: str) -> str:
    return read_one(f"<html><body>{html}</body></html>".encode(), "a.html").text


def test_what_was_left_out_is_told_and_taken_where_all_is_wanted() -> None:
    left_out = read_one(PAGE.encode(), "a.html").report.left_out
    assert left_out == ("- Home\n- News\n- Sport results", "Copyright The Courier, all rights reserved")
    (whole,) = read_file(PAGE.encode(), "a.html", tools=Tools(whole=True))
    assert isinstance(whole, Reading)
    assert "Sport results" in whole.text
    assert "all rights reserved" in whole.text
    assert whole.report.left_out == whole.report.warnings == ()


def test_what_was_left_out_is_told_within_limits() -> None:
    menus = "".join(f"<nav><a href='/{n}'>{'Menu ' * 200}</a></nav>" for n in range(300))
    left_out = read_one(f"<html><body>{menus}<p>{BODY * 3}</p></body></html>".encode(), "a.html").report.left_out
    assert len(left_out) == 200
    assert max(map(len, left_out)) == 500


@pytest.mark.parametrize(
    "page",
    [
        "<h1>Notice</h1><p>Closed on Friday.</p><ul><li>Monday 9-12</li><li>Tuesday 9-12</li></ul><p>Signed: Ann</p>",
        "<header><h2>Da Gino</h2><p>12 Harbour Road</p></header><div><span>Table number:</span> <b>7</b></div>"
        "<table><tr><td>2</td><td>Pizza</td><td>17.00</td></tr></table><footer>Thank you! VAT no. 123</footer>",
        "<h1>Index of /pub</h1><table><tr><th>Name</th><th>Size</th></tr>"
        "<tr><td><a href='a'>a.pdf</a></td><td>1 K</td></tr><tr><td><a href='b'>b</a></td><td>2 K</td></tr></table>",
        "<div class='menu'><h2>Our menu</h2><p class='menu-item'>Lasagne 11.00</p></div>",
        "<ul class='nav'><li><a href='/a'>Some page</a></li><li><a href='/b'>Other page</a></li></ul>",
        "<div class='ad-detail'><h1>Boat for sale</h1><div class='ad-price'>2,500</div></div>",
        "<nav><a href='/'>Home</a> <a href='/n'>News</a></nav><h1>Hits</h1>"
        "<div class='teaser'><a href='/1'>Bread rises</a></div><div class='teaser'><a href='/2'>Ferry starts</a></div>",
    ],
    ids=["short", "receipt", "listing", "restaurant", "navigation alone", "for sale", "headlines"],
)
def test_a_page_that_is_no_article_is_kept(page: str) -> None:
    read = set(_body(page).split())
    kept = set(_body(page.replace("<nav>", "<!--").replace("</nav>", "-->")).split())
    assert kept <= read
    assert "Home" not in read


@pytest.mark.parametrize(
    "surroundings",
    [
        "<div class='cookie-banner'><p>Stale crumbs</p><button>Yes</button></div>",
        "<div><p>Stale cookies are used here.</p><button>Accept</button></div>",
        "<div class='ad-slot'>Stale bread, now for half the price</div>",
        "<div style='display: none'>Stale</div>",
        "<div id='comments'><p>Stale opinions</p></div>",
        "<aside><h3>Stale news</h3><a href='/1'>One</a></aside>",
        "<div><h3>Stale news</h3><a href='/1'>One story</a><a href='/2'>Another story</a></div>",
        "<div class='share'>Stale <a href='/f'>F</a></div>",
    ],
)
def test_what_surrounds_an_article_goes(surroundings: str) -> None:
    page = PAGE.replace("</article></div>", f"</article></div>{surroundings}").replace(BODY, BODY * 2)
    reading = read_one(page.encode(), "a.html")
    assert "Stale" not in reading.text
    assert any("Stale" in block for block in reading.report.left_out)


def test_posts_and_the_comments_on_each_of_them_stay() -> None:
    post = f"<div class='post'><p>{BODY * 4}</p><div class='comments'><p>And springs!</p></div></div>"
    assert _body(f"<h1>How to moor</h1>{post * 3}").count("And springs!") == 3


def test_cells_that_span_rows_or_columns_are_said_in_all_of_them() -> None:
    table = """<table><tr><th rowspan=2>Town</th><th colspan=2>2024</th></tr><tr><th>Men</th><th>Women</th></tr>
    <tr><th rowspan=0>Portavel</th></tr><tr><td>4</td><td>5</td></tr><tr><td>6</td><td>7</td></tr></table>"""
    assert _body(table) == "Town | 2024 | 2024\nTown | Men | Women\nPortavel | 4 | 5\nPortavel | 6 | 7"


def test_a_column_that_no_cell_begins_in_is_none() -> None:
    assert _body("<table><tr><td colspan=900>All</td></tr><tr><td>a</td><td colspan=3>b</td></tr></table>") == (
        "All\na | b"
    )


def test_tables_within_tables_keep_their_own_rows() -> None:
    inner = "<table><tr><td>x</td><td>y</td></tr></table>"
    assert _body(f"<table><tr><td>Left</td><td>{inner}</td></tr></table>") == "Left\n\nx | y"


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("<ol><li>a</li><li><p>b</p></li></ol>", "1. a\n\n2. b"),
        ("<ol start=3><li>a<li value=9>b<li>c</ol>", "3. a\n9. b\n10. c"),
        ("<ol reversed><li>a<li>b</ol>", "2. a\n1. b"),
        ("<ol type=a start=26><li>x<li>y</ol>", "z. x\naa. y"),
        ("<ol type=I start=4><li>x<li type=i value=9>y</ol>", "IV. x\nix. y"),
        ("<ol style='list-style-type: upper-alpha'><li>x</ol>", "A. x"),
        ("<ol><li>a<ol type=a><li>b<li>c</ol><li>d</ol>", "1. a\na. b\nb. c\n2. d"),
        ("<ol><li>a<ul><li>b</ul><li>c</ol>", "1. a\n- b\n2. c"),
    ],
)
def test_list_items_are_numbered_as_a_browser_shows_them(items: str, expected: str) -> None:
    assert _body(items) == expected


def test_a_form_says_what_was_entered_and_chosen() -> None:
    form = """<form><label>Name</label><input value="Ann Eames"><br>
    <label><input type=checkbox checked> Member</label><br>Land
    <select><option>Norland<option selected>Southland</select><br><textarea>12 Road
Portavel</textarea><input type=hidden value=secret><input type=password value=secret><button>Send</button></form>"""
    assert _body(form) == "Name Ann Eames\n☒ Member\nLand ☐ Norland ☒ Southland\n12 Road\nPortavel"


def test_definitions_captions_and_folded_sections_stay() -> None:
    page = """<dl><dt>Quay</dt><dd>Where ships lie.</dd></dl>
    <figure><img src=x><figcaption>In 1910</figcaption></figure>
    <details><summary>Guarantee</summary>Five years</details>
    <h3><button>Is it loud?</button></h3><p>No.</p>"""
    assert _body(page).split("\n") == (
        ["Quay", "Where ships lie.", "", "In 1910", "", "Guarantee", "Five years", "", "Is it loud?", "", "No."]
    )


@pytest.mark.parametrize(
    "unit",
    [
        "<p>The dockers of the <b>harbour</b>.</p>",
        "<h1>A headline</h1>",
        "<ol><li>a</li></ol>",
        "<div class='share'><a href='/x'>y</a></div>",
        "<tr><td rowspan=60000 colspan=900>x</td></tr>",
        "<li>a",
        "<nav><a href='/x'>y</a></nav>",
    ],
)
def test_work_grows_with_the_size_of_the_page_and_not_with_its_square(unit: str) -> None:
    """Counted in calls, since time depends on the machine: 16 times the page may take 24 times the calls."""
    small, large = (_calls(f"<html><body><table>{unit * count}") for count in (100, 1600))
    assert large < 24 * small


def _calls(page: str) -> int:
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_one(page.encode(), "a.html")
    finally:
        sys.setprofile(before)
    return calls


def test_millions_of_spaces_are_read_in_one_go() -> None:
    """They took 100 s and more: each was taken for the possible beginning of a line's end."""
    assert _body(f"<pre>a{' ' * 2**20}b{' ' * 2**20}\n{' ' * 2**20}c</pre>") == "a b\nc"


def test_comments_are_no_text_and_take_no_time() -> None:
    """50,000 in a row took seconds, and ten times as many a hundred times as long."""
    assert _body(f"a{'<!-- x -->' * 50_000}b<?x y?>c") == "abc"


def test_what_spans_repeat_is_bounded() -> None:
    """Each of 3,000 rows of 100 columns would repeat them all: 300,000 cells from a page of 30 KB."""
    cells = "<td rowspan=60000 colspan=9>word</td>" * 100
    text = _body(f"<table><tr>{cells}</tr>{'<tr><td>x</td></tr>' * 3000}</table>")
    assert len(text) < 60_000
    assert (text.count("word") >= 100, text.count("x")) == (True, 3000)


def test_deep_nesting_is_read_or_refused_but_never_cut_off() -> None:
    page = b"<html><body>" + b"<div>" * 500 + BODY.encode() + b"</div>" * 500
    assert read_one(page, "a.html").text == BODY.strip()
    with pytest.raises(FileDamaged, match="thousands deep"):
        read_one(page.replace(b"<div>", b"<div>" * 100), "a.html")
