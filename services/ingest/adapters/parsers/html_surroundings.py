"""Tells the menus, advertisements, notices and the like of a page from what the page is about.

Everything is content that nothing speaks against: an element goes for what it says of itself, and for the share of its
words that are in links. Where prose gathers in one place, what lies around that place is held to a stricter measure.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence

from coderai.services.ingest.adapters.parsers.html_outline import Outline
from coderai.services.ingest.adapters.parsers.html_roles import Role

_LEAST_PROSE = 50
"""Words of prose without which a page has no article."""
_GATHERED = 0.7
"""Share of the prose around it that the article's place holds."""
_ARTICLE_WORDS = 100
"""Words of prose from which on comments are less than what they are about."""
_MOST_COMMENTS = 2
"""Places in which an article's comments are."""
_LEAST_REST = 20
"""Words of a page that are enough to stand alone, when what is left out is more than they are."""
_NOTICE_WORDS = 150
"""A longer text is no notice."""
_IMPRINT_WORDS = 60
"""A longer text says more than whose the site is."""
_LABEL_WORDS = 8
"""A longer text is more than the label of buttons."""


def surroundings(page: Outline) -> list[int]:
    """The numbers of the elements that are none of a page's content, in their order, none inside of another."""
    sorting = _Sorting(page)
    sorting.take_out_what_says_so()
    sorting.take_out_related()
    sorting.has_menus = bool(sorting.found)
    sorting.take_out_comments_and_notices()
    sorting.take_out_beside(sorting.place())
    return sorted(sorting.found)


class _Sorting:
    """Elements found so far; each round counts anew without them."""

    def __init__(self, page: Outline) -> None:
        self._page = page
        self._counts = page.without(())
        self._in_main, headlines = _mains_and_headlines(page)
        self._content = Role.DATA if headlines else Role.DATA | Role.HEADLINE
        """What an element has that is none of the surroundings; a site's name may be its header's headline."""
        self.found: set[int] = set()
        self.has_menus = False
        """The page belongs to a site: it has more than a document that somebody saved as HTML."""

    def take_out(
        self, among: Iterable[int], is_out: Callable[[int], bool], roles: int, counted: Sequence[array[int]] = ()
    ) -> None:
        """Takes out those of these elements and of all inside of them, outermost first.

        Only elements that have or hold one of the roles, or something counted, can be among them. Tables of data and
        lists of definitions are whole or not at all.
        """
        page, words, before = self._page, self._counts.words, len(self.found)
        pending = list(among)
        while pending:
            number = pending.pop()
            may_be = (page.roles[number] | page.inside[number]) & roles or any(one[number] for one in counted)
            if not may_be or not words[number] or number in self.found:
                continue
            if number and self._leaves_enough(number) and is_out(number):
                self.found.add(number)
            elif not page.roles[number] & Role.DATA:
                pending.extend(page.children(number))
        if len(self.found) > before:
            self._counts = page.without(self.found)

    def _leaves_enough(self, number: int) -> bool:
        rest = self._counts.words[0] - self._counts.words[number]
        return rest >= _LEAST_REST or rest >= self._counts.words[number]

    def take_out_what_says_so(self) -> None:
        """What is hidden or says itself that it is a menu, an advertisement or a notice."""
        roles = Role.HIDDEN | Role.MENU | Role.ADVERTISEMENT | Role.NOTICE | Role.LINKS
        self.take_out([0], self._speaks_against_itself, roles)

    def take_out_related(self) -> None:
        """Lists of other pages, unless the page has no article, but is such a list."""
        before = set(self.found)
        words = self._counts.words[0]
        self.take_out([0], self._is_related, Role.RELATED)
        if self._counts.words[0] * 2 < words and self._counts.prose[0] < _LEAST_PROSE:
            self._put_back(before)

    def _put_back(self, before: set[int]) -> None:
        self.found = before
        self._counts = self._page.without(before)

    def _is_related(self, number: int) -> bool:
        return bool(self._page.roles[number] & Role.RELATED) and self._is_named_rightly(number)

    def _is_named_rightly(self, number: int) -> bool:
        """Made of links, or a label of some: as an element must be that is named like lists of links."""
        inside, counts = self._page.inside[number], self._counts
        if inside & self._content:
            return False
        is_label = counts.words[number] <= _LABEL_WORDS and bool(counts.links[number] or inside & Role.BUTTON)
        return is_label or self._is_linked(number, links=2, share=0.5)

    def take_out_comments_and_notices(self) -> None:
        """Comments on an article, but not those on each of many posts; and what speaks of cookies."""
        before = set(self.found)
        self.take_out([0], self._is_comments, Role.COMMENTS)
        if len(self.found) - len(before) > _MOST_COMMENTS:
            self._put_back(before)
        self.take_out([0], self._is_notice, Role.NONE, [self._counts.cookies])

    def take_out_beside(self, place: int | None) -> None:
        """What is around the article's place, and headers, footers and sidebars of the rest."""
        if place:
            counted = (self._counts.links, self._counts.rights)
            self.take_out(self._around(place), lambda number: self._is_beside(number, place), Role.EDGE, counted)
        self.take_out([0] if place is None else self._page.children(place), self._is_edge, Role.EDGE)

    def _speaks_against_itself(self, number: int) -> bool:
        """Hidden, a menu, an advertisement, a notice, or named like lists of links and made of them."""
        role, inside, counts = self._page.roles[number], self._page.inside[number], self._counts
        words = counts.words[number]
        if role & (Role.HIDDEN | Role.MENU):
            return True
        if words * 2 > counts.words[0]:
            return False
        if (role | inside) & self._content:
            return False
        if role & Role.ADVERTISEMENT:
            return words * 4 <= counts.words[0]
        if role & Role.NOTICE:
            return words <= _NOTICE_WORDS
        return bool(role & Role.LINKS) and self._is_named_rightly(number)

    def _is_comments(self, number: int) -> bool:
        """Comments on an article that is on the page."""
        if not self._page.roles[number] & Role.COMMENTS:
            return False
        prose = self._counts.prose
        return prose[0] - prose[number] >= _ARTICLE_WORDS

    def _is_notice(self, number: int) -> bool:
        """The innermost element that speaks of cookies and has something to click."""
        return self._speaks_of_cookies(number) and not any(
            self._speaks_of_cookies(child) for child in self._page.children(number)
        )

    def _speaks_of_cookies(self, number: int) -> bool:
        role, inside, counts = self._page.roles[number], self._page.inside[number], self._counts
        is_short = counts.cookies[number] > 0 and counts.words[number] <= _NOTICE_WORDS
        can_be_clicked = counts.links[number] > 0 or inside & Role.BUTTON
        return bool(is_short and can_be_clicked and role & Role.CONTAINER and not inside & self._content)

    def place(self) -> int | None:
        """The innermost element in which most of the prose is; None where there is too little to say."""
        page, prose = self._page, self._counts.prose
        if prose[0] < _LEAST_PROSE:
            return None
        place = 0
        while True:
            inner = max(page.children(place), key=prose.__getitem__, default=place)
            is_container = page.roles[inner] & Role.CONTAINER and page.own.prose[inner] * 2 < prose[inner]
            if not is_container or prose[inner] < _GATHERED * prose[place]:
                return place
            place = inner

    def _around(self, place: int) -> list[int]:
        """The elements next to a place and next to each that it is in."""
        found: list[int] = []
        while place:
            found.extend(child for child in self._page.children(self._page.parent[place]) if child != place)
            place = self._page.parent[place]
        return found

    def _is_beside(self, number: int, place: int) -> bool:
        """A footer, sidebar or list of links around the article's place."""
        role, inside = self._page.roles[number], self._page.inside[number]
        if role & Role.EDGE and self.has_menus and not inside & self._content and not self._in_main[number]:
            return True
        if (role | inside) & Role.DATA:
            return False
        is_after = number > place and self.has_menus and not inside & Role.MAIN
        if is_after and self._counts.rights[number] and self._counts.words[number] <= _IMPRINT_WORDS:
            return True
        return self._is_linked(number, links=3, share=0.5) or (
            is_after and (self._is_linked(number, links=2, share=0.3) or self._is_linked(number, links=3, share=0.2))
        )

    def _is_edge(self, number: int) -> bool:
        """A header, footer or sidebar of links, or one that says whose the site is."""
        if not self._page.roles[number] & Role.EDGE or self._page.inside[number] & self._content:
            return False
        is_imprint = self._counts.rights[number] and self._counts.words[number] <= _IMPRINT_WORDS
        is_imprint = is_imprint and self.has_menus and not self._in_main[number]
        return bool(is_imprint) or self._is_linked(number, links=3, share=0.5)

    def _is_linked(self, number: int, links: int, share: float) -> bool:
        counts = self._counts
        return counts.links[number] >= links and counts.linked[number] >= share * counts.words[number]


def _mains_and_headlines(page: Outline) -> tuple[bytearray, int]:
    """Of each element whether it is in a main part of the page; and how many headlines are, or in no header."""
    in_main, headlines = bytearray(len(page)), 0
    main_end = edge_end = 0
    for number, role in enumerate(page.roles):
        in_main[number] = number < main_end
        is_headline = role & (Role.HEADLINE | Role.SUBTITLE if number < main_end else Role.HEADLINE)
        headlines += bool(is_headline) and (number < main_end or number >= edge_end)
        if role & Role.MAIN:
            main_end = max(main_end, page.end[number])
        if role & Role.EDGE:
            edge_end = max(edge_end, page.end[number])
    return in_main, headlines
