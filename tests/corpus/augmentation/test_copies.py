from __future__ import annotations

from functools import partial
from random import Random

from bioweave.corpus import group_documents
from bioweave.corpus.augmentation import (
    NameList,
    make_copies,
    replace_mentions,
    shuffle_segments,
    vary_greek,
)
from bioweave.document import Argument, Concept, Document, Mention, Relation


def _document() -> Document:
    text = "Velmarine-α worsens marlitis, marlitis and calvosis."
    chemical = Mention(
        0,
        11,
        "Velmarine-α",
        "Chemical",
        concepts=(Concept("X:1"),),
        id="T1",
        metadata={"type": "C"},
    )
    diseases = [
        Mention(20, 28, "marlitis", "Disease", concepts=(Concept("X:2"),), metadata={"claimed": 2}),
        Mention(43, 51, "calvosis", "Disease", concepts=(Concept("X:3"),)),
    ]
    relation = Relation("worsens", (Argument("a", "T1"), Argument("b", "T2")))
    metadata = {"pmid": "7", "corpus": "sample", "alternatives": [[0, 3]]}
    document = Document("PMID:7", text, relations=(relation,), metadata=metadata)
    return document.with_mentions([chemical, *diseases])


def test_copies_say_where_they_come_from_and_nothing_untrue() -> None:
    names = NameList({"Disease": ["calvosis", "marlitis"]})
    change = partial(replace_mentions, names=names, probability=1.0)
    (copy,) = make_copies([_document()], change, "mentions").documents
    assert copy.id == "PMID:7+mentions-1"
    assert copy.metadata == {"pmid": "7", "corpus": "sample", "augmentation": "mentions-1"}
    assert not copy.relations
    # Calvosis stands where marlitis did, and is not what marlitis is.
    assert [(m.text, [c.id for c in m.concepts]) for m in copy.mentions] == [
        ("Velmarine-α", ["X:1"]),
        ("calvosis", []),
        ("marlitis", []),
    ]
    assert [dict(mention.metadata) for mention in copy.mentions] == [{"type": "C"}, {}, {}]
    assert group_documents([_document(), copy]) == [0, 0]


def test_other_spellings_mean_the_same() -> None:
    made = make_copies(
        [_document()], partial(vary_greek, probability=1.0), "greek", keeps_meaning=True
    )
    assert made.documents[0].mentions[0].text == "Velmarine-alpha"
    assert [c.id for m in made.documents[0].mentions for c in m.concepts] == ["X:1", "X:2", "X:3"]


def test_copies_that_are_no_news_are_counted() -> None:
    made = make_copies([_document(), Document("e", "")], vary_greek, "greek", copies=4)
    assert [one.text for one in made.documents] == [
        "Velmarine-alpha worsens marlitis, marlitis and calvosis."
    ]
    assert made.n_unchanged == 7


def test_what_becomes_of_a_document_does_not_depend_on_the_others() -> None:
    texts = ["One two three four five.", "Six seven eight nine ten.", "One more of them all here."]
    documents = [Document(f"d{i}", text) for i, text in enumerate(texts)]
    change = partial(shuffle_segments, probability=1.0)
    made = make_copies(documents, change, "shuffling", copies=2, seed=5).documents
    again = make_copies(documents[::-1], change, "shuffling", copies=2, seed=5).documents
    assert {one.id: one.text for one in made} == {one.id: one.text for one in again}
    other = make_copies(documents, change, "shuffling", copies=2, seed=6).documents
    assert [one.text for one in made] != [one.text for one in other]
    fewer = make_copies(documents, change, "shuffling", copies=1, seed=5).documents
    assert {one.id: one.text for one in fewer}.items() <= {one.id: one.text for one in made}.items()


def test_the_chance_is_of_the_text_as_well() -> None:
    def draws(document: Document, chance: Random) -> Document:
        return Document(document.id, str(chance.random()))

    alike = make_copies([Document("", "a"), Document("", "b")], draws, "x").documents
    assert alike[0].text != alike[1].text
