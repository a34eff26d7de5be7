import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from bioweave.text import align_pieces, split_words

TRAINING = [
    "We gave aspirin and IL-2 (5-HT2A) to p53-/- mice, naive or naïve; see the café.",
    "The ﬁrst 漢字 test, שלום and مرحبا, 😀 and 👩\u200d👧, e\u0301, Å, ½, ①, ℃, α-synuclein, 5′.",
] * 10


def word_piece(*, is_cased):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(
        lowercase=not is_cased, strip_accents=not is_cased
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(vocab_size=200, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(TRAINING, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return tokenizer


def byte_level_bpe(*, trims_offsets):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=trims_offsets)
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<s>", "</s>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(TRAINING, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 1), ("<s>", 0), trim_offsets=trims_offsets, add_prefix_space=trims_offsets
    )
    return tokenizer


def sentence_piece(normalizer):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.UnigramTrainer(
        vocab_size=150, special_tokens=special, unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(TRAINING, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return tokenizer


BARE = normalizers.Sequence(
    [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
)
TOKENIZERS = {
    "wordpiece-cased": word_piece(is_cased=True),
    "wordpiece-uncased": word_piece(is_cased=False),
    "byte-bpe": byte_level_bpe(trims_offsets=False),
    "byte-bpe-trimmed": byte_level_bpe(trims_offsets=True),
    "unigram-nfkc": sentence_piece(normalizers.NFKC()),
    "unigram-bare": sentence_piece(BARE),
}
kinds = st.sampled_from(sorted(TOKENIZERS))
any_tokenizer = pytest.mark.parametrize("kind", sorted(TOKENIZERS))

# The troublemakers, one between two bars.
WEIRD = st.sampled_from(
    (
        "e\u0301|\u0301|\u0327|\u0316|\u0345|\u05b8|\u064e|\u0958|\ufe0f|ﬁ|½|①|℃|ﷺ|\u212b|ǰ|"
        "İ|ß|ΐ|\u1100\u1161|漢字|ש|م|😀|👩\u200d👧|🇪🇺|\u200d|\u200b|\ufeff|\u00ad|\x00|\x7f|"
        "\ufffd|  |\u3000|\xa0|\u2028|\r\n|\t|IL-2|5-HT2A|p53-/-|aspirin"
    ).split("|")
)
texts = st.lists(
    WEIRD | st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=12
).map("".join)


def overlapping(word, offsets):
    return [
        at
        for at, (start, end) in enumerate(offsets)
        if start < end and start < word[1] and word[0] < end
    ]


@given(kinds, texts)
@settings(max_examples=400)
@example("byte-bpe", "a  b")
@example("unigram-nfkc", " ﬁ½ e\u0301\x00 ")
@example("wordpiece-uncased", "\u0301 x\u0327\u0301 \x00")
def test_a_words_range_holds_exactly_the_pieces_that_share_a_character(kind, text):
    tokenizer, words = TOKENIZERS[kind], split_words(text)
    offsets = tokenizer.encode(text).offsets
    assert all(0 <= start <= end <= len(text) for start, end in offsets)  # code points
    ranges = align_pieces(words, offsets)
    assert ranges.shape == (len(words), 2)
    assert ranges.dtype == np.int32
    assert np.all(np.diff(ranges, axis=0) >= 0)
    for word, (first, last) in zip(words, ranges.tolist(), strict=True):
        real = [at for at in range(first, last) if offsets[at][0] < offsets[at][1]]
        assert real == overlapping(word, offsets)
        if first == last:
            surface = text[word.start : word.end]
            assert tokenizer.normalizer is not None
            assert not tokenizer.normalizer.normalize_str(surface).strip()


@any_tokenizer
def test_plain_words_get_the_pieces_that_spell_them(kind):
    text = "We gave IL-2 to  p53 mice, 5-HT2A."
    encoding = TOKENIZERS[kind].encode(text)
    words = split_words(text)
    for word, (first, last) in zip(words, align_pieces(words, encoding.offsets), strict=True):
        pieces = encoding.tokens[first:last]
        spelled = "".join(piece.removeprefix("##").strip("Ġ▁") for piece in pieces)
        assert spelled.lower() == text[word.start : word.end].lower()


@any_tokenizer
def test_an_emoji_counts_as_one_code_point(kind):
    text = "😀😀 aspirin"
    words = split_words(text)
    offsets = TOKENIZERS[kind].encode(text).offsets
    first, last = align_pieces(words, offsets)[-1]
    assert offsets[last - 1][1] == len(text)
    assert offsets[first][0] in (2, 3)  # with or without the space before it


def test_a_piece_across_two_words_belongs_to_both():
    assert align_pieces([(0, 2), (2, 3), (3, 5)], [(0, 1), (1, 4), (4, 5)]).tolist() == [
        [0, 2],
        [1, 2],
        [1, 3],
    ]


def test_a_piece_of_spaces_belongs_to_no_word():
    assert align_pieces([(0, 1), (3, 4)], [(0, 1), (1, 3), (2, 4)]).tolist() == [[0, 1], [2, 3]]


def test_dropped_words_have_an_empty_range_in_their_place():
    words = [(0, 1), (2, 3), (4, 5), (6, 7)]
    offsets = [(0, 0), (2, 3), (0, 0), (4, 5), (0, 0)]
    assert align_pieces(words, offsets).tolist() == [[1, 1], [1, 2], [3, 4], [4, 4]]


def test_nothing_to_align():
    assert align_pieces([], [(0, 0)]).shape == (0, 2)
    assert align_pieces([(0, 1)], []).tolist() == [[0, 0]]
    assert align_pieces([(0, 1)], [(0, 0), (0, 0)]).tolist() == [[0, 0]]


def test_offsets_that_step_back_give_the_smallest_range_that_covers():
    assert align_pieces([(0, 2), (2, 4)], [(0, 1), (2, 3), (1, 2), (3, 4)]).tolist() == [
        [0, 3],
        [1, 4],
    ]
