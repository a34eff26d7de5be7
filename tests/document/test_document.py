import pickle

import pytest

from bioweave.document import Concept, Document, Mention, Passage, Span
from bioweave.errors import OffsetError

TEXT = "Aspirin eased the chest pain."


def aspirin(**changes: object) -> Mention:
    given: dict[str, object] = {"start": 0, "end": 7, "text": "Aspirin", "label": "Chemical"}
    return Mention(**(given | changes))  # type: ignore[arg-type]


def test_a_document_that_fits_its_text_is_returned_unchanged() -> None:
    document = Document("d", TEXT, (aspirin(),), passages=(Passage(0, len(TEXT), "title"),))
    assert document.checked() is document


@pytest.mark.parametrize(
    ("mention", "complaint"),
    [
        (aspirin(end=6), "reads 'Aspiri' there"),
        (aspirin(start=-1), "lies outside"),
        (aspirin(end=99), "lies outside"),
        (aspirin(start=3, end=3, text=""), "is empty"),
        (aspirin(fragments=(Span(0, 3), Span(2, 7))), "overlapping"),
        (aspirin(fragments=(Span(0, 3), Span(4, 6))), "not spanning"),
    ],
)
def test_wrong_offsets_are_named(mention: Mention, complaint: str) -> None:
    with pytest.raises(OffsetError, match=complaint) as caught:
        Document("d7", TEXT, (mention,)).checked(source="notes.jsonl")
    assert caught.value.place.source == "notes.jsonl"
    assert caught.value.place.document == "d7"
    assert caught.value.place.offset == mention.start


def test_a_passage_outside_the_text_is_named() -> None:
    document = Document("d", TEXT, passages=(Passage(0, 99, "title"),))
    with pytest.raises(OffsetError, match=r"passage 'title' at 0:99"):
        document.checked()


def test_mentions_are_ordered_by_start_then_longest_first() -> None:
    pain = Mention(24, 28, "pain", "Disease")
    chest_pain = Mention(18, 28, "chest pain", "Disease")
    chest = Mention(18, 23, "chest", "Anatomy")
    document = Document("d", TEXT).with_mentions([pain, chest, chest_pain, aspirin()])
    assert [mention.text for mention in document.mentions] == [
        "Aspirin",
        "chest pain",
        "chest",
        "pain",
    ]


def test_offsets_count_code_points_not_bytes() -> None:
    text = "β-blocker 💊 for angina"
    start = text.index("angina")
    document = Document("d", text, (Mention(start, start + 6, "angina", "Disease"),))
    assert document.checked().mentions[0].start == 16


def test_documents_survive_pickling_and_mentions_can_stand_in_sets() -> None:
    mention = aspirin(concepts=(Concept("MESH:D001241"),), metadata={"type": "drug"})
    document = Document("d", TEXT, (mention,))
    assert pickle.loads(pickle.dumps(document)) == document
    assert len({mention, aspirin(concepts=(Concept("MESH:D001241"),), metadata={})}) == 2
