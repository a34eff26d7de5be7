from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from bioweave.corpus.augmentation import LexiconNames, ManySources, NameList, names_in, read_names
from bioweave.corpus.augmentation.names import draw_other
from bioweave.document import Document, Mention, Span
from bioweave.errors import ConfigurationError
from bioweave.lexicon import SourceSettings, build_lexicon


def _drawn(names: NameList | LexiconNames | ManySources, label: str, n: int = 400) -> Counter[str]:
    return Counter(names.draw(label, Random(seed)) for seed in range(n))


def test_mentions_are_drawn_as_often_as_they_stand_there() -> None:
    text = "pox and  pox,\nlung  pox"
    parted = Mention(0, 8, text[:8], "Disease", fragments=(Span(0, 3), Span(4, 7)))
    document = Document(
        "d",
        text,
        (
            Mention(0, 3, "pox", "Disease"),
            Mention(9, 12, "pox", "Disease"),
            Mention(14, 23, "lung  pox", "Disease"),
            parted,
        ),
    )
    names = names_in([document])
    assert names.labels == ("Disease",)
    drawn = _drawn(names, "Disease")
    assert set(drawn) == {"pox", "lung pox"}
    assert 0.55 < drawn["pox"] / 400 < 0.78


def test_names_from_files(tmp_path: Path) -> None:
    path = tmp_path / "diseases.txt"
    path.write_text("velmar syndrome\n\n  pox \n")
    names = read_names({"Disease": path})
    assert set(_drawn(names, "Disease", 50)) == {"velmar syndrome", "pox"}
    path.write_text("\n \n")
    with pytest.raises(ConfigurationError, match=r"names of 'Disease': .*has none"):
        read_names({"Disease": path})
    with pytest.raises(ConfigurationError, match=r"names of 'Gene': .*none\.txt"):
        read_names({"Gene": tmp_path / "none.txt"})


def test_names_of_a_lexicon_are_no_turned_ones(tmp_path: Path) -> None:
    table = tmp_path / "names.tsv"
    table.write_text("X:1\tTolic Fever\nX:1\tFever, Tolic\nX:2\tPox\nX:3\tFever, Q, Late\n")
    lexicon = build_lexicon([SourceSettings(table, label="Disease")], tmp_path / "names.lexicon")
    names = LexiconNames(lexicon, ["Disease", "Gene"])
    assert names.labels == ("Disease",)
    drawn = _drawn(names, "Disease", 100)
    assert {"Tolic Fever", "Pox"} <= set(drawn)
    assert not any(", " in name for name in drawn)


def test_a_lexicon_of_turned_names_alone_gives_the_preferred_one(tmp_path: Path) -> None:
    table = tmp_path / "names.tsv"
    table.write_text("X:3\tpox, here, and there, and so on\n")
    lexicon = build_lexicon([SourceSettings(table, label="Disease")], tmp_path / "names.lexicon")
    assert (
        LexiconNames(lexicon, ["Disease"]).draw("Disease", Random(0))
        == "pox, here, and there, and so on"
    )


def test_the_first_source_with_a_label_gives_its_names() -> None:
    given = NameList({"Disease": ["pox"], "Chemical": [" "]})
    own = NameList({"Disease": ["fever"], "Chemical": ["dolumide"]})
    names = ManySources([given, own])
    assert names.labels == ("Chemical", "Disease")
    assert set(_drawn(names, "Disease", 9)) == {"pox"}
    assert set(_drawn(names, "Chemical", 9)) == {"dolumide"}


def test_another_name_where_there_is_one() -> None:
    names = NameList({"Disease": ["pox", "fever"], "Gene": ["ZRK1"]})
    assert draw_other(names, "Disease", ["pox"], Random(0)) == "fever"
    assert draw_other(names, "Gene", ["ZRK1"], Random(0)) is None
    assert draw_other(names, "Species", [], Random(0)) is None
