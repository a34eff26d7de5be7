from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_relations import concept_document, mention_document
from pairs_by_hand import CAUSES, FIRST_MARKER, GENES, make_cutter

from bioweave.document import Concept, Document, Mention
from bioweave.errors import ConfigurationError
from bioweave.relating import Markers, PairCutter, RelationTask, RelationWindows
from bioweave.relating.batches import bucket_marked, pad_marked
from bioweave.relating.scoring import CutPair
from bioweave.relating.windows import HEAD, MOST_MARKED, TAIL, WHOLE


def cut(cutter: PairCutter, document: Document) -> list[CutPair]:
    return list(cutter.cut(0, cutter.segmented(document)))


def spelled(cutter: PairCutter, window: object) -> str:
    """The window's pieces, marks as <k> and </k> with k counting from the first."""
    shown = []
    for piece in window.piece_ids.tolist():  # type: ignore[attr-defined]
        if piece < FIRST_MARKER:
            shown.append(cutter.tokenizer.id_to_token(piece))
        else:
            slash, number = ("/" if piece % 2 else ""), (piece - FIRST_MARKER) // 2
            shown.append(f"<{slash}{number}>")
    return " ".join(shown).replace(" ##", "")


def test_marks_stand_around_the_mentions_and_say_role_and_label() -> None:
    mentions = (Mention(0, 2, "an", "Chemical"), Mention(6, 8, "is", "Gene"))
    cutter = make_cutter(GENES)
    [one] = cut(cutter, Document("d", "an at is on", mentions))
    [window] = one.windows
    assert spelled(cutter, window) == "[CLS] <0> an </0> at <3> is </3> on [SEP]"
    assert window.roles.tolist() == [WHOLE, HEAD, TAIL]
    assert window.piece_ids[window.places].tolist() == [1, FIRST_MARKER, FIRST_MARKER + 6]


def test_nested_mentions_are_marked_one_inside_the_other() -> None:
    mentions = (Mention(0, 5, "an at", "Gene"), Mention(0, 2, "an", "Chemical"))
    cutter = make_cutter(GENES)
    [one] = cut(cutter, Document("d", "an at is", mentions))
    assert spelled(cutter, one.windows[0]) == "[CLS] <3> <0> an </0> at </3> is [SEP]"


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 300), st.sampled_from([96, 100, 128, 256]))
def test_every_window_fits_and_marks_both_ends(number: int, max_pieces: int) -> None:
    cutter = make_cutter(GENES, CAUSES, max_pieces=max_pieces)
    for document in (mention_document(number), concept_document(number)):
        for one in cut(cutter, document):
            assert one.windows
            for window in one.windows:
                assert len(window.piece_ids) <= max_pieces
                roles = window.roles.tolist()
                assert roles[0] == WHOLE and window.places[0] == 0
                assert HEAD in roles and TAIL in roles
                marks = window.piece_ids[window.places[1:]]
                assert (marks >= FIRST_MARKER).all() and (marks % 2 == 0).all()
            n_marked = sum(len(window.places) - 1 for window in one.windows)
            n_mentions = len(one.pair.head.mentions) + len(one.pair.tail.mentions)
            assert n_marked + sum(window.n_unmarked for window in one.windows) >= n_mentions


def test_a_sentence_that_is_too_long_is_cut_far_from_the_marks_and_counted() -> None:
    far = "x " * 300
    text = f"{far}an at is {far}".strip()
    start = text.index("an")
    mentions = (
        Mention(start, start + 2, "an", "Chemical"),
        Mention(start + 6, start + 8, "is", "Gene"),
    )
    cutter = make_cutter(GENES, max_pieces=96)
    [one] = cut(cutter, Document("d", text, mentions))
    [window] = one.windows
    assert len(window.piece_ids) == 96
    assert "<0> an </0> at <3> is </3>" in spelled(cutter, window)
    assert window.n_cut > 100


def test_of_very_many_mentions_the_nearest_are_marked_and_the_others_counted() -> None:
    names = ["an"] * 20 + ["is"]
    text = " ".join(names)
    mentions = tuple(
        Mention(3 * i, 3 * i + 2, name, label, concepts=(Concept(label),))
        for i, name in enumerate(names)
        for label in (["Chemical"] if name == "an" else ["Disease"])
    )
    [one] = cut(make_cutter(CAUSES), Document("d", text, mentions))
    [window] = one.windows
    assert (window.roles == HEAD).sum() == MOST_MARKED
    assert window.n_unmarked == 20 - MOST_MARKED
    assert (np.diff(np.sort(window.places[window.roles == HEAD])) <= 4).all()


def test_a_mention_without_pieces_is_marked_all_the_same() -> None:
    mentions = (Mention(3, 4, "\u200b", "Chemical"), Mention(5, 7, "is", "Gene"))
    cutter = make_cutter(GENES)
    pairs = cut(cutter, Document("d", "an \u200b is", mentions))
    for one in pairs:
        assert {HEAD, TAIL} <= set(one.windows[0].roles.tolist())


def test_batches_hold_each_window_once_and_padding_is_nothing() -> None:
    cutter = make_cutter(GENES, CAUSES)
    windows = [
        window
        for number in range(10)
        for document in (mention_document(number), concept_document(number))
        for one in cut(cutter, document)
        for window in one.windows
    ]
    seen: list[int] = []
    for shape, indices in bucket_marked(windows, 300):
        inputs = pad_marked([windows[i] for i in indices], shape)
        assert inputs["piece_ids"].shape == (len(indices), shape[0])
        assert len(indices) == 1 or inputs["piece_ids"].size <= 300
        for row, index in enumerate(indices):
            own = windows[index]
            n = len(own.piece_ids)
            assert inputs["piece_mask"][row].tolist() == [1] * n + [0] * (shape[0] - n)
            assert inputs["piece_ids"][row, :n].tolist() == own.piece_ids.tolist()
            assert inputs["roles"][row, len(own.roles) :].sum() == 0
        seen += indices
    assert sorted(seen) == list(range(len(windows)))


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="max_pieces is 20"):
        RelationWindows(20)
    with pytest.raises(ConfigurationError, match="each of them once"):
        RelationTask("t", ("A", "A"), "Gene", "Gene")
    with pytest.raises(ConfigurationError, match="it is mentions or concepts"):
        RelationTask("t", ("A",), "Gene", "Gene", "sentences")  # type: ignore[arg-type]


def test_each_mark_is_a_piece_of_its_own() -> None:
    markers = Markers(("Chemical", "Gene"), 50)
    pieces = [
        piece
        for role in ("head", "tail")
        for label in markers.labels
        for piece in markers.around(role, label)  # type: ignore[arg-type]
    ]
    assert sorted(pieces) == list(range(50, 50 + len(markers)))
