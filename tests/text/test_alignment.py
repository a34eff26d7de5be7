import pytest

from bioweave.corpus import load
from bioweave.document import Document, Mention, Passage
from bioweave.text import AlignmentReport, measure_alignment

SPLITS = {
    "ncbi-disease": ("train", "dev", "test"),
    "bc5cdr": ("train", "dev", "test"),
    "bc2gm": ("train", "test"),
}


def document(text, *spans, passages=()):
    mentions = tuple(Mention(start, end, text[start:end], "Gene") for start, end in spans)
    return Document("d", text, mentions, passages=passages)


def test_counts_of_an_invented_corpus():
    documents = [
        document("We saw IL-2 here.", (7, 11)),
        document("The KITD816V gene_x. It was lost.", (4, 7), (13, 23)),
        document("one two", (0, 7), passages=(Passage(0, 3, "title"), Passage(3, 7, "abstract"))),
    ]
    report = measure_alignment(documents)
    assert report == AlignmentReport(
        n_mentions=4, n_aligned=3, n_words=19, n_baseline_tokens=17, n_cut_by_sentence=2
    )
    assert report.share == 0.75
    assert report.words_per_token == 19 / 17


def test_an_empty_corpus_is_aligned():
    report = measure_alignment([])
    assert (report.share, report.words_per_token) == (1.0, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", SPLITS)
def test_gold_mentions_fall_on_words_and_no_sentence_cuts_them(name, corpora):
    report = measure_alignment(
        document for split in SPLITS[name] for document in load(name, split, corpora)
    )
    assert report.n_mentions > 6000
    assert report.share >= 0.995
    assert report.words_per_token <= 1.3
    assert report.n_cut_by_sentence == 0
