"""Draws a PDF page as a picture."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy
from PIL import Image

from coderai.services.ingest.domain.pages import Picture, PictureSize

_PNG, _JPEG = "image/png", "image/jpeg"
_QUALITY = 85
"""Of JPEG, of 100: text on scans is read as well as in the scan."""
_FLAT = 0.6
"""Share of pixels that are as the one to their left, from which on a picture is drawn rather than taken by a camera, so
that PNG may be the smaller one."""
_LEAST_BELOW = 1e-3
"""Of a pixel: PDFium takes a width of 800.0001 for 801."""


def draw(page: Any, size: PictureSize) -> Picture:
    """An open page as PNG or JPEG, whichever is smaller. Raises PageNotDrawn: it has no size."""
    width, height = page.get_size()
    scale = size.scale(width, height)
    pixels = page.render(scale=scale - _LEAST_BELOW / width, rev_byteorder=True).to_numpy()
    picture = _as_grey(pixels)
    jpeg = _packed(Image.fromarray(picture), "JPEG", quality=_QUALITY)
    if _is_flat(picture):
        png = _packed(_without_filters(picture), "PNG")
        if len(png) <= len(jpeg):
            return Picture(_PNG, png)
    return Picture(_JPEG, jpeg)


def _as_grey(pixels: Any) -> Any:
    """One value for each pixel where all three colours are the same everywhere."""
    if pixels.ndim == 2:
        return pixels
    colours = pixels[:, :, :3]
    is_grey = (colours[:, :, 0] == colours[:, :, 1]).all() and (colours[:, :, 1] == colours[:, :, 2]).all()
    return numpy.ascontiguousarray(colours[:, :, 0] if is_grey else colours)


def _is_flat(picture: Any) -> bool:
    values = picture if picture.ndim == 2 else picture[:, :, 1]
    return bool((values[:, 1:] == values[:, :-1]).mean() > _FLAT) if values.shape[1] > 1 else True


def _without_filters(picture: Any) -> Image.Image:
    """As Pillow packs it fastest: grey with a palette, which PNG's filters would only make larger."""
    image = Image.fromarray(picture)
    if image.mode == "L":
        image = Image.fromarray(picture, "P")
        image.putpalette([value for grey in range(256) for value in (grey, grey, grey)])
    return image


def _packed(image: Image.Image, format: str, **options: Any) -> bytes:
    target = BytesIO()
    image.save(target, format, **options)
    return target.getvalue()
