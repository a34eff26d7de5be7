"""HTML to look at: each document with its mentions in colour, nested where they nest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from html import escape

from bioweave.document import Document, Mention
from bioweave.formats.parts import Part
from bioweave.formats.sink import Sink

# Hues in degrees, far apart; a label that is not here gets one from its name.
_HUES = {
    "Disease": 0,
    "Chemical": 215,
    "Gene": 140,
    "Species": 35,
    "CellLine": 275,
    "CellType": 315,
    "Variant": 180,
}
# Text on a mark has a contrast of at least 7 to 1 in both themes, whatever the hue.
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1a; --faint: #595959; --line: #d0d0d0;
  --mark-lightness: 88%; --edge-lightness: 40%; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #f0f0f0; --faint: #a8adb5; --line: #3a3f47;
    --mark-lightness: 18%; --edge-lightness: 65%; } }
body { margin: 0 auto; padding: 2rem 1rem; max-width: 48rem; background: var(--paper);
  color: var(--ink); font: 1rem/2.1 system-ui, sans-serif; }
article { border-top: 1px solid var(--line); padding: 1rem 0; }
h2 { font-size: .9rem; font-weight: 600; color: var(--faint); margin: 0; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
mark { color: var(--ink); background: hsl(var(--hue) 60% var(--mark-lightness));
  border-bottom: 2px solid hsl(var(--hue) 60% var(--edge-lightness));
  border-radius: .2em; padding: .1em .15em; }
mark mark { padding: 0 .1em; }
mark.gap { background: none; border-bottom-style: dotted; }
mark::after { content: attr(data-label); font-size: .65em; font-weight: 600; margin-left: .35em;
  vertical-align: .15em; }
mark.cut::after { content: none; }
"""
_HEAD = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="bioweave">
<title>Annotated documents</title>
<style>{_STYLE}</style>
</head>
<body>
"""
_TAIL = "</body>\n</html>\n"


class HtmlEncoder:
    """Writes a page that needs nothing else, an article for each document."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        sink.write(_HEAD)

    def write(self, document: Document) -> list[Part]:
        """Writes the document's text and marks."""
        body = "".join(_marked(document))
        self._sink.write(
            f"<article>\n<h2>{escape(document.id)}</h2>\n"
            f'<div class="text">{body}</div>\n</article>\n'
        )
        return []

    def close(self) -> None:
        """Completes the page."""
        if not self._sink.is_closed:
            self._sink.write(_TAIL)
            self._sink.close()


def _marked(document: Document) -> Iterator[str]:
    """The text with marks. Where two overlap without nesting, the inner one is cut in two."""
    text, position = document.text, 0
    open_marks: list[Mention] = []
    pending = sorted(document.mentions, key=lambda mention: (mention.start, -mention.end))
    pending.reverse()
    while pending or open_marks:
        next_start = pending[-1].start if pending else len(text) + 1
        next_end = min((mention.end for mention in open_marks), default=len(text) + 1)
        boundary = min(next_start, next_end)
        yield escape(text[position:boundary])
        position = boundary
        if next_end <= next_start:
            yield from _close(open_marks, boundary)
        else:
            open_marks.append(pending.pop())
            yield _opening(open_marks[-1], is_cut=_crosses(open_marks, open_marks[-1]))
    yield escape(text[position:])


def _crosses(open_marks: list[Mention], mention: Mention) -> bool:
    return any(outer.end < mention.end for outer in open_marks)


def _close(open_marks: list[Mention], position: int) -> Iterator[str]:
    """Closes the marks that end here; those inside them that go on are opened again."""
    first = next(place for place, mention in enumerate(open_marks) if mention.end == position)
    reopened = [mention for mention in open_marks[first:] if mention.end > position]
    yield "</mark>" * (len(open_marks) - first)
    del open_marks[first:]
    for mention in reopened:
        open_marks.append(mention)
        yield _opening(mention, is_cut=_crosses(open_marks, mention))


def _opening(mention: Mention, *, is_cut: bool) -> str:
    classes = ["cut"] * is_cut + ["gap"] * mention.is_discontinuous
    class_ = f' class="{" ".join(classes)}"' if classes else ""
    label, title = escape(mention.label), escape(_title(mention))
    return (
        f'<mark{class_} style="--hue:{_hue(mention.label)}" data-label="{label}" title="{title}">'
    )


def _title(mention: Mention) -> str:
    lines = [f"{mention.label} {mention.start}:{mention.end}"]
    if mention.is_discontinuous:
        lines.append("parts " + ", ".join(f"{start}:{end}" for start, end in mention.fragments))
    if mention.confidence is not None:
        lines.append(f"confidence {mention.confidence:.3f}")
    for concept in mention.concepts:
        score = "" if concept.score is None else f" ({concept.score:.3f})"
        lines.append(f"{concept.id} {concept.name or ''}".strip() + score)
    return "\n".join(lines)


def _hue(label: str) -> int:
    if label in _HUES:
        return _HUES[label]
    return int(hashlib.sha256(label.encode()).hexdigest()[:8], 16) % 360
