"""Real terminologies, where BIOWEAVE_TERMINOLOGIES names a folder with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bioweave.lexicon import Lexicon, Matcher, SourceSettings, build_lexicon
from bioweave.lexicon.profiles import MESH_LABELS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mesh(terminologies: Path, tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    settings = SourceSettings(
        terminologies / "mesh2024.tsv",
        labels=MESH_LABELS,
        prefix="MESH",
        codes=terminologies / "mesh2024_tree_numbers.tsv",
    )
    return build_lexicon([settings], tmp_path_factory.mktemp("mesh") / "mesh.lexicon")


def test_mesh_headings_by_many_spellings(mesh: Lexicon) -> None:
    for name, label, expected in [
        ("aspirin", "Chemical", "MESH:D001241"),
        ("Acetylsalicylic Acids", "Chemical", "MESH:D001241"),
        ("breast tumours", "Disease", "MESH:D001943"),
        ("renal cell carcinoma", "Disease", "MESH:D002292"),
        ("Alzheimer's disease", "Disease", "MESH:D000544"),
        ("anaemias", "Disease", "MESH:D000740"),
    ]:
        assert expected in [concept.id for concept in mesh.lookup(name, label)], name


def test_mesh_headings_in_text(mesh: Lexicon) -> None:
    text = "Anaemia and renal-cell carcinomas after acetylsalicylic acid."
    matches = Matcher(mesh).find(text)
    assert [(text[match.start : match.end], match.label) for match in matches] == [
        ("Anaemia", "Disease"),
        ("renal-cell carcinomas", "Disease"),
        ("acetylsalicylic acid", "Chemical"),
    ]


def test_every_name_can_be_looked_up(mesh: Lexicon) -> None:
    for concept in list(mesh.concepts())[::500]:
        for name in concept.names:
            assert concept.index in mesh.find(name.text), name
