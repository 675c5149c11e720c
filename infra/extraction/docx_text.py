"""The words of one WordprocessingML part, paragraph by paragraph."""

from collections.abc import Iterator
from typing import Any

from infra.extraction.refusal import Limits, RefusalError

Element = Any  # lxml's elements are untyped

MAX_PARAGRAPHS = 20_000
SMALLEST = 6  # half-points: nobody reads letters under 3 points
NOT_SHOWN = frozenset({"del", "moveFrom", "pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "instrText", "delText"})
MARKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": " "}
BULLET = "\u2022 "


def local(element: Element) -> str:
    """The element's name without its namespace, which differs between transitional and strict documents."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def shown_children(element: Element) -> Iterator[Element]:
    """Children, with one branch of each alternative (a text box is stored twice, for old and new Word)."""
    for child in element:
        name = local(child)
        if name == "AlternateContent":
            branches = [branch for branch in child if local(branch) in {"Choice", "Fallback"}]
            if branches:
                yield from shown_children(branches[0])
        elif name and name not in NOT_SHOWN:
            yield child


class TextOf:
    def __init__(self, root: Element, name: str, bulleted: frozenset[str], limits: Limits) -> None:
        self.root = root
        self.name = name
        self.bulleted = bulleted
        self.limits = limits
        self.paragraphs = 0

    def text(self) -> str:
        lines, size = [], 0
        for line in self._blocks(self.root):
            lines.append(line)
            size += len(line)
            if size > self.limits.characters:
                raise RefusalError(
                    "too_large",
                    f"Expected at most {self.limits.characters:,} characters, but {self.name} holds more",
                )
        return "\n".join(lines)

    def _blocks(self, container: Element) -> Iterator[str]:
        for child in shown_children(container):
            name = local(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tr":
                yield from self._row(child)
            else:  # a table, a content control, a body, an insertion: what matters is inside
                yield from self._blocks(child)

    def _row(self, row: Element) -> Iterator[str]:
        """A row of short cells is one line; a row of columns, as in a layout table, is read cell by cell."""
        cells = [list(self._blocks(cell)) for cell in self._cells(row)]
        filled = [[line for line in cell if line.strip()] for cell in cells]
        if all(len(cell) <= 1 for cell in filled):
            yield "\t".join(cell[0] for cell in filled if cell)
        else:
            for cell in cells:
                yield from cell

    def _cells(self, row: Element) -> Iterator[Element]:
        for child in shown_children(row):
            if local(child) == "tc":
                yield child
            else:
                yield from self._cells(child)

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        self.paragraphs += 1
        if self.paragraphs > MAX_PARAGRAPHS:
            raise RefusalError(
                "too_complex", f"Expected at most {MAX_PARAGRAPHS:,} paragraphs, but {self.name} holds more"
            )
        boxes: list[Element] = []
        text = "".join(self._runs(paragraph, boxes))
        if text.strip() and self._is_listed(paragraph):
            text = BULLET + text.lstrip()
        if text.strip() or not boxes:
            yield text
        for box in boxes:
            yield from self._blocks(box)

    def _runs(self, element: Element, boxes: list[Element]) -> Iterator[str]:
        for child in shown_children(element):
            name = local(child)
            if name == "t":
                yield child.text or ""
            elif name in MARKS:
                yield MARKS[name]
            elif name == "txbxContent":
                boxes.append(child)
            elif name != "r" or not self._is_hidden(child):
                yield from self._runs(child, boxes)

    def _is_hidden(self, run: Element) -> bool:
        for properties in run:
            if local(properties) == "rPr":
                for item in properties:
                    value = attribute(item, "val")
                    if local(item) == "vanish" and value not in {"0", "false", "off"}:
                        return True
                    if local(item) == "sz" and value and value.isdigit() and int(value) < SMALLEST:
                        return True
        return False

    def _is_listed(self, paragraph: Element) -> bool:
        for properties in paragraph:
            if local(properties) == "pPr":
                for item in properties:
                    if local(item) == "numPr":
                        ids = [attribute(part, "val") for part in item if local(part) == "numId"]
                        return ids != ["0"]
                    if local(item) == "pStyle" and attribute(item, "val") in self.bulleted:
                        return True
        return False
