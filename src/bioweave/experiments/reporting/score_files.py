"""The scores behind a report: a file for each model, corpus and split, and one for each run's past.

    FOLDER/scores/MODEL.CORPUS.SPLIT.json    what `measure_model` gives, and what it was measured on
    FOLDER/scores/MODEL.learning.json        losses and dev scores over time

A model is not measured again while its weights and the corpus's files are what they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bioweave.corpus import files, info
from bioweave.errors import ConfigurationError
from bioweave.whole_files import read_json, write_json

FORMAT = 1
LEARNING = "learning"
_SUFFIX = ".json"

Scores = dict[str, Any]


def score_path(folder: Path, model: str, corpus: str, split: str) -> Path:
    """Where the scores of a model on a split lie."""
    return folder / f"{model}.{corpus}.{split}{_SUFFIX}"


def learning_path(folder: Path, model: str) -> Path:
    """Where a run's losses and dev scores over time lie."""
    return folder / f"{model}.{LEARNING}{_SUFFIX}"


def kept(path: Path, model: Mapping[str, Any], corpus_sha256: str) -> Scores | None:
    """The scores in a file, if they are of this very model and of these corpus files."""
    scores: Scores | None = read_json(path)
    if not isinstance(scores, dict) or scores.get("format") != FORMAT:
        return None
    told = scores.get("model", {})
    is_same = told.get("sha256") == model["sha256"] and scores["corpus_sha256"] == corpus_sha256
    return scores if is_same else None


def keep(path: Path, scores: Mapping[str, Any]) -> Scores:
    """Write a file, whole or not at all; what is already there is not touched."""
    content = {"format": FORMAT, **scores}
    if read_json(path) != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, content)
    return content


def read_folder(folder: Path) -> tuple[list[Scores], list[Scores]]:
    """All scores in a folder and all runs' pasts, by file name.

    Raises ConfigurationError where there is none, or a file is none of ours.
    """
    scores: list[Scores] = []
    pasts: list[Scores] = []
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        content = read_json(path)
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ConfigurationError(
                f"{path}: not a file of scores that this bioweave wrote; delete it, and let "
                "`bioweave report` measure the model again"
            )
        (pasts if path.name.endswith(f".{LEARNING}{_SUFFIX}") else scores).append(content)
    if not scores:
        raise ConfigurationError(
            f"{folder}: neither a bundle, nor a run, nor a folder of scores from `bioweave report`"
        )
    return scores, pasts


def holds_scores(folder: Path) -> bool:
    """Whether a folder looks like one of scores: JSON files, and no model."""
    other = ("manifest.json", "run.json")
    return any(folder.glob(f"*{_SUFFIX}")) and not any((folder / name).exists() for name in other)


def corpus_sha256(corpus: str, split: str) -> str:
    """The checksum of the files that a split is read from; dev may be a part of train.

    Raises CorpusError where the corpus has no such split.
    """
    splits = info(corpus).splits
    read = "train" if split == "dev" and "dev" not in splits and "train" in splits else split
    return _sha256(files(corpus, read))


def _sha256(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
