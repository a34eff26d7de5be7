"""A corpus by its name: one of the catalogue, or a folder of one's own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bioweave.corpus.catalogue import CATALOGUE, Entry
from bioweave.corpus.labels import RELATION_LABELS, TYPE_LABELS, in_order, labels_of
from bioweave.corpus.reading.own import OwnReader, own_files
from bioweave.document import is_binary
from bioweave.errors import CorpusError

CORPORA_VARIABLE = "BIOWEAVE_CORPORA"


@dataclass(frozen=True, slots=True)
class CorpusInfo:
    """What is known of a corpus before its documents are read.

    `labels` are bioweave's, `types` the corpus's own. `relations` are the labels of relations
    between two things. `unit` says what one document is: abstract, sentence, article ...
    """

    name: str
    title: str
    labels: tuple[str, ...]
    types: tuple[str, ...]
    splits: tuple[str, ...]
    unit: str
    format: str
    licence: str
    relations: tuple[str, ...] = ()


def corpus_names() -> tuple[str, ...]:
    """The corpora that bioweave knows, whether or not their files are there."""
    return tuple(CATALOGUE)


def corpora_folder(folder: Path | None = None) -> Path:
    """The folder that holds a folder per corpus: the one given, else that of BIOWEAVE_CORPORA."""
    if folder is None:
        value = os.environ.get(CORPORA_VARIABLE)
        if not value:
            raise CorpusError(
                f"{CORPORA_VARIABLE} is not set: let it name the folder with the corpora, "
                "in which each has a folder of its name"
            )
        folder = Path(value)
    if not folder.is_dir():
        raise CorpusError(f"{folder} is no folder: let {CORPORA_VARIABLE} name that of the corpora")
    return folder


def find(name: str, folder: Path | None = None) -> Entry:
    """The entry of the corpus called `name`.

    A name that the catalogue lacks may be a folder of one's own, beside the others, with a file
    for each split: `train.jsonl`, `dev.pubtator` ... in any format that bioweave reads. Raises
    CorpusError if it is neither.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    if _is_own(name, folder):
        reader = OwnReader(own_files(corpora_folder(folder) / name))
        return Entry("a folder of your own", "document", "any", "your own", reader)
    raise CorpusError(
        f"no corpus is called {name!r}: there are {', '.join(CATALOGUE)}, and any folder in "
        f"{CORPORA_VARIABLE} with train.*, dev.* or test.* files"
    )


def info(name: str, folder: Path | None = None) -> CorpusInfo:
    """What is known of a corpus. A catalogued one's files need not be there.

    >>> info("bc5cdr").labels
    ('Disease', 'Chemical')
    """
    found = find(name, folder)
    if name in TYPE_LABELS:
        labels, types = labels_of(name), tuple(TYPE_LABELS[name])
        relations = RELATION_LABELS.get(name, ())
    else:
        labels, relations = _labels_in(found, corpora_folder(folder) / name)
        types = labels
    return CorpusInfo(
        name=name,
        title=found.title,
        labels=labels,
        types=types,
        splits=found.reader.splits,
        unit=found.unit,
        format=found.format,
        licence=found.licence,
        relations=relations,
    )


def _is_own(name: str, folder: Path | None) -> bool:
    # Such a name would lead out of the folder of the corpora.
    if name in {"", ".", ".."} or Path(name).name != name:
        return False
    if folder is None and not os.environ.get(CORPORA_VARIABLE):
        return False
    return bool(own_files(corpora_folder(folder) / name))


def _labels_in(found: Entry, home: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels of mentions and those of relations."""
    mentions: set[str] = set()
    relations: set[str] = set()
    for split in found.reader.splits:
        for document in found.reader.read(home, split, lambda defect: None):
            mentions.update(mention.label for mention in document.mentions)
            relations.update(one.label for one in document.relations if is_binary(one))
    return in_order(mentions), tuple(sorted(relations))
