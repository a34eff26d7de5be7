import pytest
import torch

from bioweave.corpus import load_pos
from bioweave.features.pos import PosTagger
from bioweave.model.pos import PosNetworkSettings
from bioweave.training.pos import PosTraining, accuracy, measure, train_pos
from bioweave.training.pos_data import as_words, genia_tokens

SENTENCES = [
    [tuple(pair.rsplit("/", 1)) for pair in line.split()]
    for line in (
        "The/DT kinase/NN binds/VBZ zinc/NN ./.",
        "These/DT cells/NNS express/VBP TNF-alpha/NN strongly/RB ./.",
        "We/PRP measured/VBD IL-2/NN in/IN 12/CD human/JJ samples/NNS ./.",
        "Zinc-dependent/JJ enzymes/NNS were/VBD inhibited/VBN (/( p/NN )/) ./.",
        "A/DT novel/JJ drug/NN reduces/VBZ growth/NN and/CC kills/VBZ cells/NNS ./.",
    )
]


@pytest.fixture(scope="module")
def trained():
    settings = PosTraining(
        network=PosNetworkSettings(embedding_width=16, width=24, n_layers=2),
        epochs=60,
        batch_words=20,
        learning_rate=1e-2,
        warm_up=10,
        min_count=1,
    )
    return train_pos(SENTENCES, settings, report=lambda line: None)


def test_it_learns_a_tiny_corpus_by_heart(trained):
    tagger = PosTagger(trained[0])
    assert accuracy(tagger, SENTENCES) == 1.0
    assert tagger.tag([["IL", "-", "2", "binds", "zinc"]]) == [["NN", ":", "NN", "VBZ", "NN"]]


@torch.no_grad()
def test_the_graph_tags_as_the_network_does(trained):
    model, network = trained
    tagger = PosTagger(model)
    words = ["Novel", "cells", "bind", "the", "drug", "in", "XY-7-dependent", "samples", "?"]
    rows = torch.from_numpy(tagger._rows[words]).long()
    scores = network(rows, torch.ones(len(words), dtype=torch.bool))
    assert tagger.tag([words]) == [[model.tags[place] for place in scores.argmax(dim=1)]]


def test_the_same_seed_gives_the_same_tagger():
    settings = PosTraining(
        network=PosNetworkSettings(embedding_width=4, width=6, n_layers=1), epochs=2, batch_words=9
    )
    first, second = (train_pos(SENTENCES, settings, report=lambda line: None) for _ in range(2))
    assert first[0].graph == second[0].graph


def test_each_epoch_is_reported():
    told = []
    train_pos(SENTENCES, PosTraining(epochs=3), report=told.append)
    assert [line.split(":")[0] for line in told] == [f"epoch {n} of 3" for n in (1, 2, 3)]


def test_words_keep_their_tokens_tag_except_at_joints():
    (words,) = as_words([[("anti-(IL-2)/x", "JJ"), ("2.5", "CD"), (".", ".")]])
    assert words == [
        ("anti", "JJ"),
        ("-", ":"),
        ("(", "("),
        ("IL", "JJ"),
        ("-", ":"),
        ("2", "JJ"),
        (")", ")"),
        ("/", ":"),
        ("x", "JJ"),
        ("2", "CD"),
        (".", "CD"),
        ("5", "CD"),
        (".", "."),
    ]


def test_field_marks_are_among_genia_tokens(tmp_path):
    home = tmp_path / "genia-pos"
    home.mkdir()
    for name in ("train", "devel", "test"):
        text = "UI\tLS\n-\t:\n94000001\tCD\n\nTI\tLS\n-\t:\nZinc\tNN\n\n"
        (home / f"{name}.tsv").write_text(text)
    marks = [("UI", "LS"), ("-", ":"), ("94000001", "CD")]
    title = [("TI", "LS"), ("-", ":"), ("Zinc", "NN")]
    assert genia_tokens("dev", tmp_path) == [marks, title]
    assert load_pos("dev", tmp_path) == [title[2:]]


@pytest.mark.slow
def test_the_packaged_tagger_on_genia(corpora):
    """The promise is 97.5% of the test split; each view has to keep it."""
    figures = measure(PosTagger.load(), "test", corpora)
    assert figures["tokens"] >= 0.98
    assert figures["tokens without field marks"] >= 0.98
    assert figures["words without field marks"] >= 0.975
