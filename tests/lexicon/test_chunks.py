from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bioweave.lexicon import normalise
from bioweave.lexicon.chunks import chunk_tokens, closed_tokens, split_chunks, token_runs
from bioweave.lexicon.coding import BREAK

_TEXTS = st.text(st.sampled_from("abcs12 -'.,()αéI\n\t"), max_size=30)


@given(_TEXTS)
def test_one_character_stands_between_chunks(text: str) -> None:
    chunks = split_chunks(text)
    assert sum(map(len, chunks)) + len(chunks) - 1 == len(text)


@given(_TEXTS)
def test_words_of_chunks_give_their_tokens(text: str) -> None:
    for chunk in split_chunks(text):
        tokens = [token for token in chunk_tokens(chunk) if token.text != BREAK]
        assert " ".join(token.text for token in tokens) == normalise(chunk)
        start = None
        for place, token in enumerate(tokens):
            if token.start >= 0:
                start = place
            if token.end >= 0:
                assert start is not None
                word = chunk[tokens[start].start : token.end]
                assert normalise(word) == " ".join(t.text for t in tokens[start : place + 1])


@given(st.text(st.sampled_from("abc1-,("), max_size=12))
def test_closed_up_words_keep_their_places(chunk: str) -> None:
    for token in closed_tokens(chunk):
        if token.start >= 0 and token.end >= 0:
            assert normalise(chunk[token.start : token.end].replace("-", "")) == token.text


def test_clauses_end_at_punctuation_but_not_within_names() -> None:
    def is_one_clause(text: str) -> bool:
        tokens = [token.text for chunk in split_chunks(text) for token in chunk_tokens(chunk)]
        return BREAK not in tokens

    assert is_one_clause("2,3-dimethyl-N(6)-hexane IL - 2 E.coli\nTNF-α/IL-6 patients' cells")
    for text in ("lung. Cancer", "lung, cancer", "lung (cancer", "p<0.05", "a\n\nb", "a; b"):
        assert not is_one_clause(text), text


def test_a_name_is_looked_for_with_and_without_its_breaks() -> None:
    assert set(token_runs("Carcinoma, Renal-Cell")) == {
        ("carcinoma", BREAK, "renal", "cell"),
        ("carcinoma", "renal", "cell"),
        ("carcinoma", BREAK, "renalcell"),
        ("carcinoma", "renalcell"),
    }
