import json
import pickle
import random
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioweave.errors import BundleError
from bioweave.features import pos
from bioweave.features.pos import PACKAGED, PosModel, PosTagger, known_rows

SENTENCES = [
    text.split()
    for text in (
        "The novel inhibitor strongly reduced tumour growth in 24 mice .",
        "IL - 2 and TNF - α were measured by ELISA ( n = 12 ) , as described .",
        "Patients",
        "These mutations , which impair binding , cause a rare disease that affects children .",
        "We suggest that it could not be repeated because of its low affinity for zinc .",
    )
]


@pytest.fixture(scope="module")
def tagger() -> PosTagger:
    return PosTagger.load()


def scores(tagger: PosTagger, words: list[str | None]) -> np.ndarray:
    is_word = np.array([word is not None for word in words])
    inputs = {"rows": tagger._rows[words], "is_word": is_word}
    return tagger._session.run(["scores"], inputs)[0]


def test_plain_english_gets_its_tags(tagger):
    found = tagger.tag([SENTENCES[0]])
    assert found == [["DT", "JJ", "NN", "RB", "VBD", "NN", "NN", "IN", "CD", "NNS", "."]]


def test_a_word_without_letters_and_an_unknown_word_get_a_tag(tagger):
    (tags,) = tagger.tag([["…", "😀", "xqzzvk", "\0", "مرض", "\ud800", "A" * 100_000]])
    assert len(tags) == 7
    assert set(tags) <= set(tagger.tags)


def test_ids_count_the_tags_from_one(tagger):
    ids = tagger.tag_ids(SENTENCES)
    names = [[tagger.tags[place - 1] for place in of_one] for of_one in ids]
    assert names == tagger.tag(SENTENCES)
    assert all(of_one.min() >= 1 for of_one in ids)


def test_nothing_to_tag(tagger):
    assert tagger.tag([]) == []
    assert tagger.tag([[]]) == [[]]
    assert tagger.tag([[], ["Patients"], []]) == [[], tagger.tag([["Patients"]])[0], []]


def test_a_sentence_is_tagged_as_if_it_stood_alone(tagger):
    alone = {tuple(words): tagger.tag([words])[0] for words in SENTENCES}
    shuffled = SENTENCES * 40
    random.Random(7).shuffle(shuffled)
    for words, tags in zip(shuffled, tagger.tag(shuffled), strict=True):
        assert tags == alone[tuple(words)]


def test_scores_do_not_depend_on_neighbours(tagger):
    stream = [word for words in SENTENCES for word in (*words, None)]
    together = scores(tagger, stream)
    start = 0
    for words in SENTENCES:
        alone = scores(tagger, list(words))
        np.testing.assert_allclose(together[start : start + len(words)], alone, atol=1e-5)
        start += len(words) + 1


def test_where_the_stream_is_cut_changes_nothing(tagger, monkeypatch):
    sentences = [SENTENCES[3] * 30, *SENTENCES]
    whole = tagger.tag(sentences)
    for size in (1, 2, 7, 50):
        monkeypatch.setattr(pos, "_CHUNK", size)
        assert tagger.tag(sentences) == whole


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(st.characters(), max_size=12), max_size=6), max_size=4))
def test_any_words_get_one_tag_each(sentences):
    tagger = PosTagger.load()
    assert [len(tags) for tags in tagger.tag(sentences)] == [len(words) for words in sentences]


def test_threads_may_share_a_tagger(tagger):
    expected = tagger.tag(SENTENCES)
    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected for found in pool.map(tagger.tag, [SENTENCES] * 40))


def test_it_pickles(tagger):
    copy = pickle.loads(pickle.dumps(tagger))
    assert copy.tag(SENTENCES) == tagger.tag(SENTENCES)


def test_a_saved_tagger_is_the_same(tagger, tmp_path):
    tagger.model.save(tmp_path / "pos")
    copy = PosModel.read(tmp_path / "pos")
    assert (copy.tags, copy.reach, copy.graph) == (
        tagger.model.tags,
        tagger.model.reach,
        tagger.model.graph,
    )
    np.testing.assert_array_equal(copy.known, tagger.model.known)


def test_a_damaged_tagger_is_refused(tmp_path):
    folder = tmp_path / "pos"
    shutil.copytree(PACKAGED, folder)
    content = bytearray((folder / "graph.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "graph.onnx").write_bytes(content)
    with pytest.raises(BundleError, match=r"graph\.onnx: the checksum"):
        PosTagger.load(folder)


@pytest.mark.parametrize(
    ("key", "value"), [("format", 99), ("features", ["norm"]), ("tags", None), ("sha256", {})]
)
def test_another_description_is_refused(tmp_path, key, value):
    folder = tmp_path / "pos"
    shutil.copytree(PACKAGED, folder)
    description = json.loads((folder / "tagger.json").read_text())
    (folder / "tagger.json").write_text(json.dumps({**description, key: value}))
    with pytest.raises(BundleError, match="tagger"):
        PosTagger.load(folder)


def test_a_missing_tagger_names_its_folder(tmp_path):
    with pytest.raises(BundleError, match="nowhere"):
        PosTagger.load(tmp_path / "nowhere")


@given(
    st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=2), max_size=8),
    st.sets(st.integers(0, 30), max_size=20),
)
def test_rows_are_places_among_the_known(hashes, known):
    known = sorted(known)
    found = known_rows(
        np.array(hashes, dtype=np.uint32).reshape(-1, 2), np.array(known, dtype=np.uint32)
    )
    expected = [[known.index(h) + 1 if h in known else 0 for h in row] for row in hashes]
    assert found.tolist() == expected


def test_the_packaged_tagger_is_small():
    assert sum(path.stat().st_size for path in PACKAGED.iterdir()) < 2_500_000
