from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.corpus import Action, load, load_with_defects
from bioweave.corpus.reading.bc2gm import Bc2gmReader


def test_offsets_without_spaces_become_characters(small: Path) -> None:
    first, second, third = load("bc2gm", "train", small)
    # Two spaces before "to" count for nothing in the file and for two here.
    assert first.text == "Binding of ZRK1 kinase  to TAFB2 was weak."
    assert [(*m.span, m.text, m.label) for m in first.mentions] == [
        (11, 22, "ZRK1 kinase", "Gene"),
        (27, 32, "TAFB2", "Gene"),
    ]
    assert [m.text for m in second.mentions] == ["Brinase", "ostrenin"]
    assert third.mentions == ()


def test_alternatives_are_character_spans(small: Path) -> None:
    first, second, third = load("bc2gm", "train", small)
    assert first.metadata["alternatives"] == [[11, 15], [27, 32]]
    assert second.metadata["alternatives"] == []
    assert third.metadata["alternatives"] == [[3, 7]]


def test_train_ids_hold_a_pmid(small: Path) -> None:
    assert load("bc2gm", "train", small)[0].metadata["pmid"] == "9700001"
    assert "pmid" not in load("bc2gm", "test", small)[0].metadata


def test_defects_are_told(small: Path) -> None:
    _, train = load_with_defects("bc2gm", "train", small)
    assert [(d.kind, d.action, d.document) for d in train] == [
        ("repeated alternative", Action.DROPPED, "P09700001A0000"),
        ("alternative equal to a mention", Action.KEPT, "P09700001A0000"),
        ("offset mismatch of mention", Action.REPAIRED, "P09700001T0000"),
        ("alternative without a mention", Action.KEPT, "P09700002A0120"),
    ]
    _, test = load_with_defects("bc2gm", "test", small)
    assert [(d.kind, d.document) for d in test] == [
        ("mention without a sentence", "BC2GM970000009")
    ]


def test_what_lies_outside_or_cannot_be_read_is_dropped(tmp_path: Path) -> None:
    home = tmp_path / "bc2gm" / "test"
    home.mkdir(parents=True)
    (home / "test.in").write_text("A1 one two\n")
    (home / "GENE.eval").write_text("A1|0 2|one\nA1|3 9|two\nA1|2 1|x\nA1 3 5 two\n")
    (home / "ALTGENE.eval").write_text("")
    (document,), defects = load_with_defects("bc2gm", "test", tmp_path)
    assert [m.text for m in document.mentions] == ["one"]
    assert [d.kind for d in defects] == [
        "unreadable line",
        "mention outside its sentence",
        "mention outside its sentence",
    ]


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.sampled_from([" ", "  "]), min_size=8, max_size=8),
    st.data(),
)
def test_any_span_of_words_is_found_again(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], gaps: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    text = words[0] + "".join(gap + word for gap, word in zip(gaps, words[1:], strict=False))
    start = len("".join(words[:first]))
    end = len("".join(words[: last + 1])) - 1
    claimed = words[first] + "".join(
        gap + word for gap, word in zip(gaps[first:], words[first + 1 : last + 1], strict=False)
    )
    home = tmp_path_factory.mktemp("bc2gm")
    (home / "test").mkdir()
    (home / "test" / "test.in").write_text(f"A1 {text}\n", encoding="utf-8")
    (home / "test" / "GENE.eval").write_text(f"A1|{start} {end}|{claimed}\n", encoding="utf-8")
    (home / "test" / "ALTGENE.eval").write_text("")
    (document,) = Bc2gmReader().read(home, "test", lambda defect: None)
    (mention,) = document.mentions
    assert mention.text == claimed == document.text[mention.start : mention.end]
