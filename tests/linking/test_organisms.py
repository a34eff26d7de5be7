from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from bioweave.document import Concept, Document, Mention, Passage
from bioweave.lexicon import Lexicon
from bioweave.lexicon.building import build_lexicon
from bioweave.lexicon.property_values import property_values
from bioweave.lexicon.sources import SourceSettings
from bioweave.linking import LearnedNames, Linker
from bioweave.linking.organism_context import Decision, Ground, OrganismContext
from bioweave.linking.organism_words import Cue, OrganismWords
from bioweave.linking.organisms import GeneOrganisms

from .test_linker import believing

HUMAN_GENES = """id\tterm\tkind\ttaxon
NCBIGene:1\tVLM1\tpref\t9606
NCBIGene:1\tvelmarin\tsyn\t9606
NCBIGene:2\tORB2\tpref\t9606
NCBIGene:3\tMTOLC\tpref\t9606
"""
MOUSE_GENES = """NCBIGene:11\tVlm1\tpref\t10090
NCBIGene:11\tvelmarin\tsyn\t10090
NCBIGene:12\tTolc4\tpref\t10090
"""
YEAST_GENES = "NCBIGene:21\tVLM1\tpref\t559292\n"
SPECIES = """id\tterm\tkind
NCBITaxon:10090\tHouse mouse\tpref
NCBITaxon:10090\tvelmar strain\tsyn
NCBITaxon:7777\tGreat orbane\tpref
"""


def build(folder: Path, genes: str) -> Lexicon:
    folder.mkdir(exist_ok=True)
    (folder / "genes.tsv").write_text(genes)
    (folder / "species.tsv").write_text(SPECIES)
    return build_lexicon(
        [
            SourceSettings(folder / "genes.tsv", label="Gene"),
            SourceSettings(folder / "species.tsv", label="Species"),
        ],
        folder / "genes.lexicon",
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    return build(tmp_path_factory.mktemp("both"), HUMAN_GENES + MOUSE_GENES + YEAST_GENES)


@pytest.fixture(scope="module")
def human_only(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    return build(tmp_path_factory.mktemp("human"), HUMAN_GENES)


def linker_with(lexicon: Lexicon) -> Linker:
    return Linker(LearnedNames({}), {"Gene": believing()}, lexicon)


def genes(text: str, *names: str, title: int = 0) -> Document:
    """A document with every occurrence of the names as a gene; the first characters its title."""
    mentions = []
    for name in names:
        start = text.find(name)
        while start >= 0:
            mentions.append(Mention(start, start + len(name), name, "Gene"))
            start = text.find(name, start + 1)
    passages = (Passage(0, title, "title"), Passage(title, len(text), "abstract")) if title else ()
    return Document("1", text, passages=passages).with_mentions(mentions)


def linked(lexicon: Lexicon, document: Document) -> list[tuple[str, str, str]]:
    """Of each gene its id, its organism, and what said so."""
    return [
        (
            " ".join(concept.id for concept in mention.concepts),
            mention.metadata["organism"].removeprefix("NCBITaxon:"),
            mention.metadata["organism_by"],
        )
        for mention in linker_with(lexicon)(document).mentions
    ]


def test_words_name_organisms_but_not_tools_and_symbols() -> None:
    words = OrganismWords()
    text = "In S. cerevisiae, CAT and RAT; mouse monoclonal antibodies; Fruit flies. Mice."
    assert [text[cue.start : cue.end] for cue in words.find(text)] == [
        "S. cerevisiae",
        "Fruit flies",
        "Mice",
    ]
    assert words.find("yeast two-hybrid, yeast, patient's") == [
        Cue(18, 23, "4932"),
        Cue(25, 32, "9606"),
    ]
    assert words.taxon_of("transgenic mice") == "10090"
    assert words.taxon_of("velmar strain") is None


def test_a_lexicon_adds_its_names_of_organisms_that_it_has_genes_of(both: Lexicon) -> None:
    words = OrganismWords(both, {"10090", "7777"})
    assert words.taxon_of("the velmar strain") == "10090"
    assert words.taxon_of("a great orbane") == "7777"
    assert OrganismWords(both, {"10090"}).taxon_of("a great orbane") is None


def test_what_values_a_property_has(both: Lexicon) -> None:
    assert property_values(both, "taxon", "Gene") == {"9606", "10090", "559292"}
    assert property_values(both, "taxon", "Species") == frozenset()
    assert property_values(both, "taxon", "Variant") == frozenset()


def test_the_mention_itself_goes_first(both: Lexicon) -> None:
    document = genes("Human velmarin, hVLM1 and mVlm1 in rats.", "Human velmarin", "hVLM1", "mVlm1")
    assert linked(both, document) == [
        ("NCBIGene:1", "9606", "mention"),
        ("NCBIGene:1", "9606", "mention"),
        ("NCBIGene:11", "10090", "mention"),
    ]
    before = genes("In man and rat, mouse velmarin rises.", "velmarin")
    assert linked(both, before) == [("NCBIGene:11", "10090", "mention")]


def test_letters_that_belong_to_a_name_say_nothing(both: Lexicon) -> None:
    document = genes("Patients had MTOLC and MTOLC.", "MTOLC")
    assert linked(both, document) == [("NCBIGene:3", "9606", "sentence")] * 2


def test_long_forms_say_it_too(both: Lexicon) -> None:
    document = genes("Mouse velmarin (MV) fell. MV rose in men.", "MV")
    assert linked(both, document) == [("NCBIGene:11", "10090", "mention")] * 2


def test_the_nearest_in_the_sentence_goes_next(both: Lexicon) -> None:
    document = genes(
        "Velmarin was seen in mice and later in a patient. Patients died. "
        "In man, as in the house mouse, it is velmarin.",
        "Velmarin",
        "velmarin",
    )
    assert linked(both, document) == [
        ("NCBIGene:11", "10090", "sentence"),
        ("NCBIGene:11", "10090", "sentence"),
    ]


def test_then_the_one_named_most_often_where_the_title_counts_more(both: Lexicon) -> None:
    title = "Knock-out mice."
    text = f"{title} Velmarin falls. Patients and other men differ."
    assert linked(both, genes(text, "Velmarin")) == [("NCBIGene:1", "9606", "document")]
    with_title = genes(text, "Velmarin", title=len(title))
    assert linked(both, with_title) == [("NCBIGene:11", "10090", "document")]


def test_by_default_it_is_human_and_says_so_with_a_lower_score(both: Lexicon) -> None:
    linker = linker_with(both)
    [unclear] = linker(genes("Velmarin falls.", "Velmarin")).mentions
    [clear] = linker(genes("Human velmarin falls.", "velmarin")).mentions
    assert unclear.metadata == {"organism": "NCBITaxon:9606", "organism_by": "default"}
    assert [concept.id for concept in unclear.concepts] == ["NCBIGene:1"]
    assert unclear.concepts[0].score is not None and clear.concepts[0].score is not None
    assert unclear.concepts[0].score < clear.concepts[0].score


def test_mentions_of_species_count_as_words_do(both: Lexicon) -> None:
    text = "Velmarin in wild-type animals, not in men."
    found = genes(text, "Velmarin")
    animals = Mention(12, 29, text[12:29], "Species", concepts=(Concept("NCBITaxon:10090"),))
    with_species = found.with_mentions([*found.mentions, animals])
    context = OrganismContext(with_species, OrganismWords(both), lambda name: False)
    assert context.read(found.mentions[0]).organism == Decision("10090", Ground.SENTENCE)


def test_strains_are_their_species_and_hosts_are_no_evidence(both: Lexicon) -> None:
    document = genes("Yeast VLM1 works. VLM1 was made in E. coli.", "VLM1")
    assert linked(both, document) == [
        ("NCBIGene:21", "4932", "mention"),
        ("NCBIGene:21", "4932", "document"),
    ]


def test_a_name_that_one_organism_alone_has_is_its_gene_even_so(both: Lexicon) -> None:
    [mention] = linker_with(both)(genes("Tolc4 falls.", "Tolc4")).mentions
    [concept] = mention.concepts
    assert concept.id == "NCBIGene:12"
    assert mention.metadata == {
        "organism": "NCBITaxon:9606",
        "organism_by": "default",
        "organism_linked": "NCBITaxon:10090",
    }
    in_mice = linker_with(both)(genes("Mouse Tolc4 falls.", "Tolc4")).mentions[0].concepts[0]
    assert concept.score is not None and in_mice.score is not None
    assert concept.score < in_mice.score


def test_no_gene_where_the_mention_names_another_organism(both: Lexicon) -> None:
    [mention] = linker_with(both)(genes("Human Tolc4 falls.", "Tolc4")).mentions
    assert mention.concepts == ()
    assert mention.metadata == {"organism": "NCBITaxon:9606", "organism_by": "mention"}


def test_without_genes_of_the_organism_no_gene(human_only: Lexicon) -> None:
    linker = linker_with(human_only)
    sure, doubtful, human = (
        linker(genes(text, "velmarin")).mentions[0]
        for text in ("Mouse velmarin fell.", "Fed to mice, velmarin fell.", "Men lack velmarin.")
    )
    assert sure.concepts == ()
    assert sure.metadata == {"organism": "NCBITaxon:10090", "organism_by": "mention"}
    assert doubtful.concepts == ()
    assert doubtful.metadata == {"organism": "NCBITaxon:10090", "organism_by": "sentence"}
    [clear] = human.concepts
    assert clear.id == "NCBIGene:1"
    assert clear.score is not None and clear.score > 0.5


@pytest.mark.parametrize("taxon", ["9606", "10090", "4932", "10116"])
@pytest.mark.parametrize("ground", [Ground.MENTION, Ground.SENTENCE, Ground.DOCUMENT])
def test_weighed_probabilities_sum_to_one(both: Lexicon, taxon: str, ground: Ground) -> None:
    organisms = GeneOrganisms.of(both)
    assert organisms is not None
    candidates = (("NCBIGene:1",), ("NCBIGene:11",), ("NCBIGene:21",), ("NCBIGene:999",))
    given = np.array([0.3, 0.3, 0.2, 0.1, 0.1])
    weighed = organisms.weigh(candidates, given, Decision(taxon, ground))
    assert weighed.sum() == pytest.approx(1)
    assert (weighed >= 0).all()
    if taxon in organisms.taxa:
        own = ["9606", "10090", "4932"].index(taxon)
        assert int(weighed.argmax()) == own
    else:
        assert weighed[-1] > given[-1]


def test_genes_without_organisms_are_linked_as_ever(tmp_path: Path) -> None:
    plain = HUMAN_GENES.replace("\ttaxon", "").replace("\t9606", "")
    lexicon = build(tmp_path, plain)
    assert GeneOrganisms.of(lexicon) is None
    assert GeneOrganisms.of(None) is None
    [mention] = linker_with(lexicon)(genes("Mouse velmarin fell.", "velmarin")).mentions
    assert [concept.id for concept in mention.concepts] == ["NCBIGene:1"]
    assert mention.metadata == {}


def test_a_linker_with_organisms_is_the_same_once_pickled(both: Lexicon) -> None:
    document = genes("Velmarin in mice. VLM1 in men. Yeast VLM1.", "Velmarin", "VLM1")
    linker = linker_with(both)
    first = linker(document)
    assert pickle.loads(pickle.dumps(linker))(document) == first == linker(document)
