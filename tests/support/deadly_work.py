"""Work that ends its worker, as the system does to one that is out of memory."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioweave.annotator import Annotator
from bioweave.cluster import AnnotatorSettings
from bioweave.cluster.annotation import SickWorkerError
from bioweave.cluster.shards import Shard


def die() -> None:
    """Without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class DeadlySettings(AnnotatorSettings):
    """Makes annotators that a document with DEADLY in its text ends."""

    def make(self) -> Annotator:
        annotator = AnnotatorSettings.make(self)
        observe = annotator.observe

        def observe_or_die(documents: Any) -> Iterator[Any]:
            documents = list(documents)
            if any("DEADLY" in document.text for document in documents):
                die()
            return observe(documents)

        annotator.observe = observe_or_die
        return annotator


class UnsendableError(Exception):
    """Cannot be made anew from its arguments, as errors of libraries."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")


@dataclass(frozen=True)
class Telling:
    """Tells a shard's number, after so many deaths of a worker at each, which files count."""

    folder: Path
    n_deaths: int = 0
    how: str = "shard"

    def prepare(self) -> None:
        if self.how == "start":
            die()
        if self.how == "wrong":
            raise ValueError("cannot be loaded")

    def __call__(self, shard: Shard) -> dict[str, Any]:
        died = sorted(self.folder.glob(f"{shard.number}-*"))
        if self.how == "shard" and len(died) < self.n_deaths:
            (self.folder / f"{shard.number}-{len(died)}").touch()
            die()
        if self.how == "memory" and not died:
            (self.folder / f"{shard.number}-0").touch()
            raise MemoryError
        if self.how == "sick" and not died:
            (self.folder / f"{shard.number}-0").touch()
            raise SickWorkerError("can do nothing any more")
        if self.how == "unsendable":
            raise UnsendableError(1, 2)
        if self.how == "disk" and shard.number == 2:
            raise OSError(28, "No space left on device", "there")
        told = {"number": shard.number, "process": os.getpid()}
        if self.how == "gpu":
            time.sleep(0.5)  # or one worker does it all
            told["gpu"] = os.environ["CUDA_VISIBLE_DEVICES"]
        return told

    def call_off(self, shard: Shard) -> None:
        (self.folder / f"called-off-{shard.number}").touch()
