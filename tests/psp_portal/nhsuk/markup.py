"""Reads HTML into a tree that two renderings can be compared by."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect"})
# Attributes whose value names other elements of the page.
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "href")


@dataclass
class Element:
    """One element: its tag, attributes (classes as a sorted text) and, in order, its elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> list["Element"]:
        """Return this element and every one inside it, in the order of the page."""
        inside = [child for child in self.children if isinstance(child, Element)]
        return [self, *(element for child in inside for element in child.walk())]

    def lines(self, depth: int = 0) -> list[str]:
        """Return the tree as indented lines, which is how a difference is shown and compared."""
        attributes = "".join(f' {name}="{value}"' for name, value in sorted(self.attributes.items()))
        shown = [f"{'  ' * depth}<{self.tag}{attributes}>"]
        for child in self.children:
            shown += [f"{'  ' * (depth + 1)}{child}"] if isinstance(child, str) else child.lines(depth + 1)
        return shown

    def find(self, css_class: str) -> "Element":
        """Return the first element of a class; raise LookupError when there is none."""
        for element in self.walk():
            if css_class in element.attributes.get("class", "").split():
                return element
        raise LookupError(css_class)

    @property
    def text(self) -> str:
        """Return all words inside, with single spaces."""
        return " ".join(child if isinstance(child, str) else child.text for child in self.children).strip()

    def with_neutral_ids(self) -> Self:
        """Replace each id by its turn on the page, and what refers to it too: the names themselves are each side's."""
        turns = {}
        for element in self.walk():
            if "id" in element.attributes:
                turns.setdefault(element.attributes["id"], f"id-{len(turns)}")
        for element in self.walk():
            if "id" in element.attributes:
                element.attributes["id"] = turns[element.attributes["id"]]
            for name in REFERENCES:
                value = element.attributes.get(name)
                if value and (name != "href" or value.startswith("#")):
                    sign = "#" if name == "href" else ""
                    names = (turns.get(part, part) for part in value.removeprefix(sign).split())
                    element.attributes[name] = sign + " ".join(names)
        return self


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("page")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: "" if value is None else " ".join(value.split()) for name, value in attrs}
        if "class" in attributes:
            attributes["class"] = " ".join(sorted(attributes["class"].split()))
        element = Element(tag, attributes)
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words:
            self.open[-1].children.append(words)


def read(html: str) -> Element:
    """Return the elements of some HTML inside one element "page"; every tag must be closed by its own."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.open[0]
