"""A small lexicon and annotated documents, all invented."""

from __future__ import annotations

import numpy as np
import pytest

from bioweave.document import Concept, Document, Mention
from bioweave.lexicon import Lexicon
from bioweave.lexicon.building import build_lexicon
from bioweave.lexicon.sources import SourceSettings
from bioweave.linking import Reranker
from bioweave.linking.evidence import FEATURES

TABLE = """id\tterm\tkind
X:1\tVelmar Syndrome\tpref
X:1\tvelmar disease\tsyn
X:2\tTolic Fever\tpref
X:2\tfever, tolic\tperm
X:3\tChronic Tolic Fever\tpref
X:4\tOrbane Deficiency\tpref
X:5\tLeft Orbane Failure\tpref
X:6\tRight Orbane Failure\tpref
X:7\tGeneral Malaise\tpref
"""


def mentioned(text: str, *found: tuple[str, str], id_: str = "1") -> Document:
    """A document in which each stretch stands for concepts, whose ids spaces part."""
    mentions = [
        Mention(
            start := text.index(stretch),
            start + len(stretch),
            stretch,
            "Disease",
            concepts=tuple(map(Concept, ids.split())),
        )
        for stretch, ids in found
    ]
    return Document(id_, text).with_mentions(mentions)


def believing(*, likeness: float = 8.0, learned: float = 8.0, nothing: float = 5.0) -> Reranker:
    """A reranker by hand: a line through likeness and what annotators did."""
    first = np.zeros((len(FEATURES), 2), np.float32)
    first[FEATURES.index("cosine"), 0] = likeness
    first[FEATURES.index("learned share"), 1] = learned
    return Reranker(
        weights=(first, np.eye(2, dtype=np.float32), np.ones((2, 1), np.float32)),
        biases=tuple(np.zeros(n, np.float32) for n in (2, 2, 1)),
        nothing=nothing,
    )


@pytest.fixture(scope="session")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    folder = tmp_path_factory.mktemp("lexicon")
    (folder / "table.tsv").write_text(TABLE)
    source = SourceSettings(folder / "table.tsv", label="Disease")
    return build_lexicon([source], folder / "small.lexicon")


@pytest.fixture(scope="session")
def documents() -> list[Document]:
    """Enough for a reranker to learn that likeness and annotators are to be believed."""
    made = []
    for number in range(20):
        made += [
            mentioned(
                "Velmar disease (VD) came first, then VD again and tolic fever.",
                ("Velmar disease", "X:1"),
                ("VD", "X:1"),
                ("tolic fever", "X:2"),
                id_=f"a{number}",
            ),
            mentioned(
                "They saw malaise, chronic tolic fevers, and wobbly knees.",
                ("malaise", "X:7"),
                ("chronic tolic fevers", "X:3"),
                ("wobbly knees", ""),
                id_=f"b{number}",
            ),
            mentioned(
                "Orbane deficiencies and velmar syndromes are rare.",
                ("Orbane deficiencies", "X:4"),
                ("velmar syndromes", "X:1"),
                id_=f"c{number}",
            ),
        ]
    return made
