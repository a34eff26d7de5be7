"""All that a run's teachers say: of the corpora's documents and of unlabelled passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bioweave.corpus import corpora_folder
from bioweave.document import Document
from bioweave.errors import ConfigurationError, CorpusError
from bioweave.model.heads import Head
from bioweave.training import provenance
from bioweave.training.data import RunCorpus
from bioweave.training.distillation.labelling import label_documents, teacher_record
from bioweave.training.distillation.passages import choose_passages
from bioweave.training.distillation.store import SoftTags
from bioweave.training.recipe import DistillationChoice
from bioweave.training.watcher import Watcher


@dataclass(frozen=True, slots=True, eq=False)
class TaughtDocuments:
    """Soft tags of a list of documents, unpacked one by one; see `examples.Taught`."""

    soft_tags: Sequence[SoftTags]
    teaches: npt.NDArray[np.bool_]

    def of_document(self, number: int, n_words: int) -> npt.NDArray[np.float16]:
        """[words, heads, tags]. Raises ConfigurationError for labels of other words."""
        found = self.soft_tags[number]
        if found.n_words != n_words:
            raise ConfigurationError(
                f"the labels of document {number + 1} are of {found.n_words} words, and it has "
                f"{n_words}: they were made by another version of bioweave; delete their folder"
            )
        return found.dense().astype(np.float16)


@dataclass(frozen=True, slots=True, eq=False)
class Teaching:
    """What a student learns from beside gold tags.

    `of_corpus` is by corpus name, empty where gold documents are not taught. `passages` have no
    gold tags at all.
    """

    of_corpus: dict[str, TaughtDocuments]
    passages: tuple[Document, ...]
    of_passages: TaughtDocuments | None
    record: dict[str, Any]


def prepare_teaching(
    choice: DistillationChoice,
    corpora: Sequence[RunCorpus],
    heads: Sequence[Head],
    folder: Path,
    *,
    watcher: Watcher,
) -> Teaching:
    """Have the teachers label what the recipe says; labels are kept in `folder` or found there."""

    def ask(documents: Sequence[Document]) -> TaughtDocuments:
        soft, known = label_documents(
            documents,
            choice.teachers,
            heads,
            folder,
            temperature=choice.temperature,
            watcher=watcher,
        )
        return TaughtDocuments(soft, np.array(known, dtype=np.bool_))

    passages: tuple[Document, ...] = ()
    record: dict[str, Any] = {
        "teachers": {path.name: teacher_record(path) for path in choice.teachers},
        "temperature": choice.temperature,
        "share_on_gold": choice.share_on_gold,
    }
    if choice.text is not None:
        text = find_text(choice.text)
        gold = (document for one in corpora for document in one.train)
        passages = tuple(choose_passages(text, choice.passages, gold, seed=choice.seed))
        record["text"] = {"name": text.name, "sha256": provenance.sha256(text)}
        record["passages"] = len(passages)
    return Teaching(
        {one.choice.name: ask(one.train) for one in corpora} if choice.share_on_gold else {},
        passages,
        ask(passages) if passages else None,
        record,
    )


def find_text(path: Path) -> Path:
    """A text file as it is named, or else the one of that name in the folder of corpora."""
    if path.is_file():
        return path
    try:
        beside = corpora_folder() / path
    except CorpusError:
        beside = path
    if not beside.is_file():
        raise ConfigurationError(
            f"distillation.text: there is no file {path}, neither here nor in the folder that "
            "BIOWEAVE_CORPORA names"
        )
    return beside
