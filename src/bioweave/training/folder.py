"""The folder of a run: what lies where.

RUN/
  recipe.toml         every setting, defaults spelled out
  run.json            seed, code, packages, data checksums, counts, best dev scores
  steps.jsonl         loss and learning rate over time
  epochs.jsonl        dev scores over time
  progress.png        both, drawn
  tagger.safetensors  the weights: the best on dev, or the last where the recipe says so
  deciding.json       of a relation tagger: curves and thresholds, chosen on dev
  encoder/            the encoder's configuration, without weights
  second-encoder/     the same of the second one, where there are two, and its tokenizer
  tokenizer.json      what cuts words into pieces
  names.txt           names that mentions are checked by, where the recipe says so
  features/           word features: alphabet, vocabulary, matrix, part-of-speech tagger
  labels/             teachers' labels, where the run is a student's
  checkpoints/        to resume from; may be deleted afterwards
  tensorboard/        TensorBoard's event files
  mlflow.json         by what mark MLflow knows the run, where it does
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioweave.errors import ConfigurationError
from bioweave.whole_files import write_whole


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where a run keeps what it writes."""

    path: Path

    @property
    def recipe(self) -> Path:
        """The resolved recipe."""
        return self.path / "recipe.toml"

    @property
    def record(self) -> Path:
        """What the run was made from and what came out."""
        return self.path / "run.json"

    @property
    def steps(self) -> Path:
        """Loss and learning rate over time."""
        return self.path / "steps.jsonl"

    @property
    def epochs(self) -> Path:
        """Dev scores over time."""
        return self.path / "epochs.jsonl"

    @property
    def weights(self) -> Path:
        """The weights that the run keeps."""
        return self.path / "tagger.safetensors"

    @property
    def encoder(self) -> Path:
        """The encoder's configuration, without weights."""
        return self.path / "encoder"

    @property
    def second_encoder(self) -> Path:
        """The second encoder's configuration and tokenizer, without weights."""
        return self.path / "second-encoder"

    @property
    def tokenizer(self) -> Path:
        """What cuts words into pieces."""
        return self.path / "tokenizer.json"

    @property
    def features(self) -> Path:
        """What the word features need."""
        return self.path / "features"

    @property
    def own_names(self) -> Path:
        """The names that its training documents mark."""
        return self.path / "names.txt"

    @property
    def checkpoints(self) -> Path:
        """The states to resume from."""
        return self.path / "checkpoints"

    @property
    def labels(self) -> Path:
        """What teachers say of the documents and of unlabelled text."""
        return self.path / "labels"

    @property
    def progress(self) -> Path:
        """Loss and dev scores, drawn."""
        return self.path / "progress.png"

    @property
    def deciding(self) -> Path:
        """How sure a relation tagger has to be."""
        return self.path / "deciding.json"

    @property
    def is_finished(self) -> bool:
        """Whether the run has come to its end."""
        return self.record.is_file() and self.read_record().get("status") == "finished"

    def last_checkpoint(self) -> Path | None:
        """The newest state to resume from, or None."""
        found = [path for path in self.checkpoints.glob("checkpoint-*") if _is_whole(path)]
        return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)

    def read_record(self) -> dict[str, Any]:
        """`run.json`. Raises ConfigurationError where this is no run."""
        try:
            record: dict[str, Any] = json.loads(self.record.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigurationError(f"{self.path}: not a run (it has no run.json)") from None
        except json.JSONDecodeError as error:
            raise ConfigurationError(f"{self.record}: not valid JSON: {error}") from error
        return record

    def read_finished_record(self) -> dict[str, Any]:
        """`run.json` of a run that has come to its end.

        Raises ConfigurationError where this is no run, or it has not.
        """
        record = self.read_record()
        if record.get("status") != "finished" or not self.weights.is_file():
            raise ConfigurationError(
                f"{self.path}: this run is not finished; go on with `bioweave train --resume`"
            )
        return record

    def write_record(self, record: dict[str, Any]) -> None:
        """Replace `run.json`."""
        text = json.dumps(record, indent=2, ensure_ascii=False)
        write_whole(self.record, f"{text}\n".encode())


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Replace a file with one JSON object a line."""
    write_whole(path, "".join(json.dumps(row) + "\n" for row in rows).encode())


def _is_whole(checkpoint: Path) -> bool:
    # Trainer writes this file last, so a checkpoint that was cut short lacks it.
    return (checkpoint / "trainer_state.json").is_file()
