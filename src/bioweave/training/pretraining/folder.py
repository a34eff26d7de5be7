"""The folder that pretraining fills: what lies where.

FOLDER/
  config.json, model.safetensors, tokenizer.json   the encoder with its head, once all is done
  pretraining.json   what it was made from and what came out
  work/              only while it is under way:
    pieces/          the text, tokenised
    checkpoint.pt    to resume from
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedModel

from bioweave.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class PretrainingFolder:
    """Where pretraining keeps what it writes."""

    path: Path

    @property
    def record(self) -> Path:
        """What the encoder was made from and what came out."""
        return self.path / "pretraining.json"

    @property
    def pieces(self) -> Path:
        """The text, tokenised."""
        return self.path / "work" / "pieces"

    @property
    def checkpoint(self) -> Path:
        """Weights, moments and what was measured so far."""
        return self.path / "work" / "checkpoint.pt"

    def claim(self, plan: dict[str, Any], *, resume: bool) -> dict[str, Any]:
        """The record of the run that this folder now belongs to, perhaps finished already.

        `plan` is what decides the outcome. Raises ConfigurationError for a folder that holds
        something else, and for a resumed run whose plan has changed, naming the first difference.
        """
        if resume and self.record.is_file():
            record = self._read()
            for name, value in plan.items():
                if record.get(name) != value:
                    raise ConfigurationError(
                        f"{self.path}: {_difference(name, record.get(name), value)} since this run "
                        "began; resume it as it was, or pretrain into a new folder"
                    )
            return record
        if self.path.exists() and any(self.path.iterdir()):
            raise ConfigurationError(
                f"{self.path}: not empty; choose a new folder, or --resume to go on with a run"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        record = {"status": "unfinished", **plan}
        self.write_record(record)
        return record

    def release(self) -> None:
        """Take back a claim that cannot be used, so that another may be made."""
        shutil.rmtree(self.path / "work", ignore_errors=True)
        self.record.unlink(missing_ok=True)

    def write_record(self, record: dict[str, Any]) -> None:
        """Replace `pretraining.json`."""
        text = json.dumps(record, indent=2, ensure_ascii=False)
        _replace(self.record, lambda fresh: fresh.write_text(text + "\n", encoding="utf-8"))

    def write_checkpoint(self, state: dict[str, Any]) -> None:
        """Replace the checkpoint; a kill leaves the old one or the new one."""
        _replace(self.checkpoint, lambda fresh: torch.save(state, fresh))

    def read_checkpoint(self, device: torch.device) -> dict[str, Any] | None:
        """The last checkpoint, or None where there is none yet."""
        if not self.checkpoint.is_file():
            return None
        state: dict[str, Any] = torch.load(self.checkpoint, map_location=device, weights_only=True)
        return state

    def finish(self, model: PreTrainedModel, tokenizer: Tokenizer, record: dict[str, Any]) -> None:
        """Write the encoder, then the record, and clear what was needed on the way."""
        model.save_pretrained(self.path)
        tokenizer.save(str(self.path / "tokenizer.json"))
        self.write_record(record)
        shutil.rmtree(self.path / "work", ignore_errors=True)

    def _read(self) -> dict[str, Any]:
        try:
            record: dict[str, Any] = json.loads(self.record.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise ConfigurationError(f"{self.record}: not valid JSON: {error}") from error
        return record


def _replace(path: Path, write: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    write(fresh)
    fresh.replace(path)


def _difference(name: str, was: Any, now: Any) -> str:
    if isinstance(was, dict) and isinstance(now, dict):
        for key, value in now.items():
            if was.get(key) != value:
                return _difference(f"{name}.{key}", was.get(key), value)
    return f"{name} has changed from {was!r} to {now!r}"
