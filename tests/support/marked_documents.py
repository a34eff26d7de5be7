"""Hypothesis strategies: documents with any mentions, in any place, and with any number of them."""

from __future__ import annotations

from hypothesis import strategies as st

from bioweave.document import Document, Mention, Passage, Span

LABELS = ("Disease", "Chemical", "Gene")
# Letters that grow in capitals, Greek, combining marks, joints, spaces of several kinds.
_LETTERS = "abcAB12 ..,-()αβΔßŉé\u0301\n\u00a0µ中😀"
_WORDS = "alpha IL-2 TNFα TNF-alpha kinase velmar marlitis. The of (HT2A) ß straße ΑΣ 中文".split()

texts = st.one_of(
    st.text(_LETTERS, max_size=60),
    st.text(max_size=30),
    st.lists(st.sampled_from(_WORDS), max_size=15).map(" ".join),
)


@st.composite
def marked_documents(draw: st.DrawFn) -> Document:
    """A document whose mentions may be nested, crossing, with gaps, or inside words."""
    text = draw(texts)
    places = st.integers(0, len(text))
    mentions = []
    for _ in range(draw(st.integers(0, 5)) if text else 0):
        edges = sorted(draw(st.sets(places, min_size=2, max_size=4)))
        start, end = edges[0], edges[-1]
        fragments = (Span(*edges[:2]), Span(*edges[2:])) if len(edges) == 4 else ()
        label = draw(st.sampled_from(LABELS))
        mentions.append(Mention(start, end, text[start:end], label, fragments=fragments))
    middle = draw(places)
    passages = (Passage(0, middle, "title"), Passage(middle, len(text), "abstract"))
    document = Document("d", text, passages=passages if draw(st.booleans()) else ())
    return document.with_mentions(mentions)


@st.composite
def counted_documents(draw: st.DrawFn, max_size: int = 24) -> list[Document]:
    """Documents of distinct ids and texts, each with some mentions of some labels; some tied."""
    size = draw(st.integers(1, max_size))
    counts = draw(st.lists(st.integers(0, 63), min_size=size, max_size=size))
    abstracts = draw(st.lists(st.integers(0, 15), min_size=size, max_size=size))
    made = []
    for number, (count, abstract) in enumerate(zip(counts, abstracts, strict=True)):
        # Up to three mentions of each label.
        labels = [label for i, label in enumerate(LABELS) for _ in range(count >> 2 * i & 3)]
        metadata = {"pmid": str(abstract)} if abstract < 10 else {}
        mentions = tuple(Mention(0, 1, "x", label) for label in labels)
        made.append(Document(f"d{number}", "x" * (number + 1), mentions, metadata=metadata))
    return made
