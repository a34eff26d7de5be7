"""An explanation in a terminal: the text coloured by what its words speak for."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bioweave.explanation.record import Explanation
from bioweave.explanation.rendering.telling import (
    facts,
    heaviest_weight,
    pieces,
    verdict,
)

_HEAVIEST = 8
_BAR = 24  # characters of the longest bar
# Blue for, orange against: told apart by every kind of colour-blind eye.
_FOR, _AGAINST = (58, 120, 220), (220, 110, 20)
_TOLD_IN_PLAIN = 0.1  # of the heaviest weight


def render_terminal(explanation: Explanation, console: Console) -> None:
    """Print it; without colours, heavy words have their weight beside them."""
    console.print(_parts(explanation, is_plain=console.color_system is None))


def _parts(explanation: Explanation, *, is_plain: bool) -> RenderableType:
    head = Rule(Text(f"{explanation.document}  {explanation.method}"), align="left", style="dim")
    return Group(
        head,
        Text(harmless(verdict(explanation)), style="bold"),
        Padding(coloured_text(explanation, is_plain=is_plain), (1, 0, 1, 2)),
        Padding(_heaviest(explanation), (0, 0, 1, 2)),
        Padding(_facts(explanation), (0, 0, 1, 2)),
    )


def coloured_text(explanation: Explanation, *, is_plain: bool = False) -> Text:
    """The explained text; the span is underlined, or stands in brackets where `is_plain`."""
    text = Text()
    largest = heaviest_weight(explanation)
    was_inside = False
    for piece in pieces(explanation):
        if is_plain and piece.in_span != was_inside:
            text.append("[" if piece.in_span else "]")
        was_inside = piece.in_span
        weight = piece.word.weight / largest if piece.word is not None else 0.0
        shown = harmless(piece.text)
        if is_plain:
            told = abs(weight) >= _TOLD_IN_PLAIN and piece.word is not None
            text.append(f"{shown}({piece.word.weight:+.2f})" if told and piece.word else shown)
        else:
            text.append(shown, style=_style(weight, in_span=piece.in_span))
    if is_plain and was_inside:
        text.append("]")
    return text


def harmless(text: str) -> str:
    """The text as a terminal may show it: escape sequences are shown, not obeyed."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else "\ufffd"
        for character in text
    )


def _style(weight: float, *, in_span: bool) -> Style:
    strength = min(abs(weight), 1.0)
    colour = _FOR if weight > 0 else _AGAINST
    if strength < 0.02:
        return Style(underline=in_span, bold=in_span)
    # Towards the colour from the middle, so that it reads on a light and on a dark ground.
    red, green, blue = (round(128 + (one - 128) * strength) for one in colour)
    return Style(
        color="white" if strength > 0.4 else None,
        bgcolor=f"rgb({red},{green},{blue})" if strength > 0.4 else None,
        underline=in_span,
        bold=in_span,
    ) + (Style(color=f"rgb({red},{green},{blue})") if strength <= 0.4 else Style())


def _heaviest(explanation: Explanation) -> Table:
    table = Table.grid(padding=(0, 2))
    largest = heaviest_weight(explanation)
    for word in explanation.heaviest(_HEAVIEST):
        share = abs(word.weight) / largest
        if share < 0.01:
            break
        bar = ("█" if word.weight > 0 else "░") * max(round(_BAR * share), 1)
        red, green, blue = _FOR if word.weight > 0 else _AGAINST
        table.add_row(
            Text(harmless(word.text)),
            Text(f"{word.weight:+.3f}", justify="right"),
            Text(bar, style=f"rgb({red},{green},{blue})"),
        )
    return table


def _facts(explanation: Explanation) -> Table:
    table = Table.grid(padding=(0, 2))
    for title, text in _grouped(explanation):
        table.add_row(Text(title, style="dim"), Text(text))
    return table


def _grouped(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """Facts with a title only where it changes."""
    last = ""
    for title, text in facts(explanation):
        yield ("" if title == last else harmless(title)), harmless(text)
        last = title
