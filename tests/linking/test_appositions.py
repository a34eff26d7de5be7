from __future__ import annotations

import pytest

from bioweave.document import Document
from bioweave.lexicon import Lexicon
from bioweave.linking import LearnedNames, Linker
from bioweave.linking.appositions import appositions

from .conftest import believing, mentioned


@pytest.mark.parametrize("between, behind", [(" (", ")"), ("(", ","), (" [", "]"), (" ( ", ";")])
def test_a_mention_in_brackets_explains_the_one_before(between: str, behind: str) -> None:
    document = mentioned(
        f"Tolic fever{between}ZB7{behind} hurts.", ("Tolic fever", ""), ("ZB7", "")
    )
    [(first, second)] = appositions(document)
    assert (first.text, second.text) == ("Tolic fever", "ZB7")


@pytest.mark.parametrize(
    "text",
    ["Tolic fever and ZB7) hurt.", "Tolic fever (with ZB7) hurts.", "Tolic fever (ZB7 and more)."],
)
def test_what_stands_otherwise_explains_nothing(text: str) -> None:
    assert not list(appositions(mentioned(text, ("Tolic fever", ""), ("ZB7", ""))))


def test_other_labels_explain_nothing() -> None:
    document = mentioned("Tolic fever (ZB7) hurts.", ("Tolic fever", ""), ("ZB7", ""))
    fever, short = document.mentions
    chemical = type(short)(short.start, short.end, short.text, "Chemical")
    assert not list(appositions(document.with_mentions([fever, chemical])))


def concepts_of(document: Document) -> list[list[str]]:
    return [[concept.id for concept in mention.concepts] for mention in document.mentions]


def test_the_clear_mention_lends_its_concept_throughout_the_document(lexicon: Lexicon) -> None:
    linker = Linker(LearnedNames({}), {"Disease": believing()}, lexicon)
    for first, second in (("Tolic fever", "ZB7"), ("ZB7", "Tolic fever")):
        document = mentioned(
            f"{first} ({second}) hurts. Now {first.lower()} is gone.",
            (first, ""),
            (second, ""),
        )
        found = linker(document)
        assert concepts_of(found) == [["X:2"], ["X:2"]]
        scores = {mention.text: mention.concepts[0].score for mention in found.mentions}
        assert scores["ZB7"] is not None and scores["Tolic fever"] is not None
        assert scores["ZB7"] < scores["Tolic fever"]
    assert concepts_of(linker(mentioned("It was ZB7.", ("ZB7", "")))) == [[]]


def test_two_clear_mentions_keep_their_own(lexicon: Lexicon) -> None:
    linker = Linker(LearnedNames({}), {"Disease": believing()}, lexicon)
    document = mentioned(
        "Tolic fever (velmar disease) hurts.", ("Tolic fever", ""), ("velmar disease", "")
    )
    assert concepts_of(linker(document)) == [["X:2"], ["X:1"]]
