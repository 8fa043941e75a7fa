"""The part of the API that shows documents as people see them, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coderai.client.calls import Calls
from coderai.client.models import PassageRegions


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a picture."""

    data: bytes
    media_type: str
    """image/png or image/jpeg, whichever is smaller."""
    tag: str
    """Tells it from other pictures: the file, the page and the size."""


class PageCalls(Calls):
    """Pages as pictures, and where passages of the text stand on them."""

    def page_image(self, document_id: str, page: int, *, width: int | None = None, dpi: int | None = None) -> PageImage:
        """A page (from 1) of a PDF as a picture, so many pixels wide, or of so many dots per inch (110).

        Raises:
            ApiError: its `code` is page_pictures_missing where the document is of a format that has no pages to draw.
        """
        params = {name: value for name, value in (("width", width), ("dpi", dpi)) if value is not None}
        answer = self._session.request("GET", f"documents/{document_id}/pages/{page}/image", params=params)
        return PageImage(answer.content, answer.headers["content-type"], answer.headers["etag"].strip('"'))

    def regions(self, document_id: str, spans: Sequence[tuple[int, int]]) -> list[PassageRegions]:
        """Where passages of a document's text, by the offsets that evidence has, stand on its pages.

        Of each a rectangle for each line of text; none where it is not found for sure, and `missing` says why.
        """
        params = {"start": [start for start, _ in spans], "end": [end for _, end in spans]}
        answer = self._session.get(f"documents/{document_id}/regions", **params)
        return [PassageRegions.model_validate(passage) for passage in answer["passages"]]
