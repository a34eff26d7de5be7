from __future__ import annotations

import colorsys
import io
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.document import Concept, Document, Mention, Span
from bioweave.formats import open_writer


class Marks(HTMLParser):
    """Rebuilds the text of an article and the extents of its marks."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.marked: list[tuple[int, int, str]] = []
        self.tags: list[str] = []
        self._open: list[tuple[int, str]] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        values = dict(attrs)
        if tag == "div":
            self._is_inside = True
        elif tag == "mark":
            self._open.append((len(self.text), values["data-label"] or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            start, label = self._open.pop()
            self.marked.append((start, len(self.text), label))
        elif tag == "div":
            assert not self._open
            self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.text += data


def page(document: Document) -> str:
    stream = io.BytesIO()
    with open_writer(stream, "html") as writer:
        writer.write(document)
    return stream.getvalue().decode()


def test_a_page_shows_and_escapes() -> None:
    text = "<script>alert('x')</script> & gout"
    mention = Mention(
        30, 34, "gout", 'A"B', 0.987654, (Concept("MESH:D1", "Gout <b>", 0.5),),
        fragments=(Span(30, 31), Span(33, 34)),
    )  # fmt: skip
    html = page(Document("<id>", text, (mention,)))
    assert "<script" not in html
    assert "&lt;id&gt;" in html
    assert 'data-label="A&quot;B"' in html
    assert "confidence 0.988\nMESH:D1 Gout &lt;b&gt; (0.500)" in html
    assert "parts 30:31, 33:34" in html
    assert not re.search(r"(src|href)=|https?://", html)  # nothing is fetched


@st.composite
def marked_texts(draw: st.DrawFn) -> Document:
    text = draw(st.text("ab <&\n", min_size=1, max_size=20))
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    spans = draw(st.lists(ends.map(sorted).filter(lambda ends: ends[0] < ends[1]), max_size=5))
    return Document(
        "d", text,
        tuple(Mention(a, b, text[a:b], f"L{n}") for n, (a, b) in enumerate(spans)),
    )  # fmt: skip


@given(document=marked_texts())
def test_marks_nest_and_cover_exactly_the_mentions(document: Document) -> None:
    marks = Marks()
    marks.feed(page(document))
    assert marks.text == document.text
    for mention in document.mentions:
        pieces = sorted((a, b) for a, b, label in marks.marked if label == mention.label)
        assert pieces[0][0] == mention.start
        assert pieces[-1][1] == mention.end
        assert all(left[1] == right[0] for left, right in pairwise(pieces))


def test_a_mark_that_nests_is_never_cut() -> None:
    text = "acute renal failure"
    marks = Marks()
    marks.feed(page(Document("d", text, (
        Mention(6, 11, "renal", "Organ"), Mention(0, 19, text, "Disease"),
        Mention(6, 19, "renal failure", "Disease2"),
    ))))  # fmt: skip
    assert sorted(marks.marked) == [(0, 19, "Disease"), (6, 11, "Organ"), (6, 19, "Disease2")]


def luminance(red: float, green: float, blue: float) -> float:
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_on_marks_is_readable_in_every_hue(theme: str) -> None:
    """WCAG 2's contrast ratio, from the numbers that stand in the page."""
    html = page(Document("d", "x"))
    light, dark = html.split("@media", 1)
    css = light if theme == "light" else dark
    ink = re.search(r"--ink: #([0-9a-f]{6})", css)
    lightness = re.search(r"--mark-lightness: (\d+)%", css)
    assert ink and lightness
    ink_luminance = luminance(*(int(ink[1][at : at + 2], 16) / 255 for at in (0, 2, 4)))
    for hue in range(360):
        mark = luminance(*colorsys.hls_to_rgb(hue / 360, int(lightness[1]) / 100, 0.6))
        high, low = max(mark, ink_luminance), min(mark, ink_luminance)
        assert (high + 0.05) / (low + 0.05) >= 7
