from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bioweave.lexicon import HoldingBack, Lexicon, Matcher, normalise
from bioweave.lexicon.chunks import token_runs
from bioweave.lexicon.coding import BREAK
from bioweave.lexicon.normalisation import WORD

Build = Callable[..., Lexicon]


def _found(lexicon: Lexicon, text: str, **options: object) -> list[str]:
    return [text[match.start : match.end] for match in Matcher(lexicon).find(text, **options)]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("lung cancer", "Lung Cancers, and lung\ncancer.", ["Lung Cancers", "lung\ncancer"]),
        ("anaemia", "Anemia", ["Anemia"]),
        ("tumor necrosis factor", "tumour-necrosis factors", ["tumour-necrosis factors"]),
        ("TNF alpha", "TNFα TNF-α TNFalpha", ["TNFα", "TNF-α", "TNFalpha"]),
        ("IL-2", "IL2, il 2; (IL-2)", ["IL2", "il 2", "IL-2"]),
        (
            "anti-inflammatory",
            "antiinflammatory anti inflammatory",
            ["antiinflammatory", "anti inflammatory"],
        ),
        ("antiinflammatory", "the anti-inflammatory drug", ["anti-inflammatory"]),
        ("X-ray", "Xrays and x rays", ["Xrays", "x rays"]),
        ("Crohn disease", "Crohn's disease", ["Crohn's disease"]),
        ("Sjogren syndrome", "Sjo\u0308gren\u2019s syndrome", ["Sjo\u0308gren\u2019s syndrome"]),
        ("Carcinoma, Renal Cell", "renal cell carcinoma", ["renal cell carcinoma"]),
        ("Carcinoma, Renal Cell", "carcinoma, renal cell", ["carcinoma, renal cell"]),
        ("lung cancer", "of the lung. Cancer, lung (cancer", []),
        ("lung cancer", "the lung\n\ncancer lung  cancer", ["lung  cancer"]),
        ("BRCA", "BRCA1 and aBRCA", []),
        ("BRCA", "BRCA-1", ["BRCA"]),
        ("cancer", "cancerous procancer", []),
        ("2,3-dimethyl(phenyl)amine", "2,3-dimethyl(phenyl)amine", ["2,3-dimethyl(phenyl)amine"]),
        ("aspirin", "🙂aspirin\u00adum aspirin", ["aspirin"]),
        ("coli", "E.coli", ["coli"]),
    ],
)
def test_names_in_text(build: Build, name: str, text: str, expected: list[str]) -> None:
    assert _found(build({"Disease": [("D1", name)]}), text) == expected


def test_case_of_short_names(build: Build) -> None:
    names = ["SET", "CAT", "AT1", "In", "p53", "MAX"]
    lexicon = build({"Gene": [(f"G{place}", name) for place, name in enumerate(names)]})
    text = "set SET cat CATs at 1 AT1 AT-1 in In P53 p53 max Max"
    assert _found(lexicon, text) == ["SET", "CATs", "AT1", "AT-1", "p53"]


def test_everyday_words_are_held_back(build: Build) -> None:
    rows = {"Gene": [("G1", "was"), ("G2", "Cell"), ("G3", "of"), ("G4", "A"), ("G5", "12")]}
    text = "The cell was of 12 A"
    lexicon = build(rows)
    assert _found(lexicon, text) == []
    everything = Matcher(lexicon, held_back=True).find(text)
    assert [text[match.start : match.end] for match in everything] == ["cell", "was"]
    assert lexicon.lookup("cells")[0].id == "G2"
    kept = build(rows, holding_back=HoldingBack(words=("Was",), keep=("CELL",)))
    assert _found(kept, text) == ["cell"]


def test_longest_names_by_label_and_all_names(build: Build) -> None:
    lexicon = build(
        {
            "Disease": [("D1", "breast cancer"), ("D2", "cancer"), ("D3", "cancer risk factor")],
            "Gene": [("G1", "breast cancer 1"), ("G2", "cancer")],
        }
    )
    text = "breast cancer 1"
    matches = Matcher(lexicon).find(text)
    assert [(match.label, text[match.start : match.end]) for match in matches] == [
        ("Gene", "breast cancer 1"),
        ("Disease", "breast cancer"),
    ]
    every = Matcher(lexicon).find(text, overlaps="all")
    assert [(match.label, text[match.start : match.end]) for match in every] == [
        ("Gene", "breast cancer 1"),
        ("Disease", "breast cancer"),
        ("Disease", "cancer"),
        ("Gene", "cancer"),
    ]
    assert _found(lexicon, text, labels=["Disease"]) == ["breast cancer"]
    assert _found(lexicon, text, labels=[]) == []


def test_a_match_knows_its_concepts(build: Build) -> None:
    diseases = [("D1", "AIDS"), ("D2", "AIDS"), ("D2", "aid")]
    lexicon = build({"Disease": diseases, "Gene": [("G", "AIDS")]})
    matcher = Matcher(lexicon)
    disease, gene = matcher.find("AIDS")
    assert [lexicon.concept_id(index) for index in matcher.concepts(disease)] == ["D1", "D2"]
    assert [lexicon.concept_id(index) for index in matcher.concepts(gene)] == ["G"]
    names = {lexicon.name_texts[name] for name in matcher.names(disease).tolist()}
    assert names == {"AIDS", "aid"}
    assert matcher.describe(disease.term) == ("aid", "Disease")


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "-", "🙂", "\ud800", "x" * 100_000, "gout " * 50_000], ids=len
)
def test_odd_texts(build: Build, text: str) -> None:
    matcher = Matcher(build({"Disease": [("D1", "gout")]}))
    assert len(matcher.find(text)) == text.count("gout")


_WORDS = ["ab", "cd", "ef", "A1", "tumour", "tumor", "α", "alpha", "-", "ab-cd", "x"]
_SEPARATORS = [" ", "-", ", ", "", ". ", "\n", " (", "'s ", "  "]
_TEXTS = st.lists(
    st.tuples(st.sampled_from(_WORDS), st.sampled_from(_SEPARATORS)), max_size=12
).map(lambda pairs: "".join(map("".join, pairs)))
_NAMES = st.lists(_TEXTS.filter(normalise), min_size=1, max_size=6, unique=True)


@given(_NAMES, _TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_every_name_found_is_a_name_and_none_is_missed(
    build: Build, names: list[str], text: str
) -> None:
    clean = [" ".join(name.split()) for name in names]
    lexicon = build({"Disease": [(f"D{place}", name) for place, name in enumerate(clean)]})
    found = {
        (match.start, match.end)
        for match in Matcher(lexicon, held_back=True).find(text, overlaps="all")
    }
    keys = {normalise(name) for name in lexicon.name_texts}
    squeezed = {key.replace(" ", "") for key in keys}
    words = list(WORD.finditer(text))
    starts, ends = {word.start() for word in words}, {word.end() for word in words}
    for start, end in found:
        assert start in starts
        assert end in ends
        assert normalise(text[start:end]).replace(" ", "") in squeezed
    # Where nothing but single spaces stands between words, every key is there, unless it is short.
    for place, first in enumerate(words):
        for last in words[place:]:
            span = text[first.start() : last.end()]
            is_plain = all(c.isalpha() or c == " " for c in span) and "  " not in span
            if is_plain and normalise(span) in keys and len(span) > 5:
                assert (first.start(), last.end()) in found


@given(_TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_a_name_is_found_in_its_own_text(build: Build, name: str) -> None:
    name = " ".join(name.split())
    letters = [character for character in name if character.isalnum()]
    if len(letters) < 4 or not any(map(str.isalpha, letters)):
        return
    lexicon = build({"Disease": [("D1", name)]})
    text = f"We saw {name} again"
    words = list(WORD.finditer(name))
    expected = (7 + words[0].start(), 7 + words[-1].end())
    matches = Matcher(lexicon, held_back=True).find(text, overlaps="all")
    assert expected in [(match.start, match.end) for match in matches]
    assert all(BREAK not in run[:1] + run[-1:] for run in token_runs(name))


def test_threads_may_share_a_matcher(build: Build) -> None:
    matcher = Matcher(build({"Disease": [("D1", "gout"), ("D2", "anti-inflammatory gout")]}))
    texts = [f"antiinflammatory gout {number} and gouts" for number in range(400)]
    expected = [matcher.find(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(matcher.find, texts)) == expected


def test_caches_that_run_over_change_nothing(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    from bioweave.lexicon import encoding

    monkeypatch.setattr(encoding, "_MOST_KEPT", 2)
    lexicon = build({"Disease": [("D1", "antiinflammatory gout")]})
    text = "an anti-inflammatory gout, and anti-inflammatory gout"
    assert _found(lexicon, text) == ["anti-inflammatory gout"] * 2
