from __future__ import annotations

import pytest

from bioweave.corpus.augmentation import Edit, edited
from bioweave.corpus.augmentation.edits import cut_at, edges_of, is_cut
from bioweave.document import Document, Mention, Passage, Span


def _document() -> Document:
    text = "Oral velmar in liver and lung fever."
    mentions = (
        Mention(5, 11, "velmar", "Chemical"),
        Mention(15, 35, "liver and lung fever", "Disease", fragments=(Span(15, 20), Span(30, 35))),
        Mention(25, 35, "lung fever", "Disease"),
    )
    return Document(
        "d", text, mentions, passages=(Passage(0, 14, "title"), Passage(15, 36, "rest"))
    )


def test_everything_moves_with_the_text() -> None:
    changed = edited(
        _document(), [Edit(30, 35, "pox"), Edit(5, 11, "doxaline"), Edit(21, 24, "or")]
    )
    assert changed.checked().text == "Oral doxaline in liver or lung pox."
    assert [mention.text for mention in changed.mentions] == [
        "doxaline",
        "liver or lung pox",
        "lung pox",
    ]
    assert [changed.text[one.start : one.end] for one in changed.mentions[1].fragments] == [
        "liver",
        "pox",
    ]
    assert [changed.text[start:end] for start, end, _ in changed.passages] == [
        "Oral doxaline in",
        "liver or lung pox.",
    ]


def test_no_edit_changes_nothing() -> None:
    assert edited(_document(), []) == _document()


@pytest.mark.parametrize(
    ("edits", "complaint"),
    [
        ([Edit(4, 4, "x")], "is empty or outside the text of 36"),
        ([Edit(30, 40, "x")], "is empty or outside"),
        ([Edit(-1, 3, "x")], "is empty or outside"),
        ([Edit(0, 3, "x"), Edit(2, 4, "y")], "overlap"),
        ([Edit(8, 14, "x")], "stands inside"),
        ([Edit(12, 16, "x")], "stands inside"),
        ([Edit(5, 11, "")], "nothing would be left of mention 'velmar'"),
    ],
)
def test_edits_that_would_lose_a_place_are_refused(edits: list[Edit], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        edited(_document(), edits)


def test_edges() -> None:
    edges = edges_of(_document())
    assert edges == [0, 5, 11, 14, 15, 20, 25, 30, 35, 36]
    assert not is_cut(5, 11, edges)
    assert is_cut(4, 11, edges)
    assert not is_cut(36, 40, edges)
    assert cut_at(4, 12, edges) == [(4, 5), (5, 11), (11, 12)]
    assert cut_at(6, 8, edges) == [(6, 8)]
