"""The parts of a Word file: which there are, how they refer to each other, and their XML."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zipfile import ZipFile

from lxml import etree

from coderai.services.ingest.adapters.parsers.packed_xml import parsed
from coderai.services.ingest.adapters.parsers.unzipping import read_member

MAIN = re.compile(r"word/document\d*\.xml")
"""What the part with the text is called; some of Microsoft's services number it."""
_STRICT = re.compile(r"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """What one part says of another one."""

    kind: str
    """The last word of its type: header, footnotes, chart."""
    part: str
    """The other part's name; empty when it is not in the file."""


class Package:
    """An opened Word file."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._members = {info.filename.replace("\\", "/").lstrip("/"): info for info in archive.infolist()}
        self._relations: dict[str, dict[str, Relation]] = {}

    @property
    def names(self) -> list[str]:
        """Of all parts, in order."""
        return sorted(self._members)

    def main(self) -> str:
        """The name of the part with the text; empty when there is none."""
        named = [relation.part for relation in self.relations("").values() if relation.kind == "officeDocument"]
        return next((name for name in [*named, *self.names] if name in self._members and MAIN.fullmatch(name)), "")

    def relations(self, name: str) -> dict[str, Relation]:
        """What a part refers to, by id; of the file itself for the name ""."""
        if name not in self._relations:
            self._relations[name] = dict(self._read_relations(name))
        return self._relations[name]

    def _read_relations(self, name: str) -> Iterator[tuple[str, Relation]]:
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        for found in [] if root is None else root.iter(_RELATION):
            target = posixpath.normpath(posixpath.join("/", folder, found.get("Target", "")))
            part = "" if found.get("TargetMode") == "External" else target.lstrip("/")
            yield found.get("Id", ""), Relation(posixpath.basename(found.get("Type", "")), part)

    def related(self, name: str, kind: str) -> str:
        """The one part of a kind that a part refers to; where it refers to none, the part beside it with this name."""
        found = (relation.part for relation in self.relations(name).values() if relation.kind == kind)
        return next(found, posixpath.join(posixpath.dirname(name), f"{kind}.xml"))

    def bytes_of(self, name: str) -> bytes | None:
        """The content of a part; None when there is no such part. Raises FileDamaged, ArchiveTooLarge."""
        member = self._members.get(name)
        return None if member is None else read_member(self._archive, member)

    def xml(self, name: str) -> Any:
        """The root of a part's XML tree, in the namespaces of transitional files; None when there is no such part.

        Raises:
            FileDamaged: the XML is damaged or hostile. ArchiveTooLarge
        """
        data = self.bytes_of(name)
        return None if data is None else _transitional(parsed(data))


def _transitional(root: Any) -> Any:
    """Gives the names of a strict file (ISO/IEC 29500-1) the namespaces that other files have (29500-4)."""
    if any(_STRICT.match(uri) for uri in root.nsmap.values()):
        for element in root.iter(etree.Element):
            element.tag = _renamed(element.tag)
            for name, value in element.items():
                if (renamed := _renamed(name)) != name:
                    del element.attrib[name]
                    element.set(renamed, value)
    return root


def _renamed(name: str) -> str:
    return _STRICT.sub(r"http://schemas.openxmlformats.org/\1/2006/\2", name)
