from __future__ import annotations

from collections.abc import Callable

from bioweave.document import Document, Mention
from bioweave.lexicon import AnnotatedDocuments, HoldingBack, Lexicon, Matcher

Build = Callable[..., Lexicon]

_ROWS = {"Disease": [("D1", "syndrome"), ("D2", "gout")], "Gene": [("G1", "syndrome")]}


def _document(number: int, text: str, *mentions: tuple[int, int, str]) -> Document:
    return Document(
        str(number),
        text,
        tuple(Mention(start, end, text[start:end], label) for start, end, label in mentions),
    )


def _annotated(labels: tuple[str, ...] = ("Disease",)) -> AnnotatedDocuments:
    text = "The syndrome of gout, a syndrome and gout"
    return AnnotatedDocuments(
        [
            # Part of a mention counts; another label's mention does not.
            _document(1, text, (4, 20, "Disease"), (24, 32, "Gene"), (37, 41, "Disease")),
            _document(2, text, (16, 20, "Disease")),
        ],
        labels,
    )


def test_names_that_mostly_stand_unannotated_are_held_back(build: Build) -> None:
    lexicon = build(_ROWS, learn_from=[_annotated()])
    (learned,) = lexicon.learned
    assert (learned.key, learned.label) == ("syndrome", "Disease")
    assert (learned.n_found, learned.n_annotated) == (4, 1)
    text = "A syndrome or gout"
    matches = Matcher(lexicon).find(text)
    assert [(match.label, text[match.start : match.end]) for match in matches] == [
        ("Gene", "syndrome"),
        ("Disease", "gout"),
    ]
    assert len(Matcher(lexicon, held_back=True).find(text)) == 3


def test_rare_names_kept_names_and_other_labels_are_left_alone(build: Build) -> None:
    few = AnnotatedDocuments(_annotated().documents[:1], ("Disease",))
    assert build(_ROWS, learn_from=[few]).learned == ()
    keep = HoldingBack(keep=("Syndromes",))
    assert build(_ROWS, learn_from=[_annotated()], holding_back=keep).learned == ()
    assert build(_ROWS, learn_from=[_annotated(("Species",))]).learned == ()


def test_what_was_learned_is_reproducible(build: Build) -> None:
    first = build(_ROWS, learn_from=[_annotated()]).path.read_bytes()
    assert build(_ROWS, learn_from=[_annotated()]).path.read_bytes() == first
