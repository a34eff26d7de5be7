from __future__ import annotations

import pickle
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bioweave.document import Concept, Document, Mention
from bioweave.errors import BundleError
from bioweave.lexicon import Lexicon, SourceSettings, build_lexicon
from bioweave.lexicon.labels import ANY_LABEL
from bioweave.linking import LearnedNames, Link, Linker, Reranker
from bioweave.linking.evidence import FEATURES

from .conftest import believing, mentioned


@pytest.fixture
def linker(lexicon: Lexicon, documents: list[Document]) -> Linker:
    learned = LearnedNames.from_documents(documents)
    return Linker(learned, {"Disease": believing()}, lexicon)


def test_known_names_are_linked_whatever_their_spelling(linker: Linker) -> None:
    for text, id_ in (
        ("velmar syndromes", "X:1"),
        ("VELMAR-DISEASE", "X:1"),
        ("fever, tolic", "X:2"),
        ("malaise", "X:7"),  # as annotators have it
    ):
        found = linker.link(text, "Disease")
        assert found.ids == (id_,)
        assert 0.5 < found.score <= 1


def test_names_that_look_alike_are_candidates(linker: Linker) -> None:
    assert linker.link("tolick fever", "Disease").ids == ("X:2",)


def test_nothing_fits_what_is_unheard_of(linker: Linker) -> None:
    found = linker.link("wobbly knees", "Disease")
    assert found.ids == ()
    assert found.score > 0.5
    assert linker.link("...", "Disease") == Link((), pytest.approx(1.0))


def test_the_likeliest_concept_is_given_all_the_same_where_it_is_asked_for(linker: Linker) -> None:
    assert linker.link("tolerant fevers", "Disease").ids == ()
    found = linker.link("tolerant fevers", "Disease", always=True)
    assert found.ids == ("X:2",)
    assert 0 < found.score < 0.5
    document = mentioned("They had tolerant fevers.", ("tolerant fevers", ""))
    assert linker(document).mentions[0].concepts == ()
    assert linker.linked(document, always=True).mentions[0].concepts[0].id == "X:2"


def test_parts_of_a_composite_are_one_concept_each(lexicon: Lexicon) -> None:
    met = [mentioned("Both failures hurt.", ("Both failures", "X:5 X:6"))]
    linker = Linker(LearnedNames.from_documents(met), {"Disease": believing()}, lexicon)
    assert set(linker.link("both failures", "Disease").ids) == {"X:5", "X:6"}
    assert linker.link("both failures and tolic fever", "Disease").ids == ()


def test_composites_have_several_concepts(linker: Linker) -> None:
    found = linker.link("left and right orbane failure", "Disease")
    assert set(found.ids) == {"X:5", "X:6"}


def test_a_long_form_speaks_for_its_short_form(lexicon: Lexicon) -> None:
    linker = Linker(LearnedNames({}), {"Disease": believing()}, lexicon)
    assert linker.link("OD", "Disease").ids == ()
    assert linker.link("OD", "Disease", "orbane deficiency").ids == ("X:4",)
    document = linker(mentioned("Orbane deficiency (OD) is rare. OD hurts.", ("OD", "")))
    assert [concept.id for concept in document.mentions[0].concepts] == ["X:4"]


def test_a_document_gets_names_and_scores_instead_of_what_it_had(linker: Linker) -> None:
    document = linker(mentioned("Velmar disease hurts.", ("Velmar disease", "Y:9")))
    [concept] = document.mentions[0].concepts
    assert (concept.id, concept.name) == ("X:1", "Velmar Syndrome")
    assert concept.score is not None and 0 < concept.score <= 1


def test_labels_that_are_not_linked_keep_their_concepts(linker: Linker) -> None:
    document = mentioned("Velmar disease hurts.", ("Velmar disease", "Y:9"), ("hurts", "Y:8"))
    disease, other = document.mentions
    other = replace(other, label="Event", metadata={"by": "hand"})
    linked = linker(document.with_mentions([disease, other]))
    assert [concept.id for concept in linked.mentions[0].concepts] == ["X:1"]
    assert linked.mentions[1] == other


def test_a_short_form_means_what_was_defined_last_before_it(lexicon: Lexicon) -> None:
    linker = Linker(LearnedNames({}), {"Disease": believing()}, lexicon)
    text = "OD? OD (orbane deficiency) and OD. Ortolic fever, omitted tolic fever or velmar "
    text += "disease (OD) and OD."
    mentions = [Mention(*place.span(), "OD", "Disease") for place in re.finditer("OD", text)]
    linked = linker(Document("1", text).with_mentions(mentions))
    found = [[concept.id for concept in mention.concepts] for mention in linked.mentions]
    assert found == [["X:4"], ["X:4"], ["X:4"], ["X:1"], ["X:1"]]


def test_without_a_lexicon_it_knows_what_it_learned(documents: list[Document]) -> None:
    linker = Linker(LearnedNames.from_documents(documents), {"Disease": believing()})
    found = linker.link("chronic tolic fever", "Disease")
    assert found.ids == ("X:3",)
    assert linker.concepts(found, "Disease")[0] == Concept(
        "X:3", "chronic tolic fevers", found.score
    )
    assert linker.link("right orbane failure", "Disease").ids == ()


def test_answers_are_ranked_with_the_chosen_one_first(linker: Linker) -> None:
    answers = linker.rank("tolic fever", "Disease")
    assert answers[0] == linker.link("tolic fever", "Disease")
    assert sum(answer.score for answer in answers) == pytest.approx(1)
    assert any(answer.ids == () for answer in answers)
    composite = linker.rank("left and right orbane failure", "Disease")
    assert set(composite[0].ids) == {"X:5", "X:6"}


def test_it_links_the_same_after_saving_and_pickling(
    linker: Linker, lexicon: Lexicon, tmp_path: Path
) -> None:
    linker.save(tmp_path)
    for again in (Linker.load(tmp_path, lexicon), pickle.loads(pickle.dumps(linker))):
        assert again.labels == ("Disease",)
        for text in ("velmar disease", "tolick fever", "left and right orbane failure", "knees"):
            assert again.link(text, "Disease") == linker.link(text, "Disease")


def test_damage_is_named(linker: Linker, tmp_path: Path) -> None:
    linker.save(tmp_path)
    (tmp_path / "names.json").write_text("[1]")
    with pytest.raises(BundleError, match=r"names.json: not a table of names"):
        Linker.load(tmp_path)
    linker.save(tmp_path)
    (tmp_path / "reranker-Disease.npz").write_bytes(b"PK")
    with pytest.raises(BundleError, match="not a reranker"):
        Linker.load(tmp_path)


def test_probabilities_sum_to_one_and_cool_with_temperature() -> None:
    rows = np.eye(len(FEATURES), dtype=np.float32)[:3]
    warm = believing()
    cool = Reranker(warm.weights, warm.biases, warm.nothing, temperature=4.0)
    for reranker in (warm, cool):
        assert reranker.probabilities(rows).sum() == pytest.approx(1)
    assert cool.probabilities(rows).max() < warm.probabilities(rows).max()
    assert warm.probabilities(rows[:0]).tolist() == [1.0]


def test_names_of_no_known_label_are_for_mentions_of_any(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(
        "id,scheme,subject\nhttp://example.org/H1,Some,Tolic Fever\n"
    )
    source = SourceSettings(tmp_path / "table.csv", prefix="X", label=ANY_LABEL)
    lexicon = build_lexicon([source], tmp_path / "any.lexicon")
    linker = Linker(LearnedNames({}), {"Disease": believing()}, lexicon)
    assert linker.link("tolic fevers", "Disease").ids == ("X:H1",)
