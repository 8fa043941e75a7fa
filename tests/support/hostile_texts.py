"""Texts that do something where they are taken for more than texts, and whether a page has taken them so."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

ELSEWHERE = "https://elsewhere.example"
MARKUP = '"><img src=x onerror="ran=1"><script>ran=2</script></script><svg onload="ran=3">'
SHORT = "'\"><img src=x onerror=ran=4>\u202e"
"""Where a name may have few letters; what follows it is turned around where its end is not kept apart."""
LINKS = f"[a](javascript:ran=5) ![b]({ELSEWHERE}/b.png) <{ELSEWHERE}/c> url({ELSEWHERE}/d.png)"
TEMPLATES = "{{constructor.constructor('ran=6')()}} ${ran=7} {ran, plural, other {#}} <b>b</b>"
SHEETS = f'=HYPERLINK("{ELSEWHERE}/e","f") \u2028\u2029 </textarea></title></style>'
WHOLE = " ".join((MARKUP, LINKS, TEMPLATES, SHEETS))
UNBROKEN = "W" * 120
HTML = f"""<!doctype html><html><head><title>{MARKUP}</title><script>ran=8</script>
<meta http-equiv="refresh" content="0;url={ELSEWHERE}/g"><link rel="stylesheet" href="{ELSEWHERE}/h.css"></head>
<body onload="ran=9"><p>About 250 people marched. <a href="javascript:ran=10">More</a></p>
<img src="{ELSEWHERE}/i.png" onerror="ran=11"><iframe srcdoc="<script>parent.ran=12</script>"></iframe></body></html>"""
SVG = f"""<svg xmlns="http://www.w3.org/2000/svg" onload="ran=13"><script>ran=14</script>
<image href="{ELSEWHERE}/j.png"/><text>About 250 people marched.</text></svg>"""

WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI, sample}) =>
    violations.push(`${violatedDirective} ${blockedURI} ${sample}`));
"""
"""A script for every page to begin with."""
_FOUND = r"""() => {
    const leaks = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!node.data.includes("\u202e") || !node.parentElement.checkVisibility()) continue;
        let element = node.parentElement, isKept = false;
        for (; getComputedStyle(element).display === "inline"; element = element.parentElement) {
            isKept ||= getComputedStyle(element).unicodeBidi.includes("isolate");
        }
        // A whole text as somebody wrote it is let be; within a text of the page, names must be kept apart.
        const isWhole = getComputedStyle(element).whiteSpaceCollapse === "preserve";
        const rest = isWhole ? "" : node.data.slice(node.data.lastIndexOf("\u202e") + 1);
        const isAlone = element.textContent.trim() === node.data.trim();
        if (!isKept && !(isAlone && rest.trim() === "")) leaks.push(element.textContent);
    }
    return {
        ran: window.ran, violations: window.violations, leaks,
        wide: Math.max(0, document.documentElement.scrollWidth - innerWidth),
        made: document.querySelectorAll(
            "img[src=x], main script, [onerror], [onload], a[href^='javascript:' i], a[href*='elsewhere.example/']"
        ).length,
    };
}"""


def must_be_text_alone(page: Page) -> None:
    """Fails where a script ran, a policy was broken, markup became elements, or a text reached beyond its place."""
    found: dict[str, Any] = page.evaluate(_FOUND)
    expected = {"ran": None, "violations": [], "leaks": [], "wide": 0, "made": 0}
    assert found == expected, f"{page.url}: {found}"


def must_not_have_run(page: Page) -> None:
    """Fails where a script of a text ran, on a page that is not the console's own."""
    assert page.evaluate("() => window.ran") is None
