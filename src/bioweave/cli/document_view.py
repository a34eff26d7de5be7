"""A document as a person reads it in a terminal: the text with its mentions marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bioweave.document import Document, Mention

_COLOURS = {
    "Disease": "red",
    "Chemical": "blue",
    "Gene": "green",
    "Species": "yellow",
    "Variant": "magenta",
    "CellLine": "cyan",
    "CellType": "cyan",
}
_OTHER_COLOUR = "white"


def show(document: Document, console: Console) -> None:
    """Print the text with its mentions, then a line per label with what was found.

    Where the console has no colours, mentions stand in square brackets.
    """
    console.print(Rule(Text(document.id), align="left", style="dim"))
    console.print(marked_text(document, is_plain=console.color_system is None), soft_wrap=False)
    console.print(Padding(_findings(document), (1, 0, 1, 2)))


def marked_text(document: Document, *, is_plain: bool = False) -> Text:
    """The text with its outermost mentions coloured by label, or in brackets where `is_plain`."""
    text = Text()
    position = 0
    for mention in _outermost(document.mentions):
        text.append(_harmless(document.text[position : mention.start]))
        words = _harmless(document.text[mention.start : mention.end])
        text.append(f"[{words}]" if is_plain else words, style=f"bold {_colour(mention.label)}")
        position = mention.end
    text.append(_harmless(document.text[position:]))
    return text


def _findings(document: Document) -> Table:
    table = Table.grid(padding=(0, 2))
    counts: dict[str, Counter[str]] = {}
    for mention in document.mentions:
        counts.setdefault(mention.label, Counter())[_in_one_line(mention.text)] += 1
    if not counts:
        table.add_row(Text("no mentions found", style="dim"))
    for label, texts in sorted(counts.items()):
        found = ", ".join(text if n == 1 else f"{text} ×{n}" for text, n in texts.items())
        table.add_row(Text(label, style=f"bold {_colour(label)}"), Text(found))
    return table


def _outermost(mentions: tuple[Mention, ...]) -> Iterator[Mention]:
    position = 0
    for mention in sorted(mentions, key=lambda mention: (mention.start, -mention.end)):
        if mention.start >= position:
            yield mention
            position = mention.end


def _colour(label: str) -> str:
    return _COLOURS.get(label, _OTHER_COLOUR)


def _in_one_line(text: str) -> str:
    return " ".join(_harmless(text).split())


def _harmless(text: str) -> str:
    # A text may hold escape sequences; a terminal must show them, not obey them.
    return "".join(
        character if character.isprintable() or character in "\n\t" else "\ufffd"
        for character in text
    )
