from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.lexicon import Lexicon, Matcher, coding
from bioweave.lexicon.coding import BREAK, UNKNOWN, Vocabulary, code_of, n_leads

Build = Callable[..., Lexicon]


@given(st.sets(st.integers(0, 9_000_000), min_size=2, max_size=50))
def test_no_code_is_part_of_another(numbers: set[int]) -> None:
    codes = [code_of(number) for number in numbers]
    assert len(set(codes)) == len(codes)
    assert not {BREAK, UNKNOWN} & set("".join(codes))
    for code in codes:
        assert not any(code in other for other in codes if other != code)


@given(st.integers(0, 9_000_000))
def test_codes_are_characters_that_utf8_can_hold(number: int) -> None:
    code = code_of(number)
    assert code.encode().decode() == code
    assert n_leads(code) == len(code) - 1


def test_a_vocabulary_survives_its_bytes() -> None:
    vocabulary = Vocabulary(["breast", "cancer", "β"])
    again = Vocabulary.read(vocabulary.to_bytes())
    assert len(again) == 3
    run = ("breast", BREAK, "cancer", "unheard")
    assert again.encode(run) == vocabulary.encode(run)
    assert again.encode(run)[1] == BREAK
    assert again.encode(run)[3] == UNKNOWN


def test_tokens_of_two_characters_are_found_where_they_stand(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coding, "_N_SINGLE", 2)
    names = [("D1", "lung cancer"), ("D2", "BRCA1/2 loss"), ("D3", "ab cd ef")]
    lexicon = build({"Disease": names})
    text = "Lung cancer, (ab-cd-ef) and BRCA1/2 losses"
    found = [text[match.start : match.end] for match in Matcher(lexicon).find(text)]
    assert found == ["Lung cancer", "ab-cd-ef", "BRCA1/2 losses"]
