"""Trains a linker: the names that corpora give to concepts, and a reranker for each label."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from bioweave.bundle import find_bundle, read_manifest
from bioweave.bundle.parts import LINKING_NAME, replace_part
from bioweave.corpus import files, info, load
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.features.vectors import WordVectors
from bioweave.features.word2vec import read_word2vec
from bioweave.lexicon import Lexicon
from bioweave.linking import LearnedNames, Linker
from bioweave.linking.thesaurus import LexiconNames
from bioweave.training.linking.examples import linking_examples
from bioweave.training.linking.network import fit_reranker
from bioweave.training.linking.settings import LinkerTraining
from bioweave.training.linking.words import word_meanings
from bioweave.training.provenance import checksums, sha256

logger = logging.getLogger(__name__)


def train_linker(
    documents: Sequence[Document],
    labels: Sequence[str],
    lexicon: Lexicon | None = None,
    settings: LinkerTraining | None = None,
    vectors: WordVectors | None = None,
) -> Linker:
    """A linker of what the documents' mentions are linked to, and of a lexicon's names.

    With `vectors`, the commonest word first, names are compared by what they mean as well. Raises
    ConfigurationError where no mention of a label has a concept.
    """
    settings = settings or LinkerTraining()
    learned = LearnedNames.from_documents(documents, labels)
    meanings = word_meanings(vectors, learned, lexicon, labels) if vectors else None
    rerankers = {}
    for label in labels:
        names = LexiconNames.of(lexicon, label)
        examples = list(linking_examples(documents, label, names, settings, meanings))
        if not any(example.is_right[:-1].any() for example in examples):
            raise ConfigurationError(f"no mention of {label} has a concept that could be learned")
        logger.info("%s: %d mentions to learn linking from", label, len(examples))
        # Anew for each label: what one learns does not depend on which others are asked for.
        torch.manual_seed(settings.seed)
        rerankers[label] = fit_reranker(examples, settings)
    return Linker(learned, rerankers, lexicon, meanings)


def learn_linking(
    bundle: str | Path,
    corpora: Sequence[str],
    lexicon: Lexicon | None = None,
    settings: LinkerTraining | None = None,
    vectors: Path | None = None,
) -> dict[str, Any]:
    """Train a linker on corpora, such as "bc5cdr:train+dev", and put it into a bundle.

    Labels are those of the bundle that the corpora give concepts to. `vectors` is a file of word
    embeddings in word2vec's format. Returns what the bundle's
    manifest then tells of it. Raises CorpusError and BundleError where either cannot be read, and
    ConfigurationError where no mention has a concept.
    """
    settings = settings or LinkerTraining()
    folder = find_bundle(bundle)
    manifest = read_manifest(folder)
    documents: list[Document] = []
    sources: dict[str, Any] = {}
    for one in corpora:
        name, _, splits = one.partition(":")
        chosen = tuple(splits.split("+")) if splits else ("train",)
        for split in chosen:
            documents += load(name, split)
        sources[name] = {"splits": list(chosen), "sha256": checksums(files(name))}
    n_linked = Counter(
        mention.label for document in documents for mention in document.mentions if mention.concepts
    )
    labels = [label for label in manifest.labels if n_linked[label]]
    if not labels:
        raise ConfigurationError(
            f"{', '.join(corpora)}: no mention of {', '.join(manifest.labels)} has a concept"
        )
    embeddings = read_word2vec(vectors) if vectors is not None else None
    linker = train_linker(documents, labels, lexicon, settings, embeddings)
    told = {
        "corpora": sources,
        "mentions": {label: n_linked[label] for label in labels},
        "vectors": {"name": vectors.name, "sha256": sha256(vectors)} if vectors else None,
        "lexicon": [asdict(source) for source in lexicon.sources] if lexicon else [],
        "settings": asdict(settings),
    }
    licences = {f"corpus {name}": info(name).licence for name in sources}
    replace_part(folder, LINKING_NAME, linker.save, told, licences)
    return told
