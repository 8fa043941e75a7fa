"""What an element of a page is for, as far as its name, role, class and id say."""

from __future__ import annotations

import re

from lxml.html import HtmlElement


class Role:
    """What an element is said to be, as bits: authors say several things at once, and not always the truth."""

    NONE = 0
    HIDDEN = 1 << 0
    """A browser does not show it."""
    MENU = 1 << 1
    """Says itself that it leads through the site: nav, role=navigation and the like."""
    LINKS = 1 << 2
    """Its class or id is one that menus and buttons to share have."""
    RELATED = 1 << 3
    """Its class or id is one that lists of other pages have."""
    NOTICE = 1 << 4
    """Of cookies, consent, a subscription."""
    ADVERTISEMENT = 1 << 5
    COMMENTS = 1 << 6
    """What readers wrote below an article."""
    EDGE = 1 << 7
    """A header, footer or sidebar."""
    MAIN = 1 << 8
    """The main part of the page, or an article."""
    CONTAINER = 1 << 9
    """Groups blocks."""
    HEADLINE = 1 << 10
    SUBTITLE = 1 << 11
    DATA = 1 << 12
    """A header of a table, a list of definitions."""
    BUTTON = 1 << 13


_ROLES = {
    **dict.fromkeys(("navigation", "menu", "menubar", "search", "toolbar", "tablist"), Role.MENU),
    **dict.fromkeys(("banner", "contentinfo", "complementary"), Role.EDGE),
    **dict.fromkeys(("dialog", "alertdialog"), Role.NOTICE),
    **dict.fromkeys(("main", "article"), Role.MAIN),
}
_TAGS = {
    "nav": Role.MENU | Role.CONTAINER,
    **dict.fromkeys(("header", "footer", "aside"), Role.EDGE | Role.CONTAINER),
    **dict.fromkeys(("main", "article"), Role.MAIN | Role.CONTAINER),
    **dict.fromkeys(
        "body html center div fieldset form section table tbody td tr".split(),  # noqa: SIM905
        Role.CONTAINER,
    ),
    "h1": Role.HEADLINE,
    "h2": Role.SUBTITLE,
    "th": Role.DATA,
    "dl": Role.DATA,
    "button": Role.BUTTON,
}
_PARTS = frozenset("body html dd dt tbody td tfoot th thead tr".split())  # noqa: SIM905
"""Named for how they look, or for what a column holds."""
_HIDDEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_WORD_BOUNDS = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+")
_NAMES = {
    Role.LINKS: """nav navbar navigation navi menu submenu menubar topbar breadcrumb breadcrumbs crumbs pagination pager
        footer share sharing shares sharethis addthis sharedaddy addtoany social follow skip toc toolbar sitemap""",
    Role.RELATED: """sidebar related recommended recommendations recommend popular trending mostread morestories teaser
        teasers promo promos tags tagcloud catlinks widget widgets outbrain taboola""",
    Role.NOTICE: """cookie cookies consent gdpr ccpa onetrust cookiebot newsletter subscribe signup optin popup modal
        lightbox""",
    Role.COMMENTS: "comments disqus respond commentlist",
}
_BY_NAME = {name: role for role, names in _NAMES.items() for name in names.split()}
_EDGE = re.compile(r"(?:^|\s)(?:(?:site|page|main|global)[-_]?)?(?:footer|sidebar|masthead)(?:\s|$)", re.I)
_ADVERTISEMENT = re.compile(
    r"(?:^|\s)(?:ads?|adv|adverts?|advertisements?|advertising|adsbygoogle|google[-_]ads?[\w-]*|dfp[-_]?[\w-]*|"
    r"(?:ad|ads|advert|advertisement|sponsor(?:ed)?)[-_]?(?:area|banner|block|box|card|container|content|frame|holder|"
    r"label|links?|module|placement|post|row|sidebar|slot|space|unit|wrap|wrapper|zone)s?(?:[-_][\w-]*)?|"
    r"sponsored|sponsors?)(?:\s|$)",
    re.I,
)


def role_of(element: HtmlElement) -> int:
    """All that an element says of itself."""
    role = _TAGS.get(element.tag, Role.NONE)
    if len(element.attrib) == 0:
        return role
    role |= _ROLES.get((element.get("role") or "").strip().lower(), Role.NONE)
    if "articlebody" in (element.get("itemprop") or "").lower():
        role |= Role.MAIN
    if _is_hidden(element):
        role |= Role.HIDDEN
    if element.tag in _PARTS or element.get("role") == "note":
        return role
    return role | _named(f"{element.get('class') or ''} {element.get('id') or ''}")


def _is_hidden(element: HtmlElement) -> bool:
    """Panels of tabs are hidden only until their turn; formulas, as there is a picture of them."""
    is_hidden = element.get("hidden") not in (None, "until-found") or (
        _HIDDEN_STYLE.search(element.get("style") or "") is not None
    )
    return is_hidden and element.get("role") != "tabpanel" and element.find("math") is None


def _named(names: str) -> int:
    if not names.strip():
        return Role.NONE
    role = Role.ADVERTISEMENT if _ADVERTISEMENT.search(names) else Role.NONE
    role |= Role.EDGE if _EDGE.search(names) else Role.NONE
    for word in _WORD_BOUNDS.split(names):
        role |= _BY_NAME.get(word.lower(), Role.NONE)
    return role
