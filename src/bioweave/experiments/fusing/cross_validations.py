"""A finished cross-validation, as far as it may be trusted to have kept its folds apart."""

from __future__ import annotations

import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioweave.corpus import fold_numbers
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.experiments.fusing.members import RUN_RECORD, Member
from bioweave.experiments.learning import learned_from, teachers_of
from bioweave.experiments.runs import Marginals, read_marginals
from bioweave.whole_files import read_json

COMMAND = "cross-validate"
SPLIT = "train"


@dataclass(frozen=True, slots=True, eq=False)
class CrossValidation:
    """What `bioweave cross-validate` left in a folder.

    `records` are what the run of each fold says of itself, in order; `model` is the recipe's table
    of that name, `said` the runs' marginals of the documents that they had not seen.
    """

    folder: Path
    recipe: str
    corpus: str
    folds: int
    seed: int
    records: tuple[Mapping[str, Any], ...]
    model: Mapping[str, Any]
    said: Marginals


def open_cross_validation(folder: Path) -> CrossValidation:
    """The cross-validation in a folder; ConfigurationError where there is none, or no whole one."""
    summary = read_json(folder / "summary.json")
    if not isinstance(summary, dict) or summary.get("command") != COMMAND:
        raise ConfigurationError(
            f"{folder}: no finished cross-validation; `bioweave {COMMAND} RECIPE.toml -o FOLDER` "
            "makes one, and called again goes on with one that was interrupted"
        )
    runs = [folder / "runs" / f"fold-{number}" for number in range(1, summary["folds"] + 1)]
    records = [read_json(run / RUN_RECORD) for run in runs]
    try:
        said = read_marginals(folder / "out-of-fold.npz")
        recipe = tomllib.loads((runs[0] / "recipe.toml").read_text(encoding="utf-8"))
        if not all(isinstance(one, dict) for one in records):
            raise ValueError("a fold's run has no record")
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ConfigurationError(
            f"{folder}: this cross-validation is not whole ({error}); run it again into a new "
            "folder"
        ) from error
    return CrossValidation(
        folder,
        summary["recipe"],
        summary["corpus"],
        summary["folds"],
        summary["seed"],
        tuple(records),
        recipe.get("model", {}),
        said,
    )


def check_same_tagger(one: CrossValidation, member: Member) -> None:
    """Raise ConfigurationError where another recipe than the member's was cross-validated.

    A pool that was fitted to what one kind of tagger says means nothing for another kind. Seeds
    may differ.
    """
    manifest, told = member.bundle.manifest, member.provenance
    heads = [(head.name, head.tags) for head in manifest.heads]
    pairs = {
        "recipe": (one.recipe, told.get("name", manifest.name)),
        "heads": (_listed(zip(one.said.heads, one.said.tags, strict=True)), _listed(heads)),
        "encoder": (_encoder(one.model, "encoder"), _encoder(told, "encoder")),
        "second encoder": (
            _encoder(one.model, "second_encoder"),
            _encoder(told, "second_encoder"),
        ),
        "corpora": (
            ", ".join(sorted(one.records[0].get("corpora", {}))),
            ", ".join(sorted(told.get("corpora", {}))),
        ),
    }
    for what, (validated, own) in pairs.items():
        if validated != own:
            raise ConfigurationError(
                f"{one.folder}: not of {member.name}: {what} {validated!r} was cross-validated, "
                f"and the member's is {own!r}"
            )


def check_unseen_folds(one: CrossValidation, documents: Sequence[Document]) -> None:
    """Raise ConfigurationError where a run may have learned from the fold that it speaks of.

    `documents` are those of the corpus's train split, from which folds were made.
    """
    for number, record in enumerate(one.records, start=1):
        own = record.get("corpora", {}).get(one.corpus, {})
        if own.get("trained_on") != [SPLIT]:
            raise ConfigurationError(
                f"{one.folder}: folds of {one.corpus} {'+'.join(own.get('trained_on', ()))}; "
                f"members learned from {SPLIT} alone, and other splits are measured on (leakage): "
                "cross-validate that alone"
            )
        if own.get("fold") != {"of": one.folds, "number": number, "seed": one.seed}:
            raise ConfigurationError(
                f"{one.folder}: the run of fold {number} says that it held out "
                f"{own.get('fold')}: it may have learned from what it speaks of (leakage); "
                "cross-validate into a new folder"
            )
        for source in _sources(record):
            learned = learned_from(source, one.corpus)
            if learned is None or learned.splits or learned.taught != ():
                raise ConfigurationError(
                    f"{one.folder}: the run of fold {number} stands on {source.get('name')}, "
                    f"which may have learned from all of {one.corpus} (leakage)"
                )
    numbers = fold_numbers(documents, one.folds, one.seed)
    folds = {document.id: fold for document, fold in zip(documents, numbers, strict=True)}
    for said in one.said:
        if folds.get(said.document) != said.fold:
            raise ConfigurationError(
                f"{one.folder}: document {said.document} was held out in fold {said.fold}, and "
                f"by the corpus that is there now it belongs to "
                f"{folds.get(said.document) or 'no fold'}: the corpus has changed, so "
                "cross-validate again"
            )


def _sources(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The models that a run began with, or was taught by."""
    if isinstance(started_from := record.get("started_from"), Mapping):
        yield started_from
    yield from teachers_of(record)


def _encoder(table: Mapping[str, Any], key: str) -> str:
    """An encoder's name, or the last part of its path: folders may have moved."""
    value = table.get(key)
    return Path(value).name if value else "none"


def _listed(heads: Any) -> str:
    return "; ".join(f"{name} ({' '.join(tags)})" for name, tags in heads)
