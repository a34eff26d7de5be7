"""Records through JSON, and as a page, a terminal's text and a picture."""

from __future__ import annotations

from html.parser import HTMLParser
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from bioweave.errors import ConfigurationError, FormatError
from bioweave.explanation import (
    Alternative,
    DictionaryHit,
    Evidence,
    Explanation,
    LearnedName,
    WhatIf,
    WordWeight,
    from_json,
    to_json,
)
from bioweave.explanation.rendering.html_page import render_html
from bioweave.explanation.rendering.picture import render_png
from bioweave.explanation.rendering.telling import facts, pieces
from bioweave.explanation.rendering.terminal import coloured_text, render_terminal

texts = st.text(max_size=12)
offsets = st.integers(0, 10_000)
shares = st.floats(0, 1)
weights = st.floats(-1, 1)
alternatives = st.builds(Alternative, offsets, offsets, texts, texts, shares)
evidences = st.builds(
    Evidence,
    threshold=shares,
    confidence=st.none() | shares,
    transition_share=weights,
    absence=shares,
    runner_up=st.none() | alternatives,
    instead=st.lists(alternatives, max_size=2).map(tuple),
    dictionary=st.lists(
        st.builds(
            DictionaryHit,
            offsets,
            offsets,
            texts,
            texts,
            st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    long_form=st.none() | texts,
    learned=st.lists(
        st.builds(LearnedName, texts, st.lists(texts, max_size=2).map(tuple), offsets, shares),
        max_size=2,
    ).map(tuple),
)


@st.composite
def explanations(draw: st.DrawFn) -> Explanation:
    """Any text cut into words at any places, with any evidence."""
    text = draw(st.text(min_size=1, max_size=30))
    first = draw(offsets)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=9)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False)) or [(0, len(text))]
    words = tuple(
        WordWeight(first + start, first + end, text[start:end], draw(weights))
        for start, end in pairs
    )
    start, end = words[0].start, draw(st.sampled_from(words)).end
    return Explanation(
        document=draw(texts),
        text=text,
        text_start=first,
        start=start,
        end=end,
        mention=text[start - first : end - first],
        label=draw(texts),
        is_found=draw(st.booleans()),
        probability=draw(shares),
        base=draw(weights),
        words=words,
        method=draw(texts),
        seconds=draw(st.floats(0, 1e6)),
        evidence=draw(evidences),
        settings=draw(st.dictionaries(texts, st.none() | weights | texts | offsets, max_size=3)),
        without=tuple(
            draw(st.lists(st.builds(WhatIf, st.tuples(texts), shares, shares), max_size=2))
        ),
        notes=tuple(draw(st.lists(texts, max_size=2))),
    )


@given(st.lists(explanations(), max_size=3))
def test_they_survive_json(many: list[Explanation]) -> None:
    assert from_json(to_json(many)) == many


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "the file: Invalid JSON"), ('[{"document": 1}]', "0.document: Input should be a valid")],
)
def test_other_json_is_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        from_json(text)


@given(explanations())
def test_pieces_are_the_whole_text(one: Explanation) -> None:
    assert "".join(piece.text for piece in pieces(one)) == one.text
    assert [piece.word for piece in pieces(one) if piece.word] == list(one.words)
    assert all(fact.title for fact in facts(one))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.texts: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if ("class", "text") in attrs:
            self._depth = 1
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._depth = 0

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.texts[-1] += data


TAGS = {"html", "head", "meta", "title", "style", "body", "article", "h2", "p", "div", "span"} | {
    "table",
    "tr",
    "th",
    "td",
}


@given(st.lists(explanations(), max_size=2))
@settings(max_examples=60)
def test_a_page_shows_the_text_and_obeys_nothing_in_it(many: list[Explanation]) -> None:
    reader = _Reader()
    reader.feed(render_html(many))
    assert set(reader.tags) <= TAGS
    # HTML makes one line end of all.
    shown = [one.text.replace("\r\n", "\n").replace("\r", "\n") for one in many]
    read = [text.replace("\r\n", "\n").replace("\r", "\n") for text in reader.texts]
    assert read == shown


def explanation_of(text: str, heavy: str) -> Explanation:
    words = []
    position = 0
    for word in text.split(" "):
        weight = 0.8 if word == heavy else -0.05
        words.append(WordWeight(position, position + len(word), word, weight))
        position += len(word) + 1
    evidence = Evidence(threshold=0.5, confidence=None, transition_share=0.1, absence=0.6)
    start, end = words[0].start, words[0].end
    return Explanation(
        document="d1",
        text=text,
        text_start=0,
        start=start,
        end=end,
        mention=text[start:end],
        label="Disease",
        is_found=False,
        probability=0.3,
        base=0.01,
        words=tuple(words),
        method="shap",
        seconds=0.1,
        evidence=evidence,
        settings={"mode": "balanced"},
    )


def test_markup_in_a_text_is_text() -> None:
    one = explanation_of('<script>alert("x")</script> & "quoted" <b>', "&")
    page = render_html([one])
    assert "<script" not in page and "<b>" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page
    assert "src=" not in page and "http" not in page


def test_a_terminal_shows_escape_sequences_and_obeys_none() -> None:
    target = StringIO()
    console = Console(file=target, force_terminal=True, color_system="truecolor", width=80)
    render_terminal(
        explanation_of("gout\x1b[2J \x07bell [red]plain[/red]", "[red]plain[/red]"), console
    )
    shown = target.getvalue()
    assert "\x1b[2J" not in shown and "\x07" not in shown
    assert "[red]plain[/red]" in shown


def test_without_colours_brackets_and_numbers_tell() -> None:
    text = coloured_text(explanation_of("gout was cured", "cured"), is_plain=True).plain
    assert text == "[gout] was cured(+0.80)"
    target = StringIO()
    render_terminal(explanation_of("gout was cured", "cured"), Console(file=target, width=100))
    shown = target.getvalue()
    assert "is not found as Disease: probability 30.0%" in shown
    assert "balanced asks for 50.0%; 20.0% short of it" in shown
    assert "no mention here" in shown


def test_a_word_that_changes_little_gets_little_colour() -> None:
    one = explanation_of("gout was cured", "")
    tiny = [WordWeight(word.start, word.end, word.text, 1e-6) for word in one.words]
    from dataclasses import replace

    text = coloured_text(replace(one, words=tuple(tiny)), is_plain=True).plain
    assert text == "[gout] was cured"


def test_a_picture_is_a_png_of_as_many_panels() -> None:
    from io import BytesIO

    import numpy as np
    from matplotlib.image import imread

    one = explanation_of("gout costs $5 or $6 健康", "gout")
    sizes = [imread(BytesIO(render_png([one] * n))).shape for n in (1, 3)]
    assert sizes[1][0] == pytest.approx(3 * sizes[0][0], rel=0.01)
    blue = (np.abs(imread(BytesIO(render_png([one])))[..., :3] - [0.227, 0.47, 0.863]) < 0.02).all(
        -1
    )
    assert blue.sum() > 500


@pytest.mark.parametrize("n", [0, 13])
def test_a_picture_has_room_for_a_dozen(n: int) -> None:
    with pytest.raises(ConfigurationError, match=f"1 to 12 explanations, and here are {n}"):
        render_png([explanation_of("gout was cured", "gout")] * n)
