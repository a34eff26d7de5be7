"""Invented abstracts with relations, by a few patterns that a tiny tagger learns by heart."""

from __future__ import annotations

import json
import random
from pathlib import Path

from bioweave.document import Argument, Concept, Document, Mention, Passage, Relation
from bioweave.formats import document_to_json

_CHEMICALS = ("zorbine", "mellitol", "quaxide", "ferrolan", "dapsol", "nubital")
_GENES = ("ZRK1", "BLQ2", "TUV3", "MOX4")
_DISEASES = ("gloomitis", "calvosis", "trembles", "redspot")
_BLOCKS = "{a} blocks {b} in cells."
_STIRS = "{a} activates {b} in cells."
_BESIDE = "{a} was seen with {b} again."


def mention_document(number: int, seed: int = 0) -> Document:
    """Two sentences, each of a chemical and a gene; verbs say which relation holds."""
    draw = random.Random(f"{seed}-{number}")
    builder = _Builder()
    for sentence in range(2):
        pattern, label = draw.choice([(_BLOCKS, "DOWN"), (_STIRS, "UP"), (_BESIDE, None)])
        chemical, gene = draw.choice(_CHEMICALS), draw.choice(_GENES)
        head, tail = builder.add(
            pattern, chemical, "Chemical", gene, "Gene", is_title=sentence == 0
        )
        if label is not None:
            ends = (Argument("Arg1", head), Argument("Arg2", tail))
            builder.relations.append(Relation(label, ends))
    return builder.document(f"m{seed}-{number}")


def concept_document(number: int, seed: int = 0) -> Document:
    """Three sentences; a chemical causes a disease where one of them says so."""
    draw = random.Random(f"concepts-{seed}-{number}")
    builder = _Builder()
    chemicals, diseases = draw.sample(_CHEMICALS, 2), draw.sample(_DISEASES, 2)
    causes = "{a} caused {b} at once."
    for sentence, (pattern, which) in enumerate(((_BESIDE, 0), (causes, 0), (_BESIDE, 1))):
        chemical, disease = chemicals[which], diseases[(which + draw.randint(0, 1)) % 2]
        builder.add(pattern, chemical, "Chemical", disease, "Disease", is_title=sentence == 0)
        if pattern == causes:
            ends = (
                Argument("Chemical", concept_of(chemical), "concept"),
                Argument("Disease", concept_of(disease), "concept"),
            )
            builder.relations.append(Relation("INDUCES", ends))
    return builder.document(f"c{seed}-{number}")


def concept_of(name: str) -> str:
    """The invented id of an invented name."""
    return f"X:{name}"


class _Builder:
    def __init__(self) -> None:
        self.text = ""
        self.mentions: list[Mention] = []
        self.relations: list[Relation] = []
        self.title_end = 0

    def add(
        self, pattern: str, a: str, label_a: str, b: str, label_b: str, *, is_title: bool
    ) -> tuple[str, str]:
        if self.text:
            self.text += " "
        sentence = pattern.format(a=a.capitalize(), b=b)
        ids = []
        for name, shown, label in ((a, a.capitalize(), label_a), (b, b, label_b)):
            start = len(self.text) + sentence.index(shown)
            ids.append(f"T{len(self.mentions) + 1}")
            self.mentions.append(
                Mention(
                    start,
                    start + len(shown),
                    shown,
                    label,
                    id=ids[-1],
                    concepts=(Concept(concept_of(name)),),
                )
            )
        self.text += sentence
        if is_title:
            self.title_end = len(self.text)
        return ids[0], ids[1]

    def document(self, id_: str) -> Document:
        passages = (
            Passage(0, self.title_end, "title"),
            Passage(self.title_end + 1, len(self.text), "abstract"),
        )
        document = Document(id_, self.text, (), tuple(self.relations), passages)
        return document.with_mentions(self.mentions)


def write_relation_corpora(folder: Path, *, n_train: int = 60, n_dev: int = 20) -> Path:
    """Corpora `pairs` (between mentions) and `causes` (between concepts); returns the folder."""
    for name, make in (("pairs", mention_document), ("causes", concept_document)):
        home = folder / name
        home.mkdir(parents=True)
        for seed, (split, n) in enumerate((("train", n_train), ("dev", n_dev), ("test", n_dev))):
            documents = {one.text: one for one in (make(i, seed) for i in range(n))}
            lines = [json.dumps(document_to_json(one)) + "\n" for one in documents.values()]
            (home / f"{split}.jsonl").write_text("".join(lines))
    return folder
