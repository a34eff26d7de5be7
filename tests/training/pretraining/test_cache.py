"""Text to marked pieces on disk, in one go or several."""

from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from bioweave.errors import FormatError
from bioweave.training.pretraining import cache
from bioweave.training.pretraining.cache import CachedText, cache_pieces
from bioweave.training.pretraining.cutting import PassageCutter, unmark

from .conftest import make_lines


def filled(text: Path, tokenizer: Tokenizer, folder: Path, held_out: float = 0.2) -> CachedText:
    return cache_pieces(text, "0" * 64, tokenizer, folder, separator=(3,), held_out=held_out)


def test_words_begin_where_the_tokenizer_says(tokenizer):
    cut = PassageCutter(tokenizer, [3])
    (pieces,) = cut(["Corfi, albenra xx."])
    ids, begins = unmark(pieces)
    tokens = [tokenizer.id_to_token(number) for number in ids]
    assert tokens == ["cor", "##fi", ",", "al", "##ben", "##ra", "[UNK]", ".", "[SEP]"]
    assert begins.tolist() == [True, False, True, True, False, False, True, True, True]
    assert pieces.dtype == np.uint16


def test_without_words_each_piece_is_one_and_large_vocabularies_fit():
    vocabulary = [("<unk>", 0.0), ("a", -1.0), ("b", -1.0)]
    vocabulary += [(f"<{n}>", -9.0) for n in range(40_000)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=0))
    (pieces,) = PassageCutter(tokenizer, [])(["ab<39999>"])
    ids, begins = unmark(pieces)
    assert ids.tolist() == [1, 2, 40_002]
    assert begins.all()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    (pieces,) = PassageCutter(tokenizer, [])(["ab"])
    assert unmark(pieces)[1].tolist() == [True, False]


def test_every_passage_is_in_one_part(text, tokenizer, tmp_path):
    cached = filled(text, tokenizer, tmp_path / "pieces")
    assert sum(cached.n_passages.values()) == 200
    assert 20 < cached.n_passages["held_out"] < 60
    everything = tokenizer.encode_batch(make_lines(200), add_special_tokens=False)
    found = sorted(
        [number for part in (cached.train, cached.held_out) for number in unmark(part)[0].tolist()]
    )
    expected = [number for one in everything for number in [*one.ids, 3]]
    assert found == sorted(expected)


def test_a_passage_that_comes_twice_is_on_one_side(tokenizer, tmp_path):
    path = tmp_path / "twice.txt"
    path.write_text("\n".join(make_lines(40) * 2) + "\n")
    cached = filled(path, tokenizer, tmp_path / "pieces", held_out=0.3)
    assert all(n % 2 == 0 and n > 0 for n in cached.n_passages.values())


@pytest.mark.parametrize("n_garbage", [0, 7])
def test_an_interrupted_reading_goes_on(text, tokenizer, tmp_path, monkeypatch, n_garbage):
    whole = filled(text, tokenizer, tmp_path / "whole")
    monkeypatch.setattr(cache, "_LINES_AT_ONCE", 16)
    read_lines = cache.read_lines

    def stops(path):
        for number, line in enumerate(read_lines(path)):
            if number == 70:
                raise KeyboardInterrupt
            yield line

    with monkeypatch.context() as patch:
        patch.setattr(cache, "read_lines", stops)
        with pytest.raises(KeyboardInterrupt):
            filled(text, tokenizer, tmp_path / "parts")
    # As if killed while it wrote.
    with (tmp_path / "parts" / "train.bin").open("ab") as file:
        file.write(b"x" * n_garbage)
    resumed = filled(text, tokenizer, tmp_path / "parts")
    assert resumed.n_passages == whole.n_passages
    assert np.array_equal(resumed.train, whole.train)
    assert np.array_equal(resumed.held_out, whole.held_out)


def test_what_is_there_is_not_made_again(text, tokenizer, tmp_path, monkeypatch):
    whole = filled(text, tokenizer, tmp_path / "pieces")

    def never(path):
        raise AssertionError("the text was read again")

    with monkeypatch.context() as patch:
        patch.setattr(cache, "read_lines", never)
        assert np.array_equal(filled(text, tokenizer, tmp_path / "pieces").train, whole.train)
    other = filled(text, tokenizer, tmp_path / "pieces", held_out=0.4)
    assert other.n_passages["held_out"] > whole.n_passages["held_out"]


def test_packed_text_is_unpacked_and_damage_is_told(text, tokenizer, tmp_path):
    packed = tmp_path / "text.xz"
    packed.write_bytes(lzma.compress(text.read_bytes()))
    plain = filled(text, tokenizer, tmp_path / "plain")
    assert np.array_equal(filled(packed, tokenizer, tmp_path / "packed").train, plain.train)
    packed.write_bytes(packed.read_bytes()[:-40])
    with pytest.raises(FormatError, match="damaged or cut off"):
        filled(packed, tokenizer, tmp_path / "damaged")
    with pytest.raises(FormatError, match="cannot be opened"):
        filled(tmp_path / "missing.txt", tokenizer, tmp_path / "none")
