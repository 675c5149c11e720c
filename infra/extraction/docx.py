"""Text of a Word document: headers, body, tables, text boxes and footers in the order of the document.

Read from the XML itself: python-docx leaves out text boxes, content controls and inserted text, which résumé
templates are made of, and loads pictures and styles that nobody asked for.
"""

import codecs
import zipfile
import zlib
from io import BytesIO
from posixpath import dirname, join, normpath

from lxml import etree  # type: ignore[import-untyped]

from infra.extraction.docx_text import Element, TextOf, local
from infra.extraction.refusal import Limits, Reading, RefusalError
from infra.extraction.sniff import WANTED, WORD

MAX_ENTRIES = 2_000
MAX_UNPACKED = 100 * 1024 * 1024  # as declared, over all entries: pictures are large
MAX_PART = 12 * 1024 * 1024  # as read, for one part of XML: text is not
ENTRY_NAMES = codecs.lookup("cp437")  # zipfile decodes names with it; here, as the child opens no file later
END_RECORD = b"PK\x05\x06"
ENCRYPTED = 1  # bit of an entry's flags, APPNOTE 4.4.4
FOREIGN = (
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint presentation"),
    ("Index/", "an Apple Pages document"),
    ("META-INF/manifest.xml", "an OpenDocument file"),
    ("META-INF/container.xml", "an EPUB book"),
)
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, ValueError)


def read_docx(data: bytes, name: str, limits: Limits) -> Reading:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check(archive, data, name)
            return Reading(_Package(archive, name, limits).text(), WORD)
    except etree.XMLSyntaxError:
        raise RefusalError("corrupt", f"Expected a Word document, but the XML inside {name} is not sound") from None
    except DAMAGE:
        raise RefusalError("corrupt", f"Expected a whole Word document, but {name} is damaged or cut off") from None


def _check(archive: zipfile.ZipFile, data: bytes, name: str) -> None:
    """Before anything is unpacked: is it a Word document, and are its claims modest?"""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise RefusalError("encrypted", f"Expected a document without a password, but {name} is protected by one")
    for start, found in FOREIGN:
        if any(entry.startswith(start) for entry in names):
            raise RefusalError("unsupported_type", f"{WANTED}, but {name} is {found}")
    if "[Content_Types].xml" not in names or "_rels/.rels" not in names:
        raise RefusalError("unsupported_type", f"{WANTED}, but {name} is a ZIP archive of something else")
    if data.rfind(END_RECORD) + 22 + len(archive.comment) != len(data):
        raise RefusalError("unsupported_type", f"{WANTED}, but {name} carries another file behind the document")
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        raise RefusalError(
            "too_complex",
            f"Expected a Word document of at most {MAX_ENTRIES:,} parts and {MAX_UNPACKED >> 20} MB, "
            f"but {name} unpacks to {len(entries):,} parts and {unpacked >> 20:,} MB",
        )


class _Package:
    """The parts of a document that hold text, found through their relationships (ECMA-376 part 2)."""

    def __init__(self, archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
        self.archive = archive
        self.name = name
        self.limits = limits

    def text(self) -> str:
        main = self._related("")["officeDocument"][0]
        body = self._part(main)
        if local(body) != "document":
            raise RefusalError("unsupported_type", f"{WANTED}, but {self.name} is an Office file of another kind")
        related = self._related(main)
        bulleted = self._bulleted(related.get("styles", []))
        texts: list[str] = []
        for part in (*related.get("header", []), main, *related.get("footer", [])):
            root = body if part == main else self._part(part)
            text = TextOf(root, self.name, bulleted, self.limits).text()
            if text.strip() and text not in texts:
                texts.append(text)
        return "\n".join(texts)

    def _related(self, part: str) -> dict[str, list[str]]:
        """Names of the parts that `part` refers to, by the last word of the relationship's type."""
        rels = join(dirname(part), "_rels", f"{part.rpartition('/')[2]}.rels")
        found: dict[str, list[str]] = {}
        if rels not in self.archive.namelist():
            return found
        for relation in self._part(rels):
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External" and target:
                path = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(part), target))
                found.setdefault(relation.get("Type", "").rpartition("/")[2], []).append(path)
        return found

    def _bulleted(self, styles: list[str]) -> frozenset[str]:
        """Ids of the paragraph styles that put a bullet or number before a line."""
        found: set[str] = set()
        for part in styles:
            if part in self.archive.namelist():
                for style in self._part(part):
                    if any(local(item) == "numPr" for item in style.iter()) and not any(
                        local(item) == "outlineLvl" for item in style.iter()
                    ):
                        found.update(value for key, value in style.attrib.items() if key.endswith("}styleId"))
        return frozenset(found)

    def _part(self, part: str) -> Element:
        """One part's XML. What is unpacked is counted here: a directory may lie about sizes."""
        with self.archive.open(part) as file:
            content = file.read(MAX_PART + 1)
        if len(content) > MAX_PART:
            raise RefusalError(
                "too_complex",
                f"Expected at most {MAX_PART >> 20} MB of text, but {part} in {self.name} is larger",
            )
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        root = etree.fromstring(content, parser)
        if root.getroottree().docinfo.doctype:
            raise RefusalError(
                "unsupported_type",
                f"{WANTED}, but {part} in {self.name} declares XML entities, which Word never does",
            )
        return root
