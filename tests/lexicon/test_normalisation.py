from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.lexicon import normalise
from bioweave.lexicon.normalisation import WORD, normalise_word

_NAMES = st.text(
    st.one_of(
        st.sampled_from("abeiosu AS19-',./()αβκΩµéøß²ﬁ\u0301\u00ad"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    "spellings",
    [
        ["IL-2", "IL2", "il 2", "IL\u20102"],
        ["TNF-α", "TNFα", "TNF alpha", "TNFalpha", "Tnf-Alpha"],
        ["NF-κB", "NF-kappaB", "NF kappa B", "NFκB"],
        ["β-carotene", "beta-carotene", "betacarotene", "Beta Carotene"],
        ["Aβ", "Abeta", "A-beta"],
        ["Sjögren's syndrome", "Sjogren syndrome", "Sjo\u0308gren\u2019s syndromes"],
        ["Parkinson's disease", "Parkinson disease", "Parkinsons disease"],
        ["tumour", "tumor", "Tumors", "TUMOURS"],
        ["haemorrhage", "hemorrhages"],
        ["type II diabetes", "Type 2 Diabetes"],
        ["carcinomata", "carcinomas", "carcinoma"],
        ["metastases", "metastasis"],
        ["localised oedema", "localized edema"],
        ["H₂O₂", "H2O2", "h 2 o 2"],
        ["straße", "strasse"],
        ["anti\u00adbody", "antibody"],
    ],
)
def test_spellings_of_one_name_meet(spellings: list[str]) -> None:
    assert len({normalise(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("BRCA1", "BRCA2"), ("type I", "type II"), ("gas", "ga"), ("virus", "viru"), ("αA", "βA")],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("text", ["", "  ", "--", "()", "_", "…"])
def test_nothing_is_left_of_no_letters(text: str) -> None:
    assert normalise(text) == ""


@given(_NAMES)
def test_normalising_again_changes_nothing(text: str) -> None:
    key = normalise(text)
    assert normalise(key) == key


@given(_NAMES)
def test_a_key_is_words_with_single_spaces(text: str) -> None:
    key = normalise(text)
    assert key == " ".join(key.split())
    assert all(re.fullmatch(r"[^\W_]+", token) for token in key.split())


@given(_NAMES)
def test_how_accents_are_stored_does_not_matter(text: str) -> None:
    forms = {normalise(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    # Apart from the rare characters that composing itself replaces by others.
    if unicodedata.normalize("NFC", text) == text:
        assert len(forms) == 1


@given(st.text("abcdefghij -", max_size=20))
def test_hyphens_are_spaces_and_case_is_nothing(text: str) -> None:
    assert normalise(text) == normalise(text.replace("-", " ")) == normalise(text.upper())


@given(_NAMES)
def test_words_stand_for_themselves(text: str) -> None:
    tokens = [token for word in WORD.findall(text) for token in normalise_word(word)]
    assert " ".join(tokens) == normalise(text)


def test_a_million_characters_are_no_problem() -> None:
    assert len(normalise("a" * 1_000_000)) <= 200
    assert normalise("ab " * 300_000).startswith("ab ab")
