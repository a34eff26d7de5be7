"""A run's beginning: whose folder it is, and what chance starts from."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import numpy as np
import torch

from bioweave.errors import ConfigurationError
from bioweave.training.folder import RunFolder
from bioweave.training.processes import from_main_process
from bioweave.training.recipe import TrainingSettings


class Learned(Protocol):
    """What recipes of all kinds have."""

    @property
    def training(self) -> TrainingSettings:
        """How the weights are found."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """The recipe with other values."""


AnyRecipe = TypeVar("AnyRecipe", bound=Learned)


def claim(
    folder: RunFolder,
    recipe: AnyRecipe,
    load: Callable[[Path], AnyRecipe],
    save: Callable[[AnyRecipe, Path], None],
    *,
    resume: bool,
) -> None:
    """Make the folder the run's own; with `resume` it may be that already.

    One of several processes does it, for all. How many they are, and into how many parts a step's
    batch is cut, may change: neither changes what is learned. Raises ConfigurationError for a
    folder in use, and for a resumed run whose recipe has changed otherwise.
    """
    from_main_process(lambda: _claim(folder, recipe, load, save, resume=resume))


def _claim(
    folder: RunFolder,
    recipe: AnyRecipe,
    load: Callable[[Path], AnyRecipe],
    save: Callable[[AnyRecipe, Path], None],
    *,
    resume: bool,
) -> None:
    if resume and folder.recipe.is_file():
        if _deciding(load(folder.recipe)) != _deciding(recipe):
            raise ConfigurationError(
                f"{folder.path}: the recipe has changed since this run began "
                f"(see {folder.recipe.name}); train into a new folder"
            )
        return
    if folder.path.exists() and any(folder.path.iterdir()):
        raise ConfigurationError(
            f"{folder.path}: not empty; choose a new folder, or --resume to go on with a run"
        )
    folder.path.mkdir(parents=True, exist_ok=True)
    save(recipe, folder.recipe)


def _deciding(recipe: AnyRecipe) -> AnyRecipe:
    """The recipe without what decides only over how fast, and in how much memory, it is learned."""
    settings = recipe.training
    whole = {
        "processes": 1,
        "batch_size": settings.batch_size * settings.gradient_accumulation,
        "gradient_accumulation": 1,
    }
    return recipe.model_copy(update={"training": settings.model_copy(update=whole)})


def seed_all(seed: int) -> None:
    """Seed every generator that a run draws from."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def seed_dropout(seed: int, process: int, checkpoint: Path | None) -> None:
    """Let each process draw dropout of its own, and a resumed one not what it has drawn before.

    A process whose own state is in the checkpoint goes on from that instead. The main process of
    a new run goes on from `seed_all`.
    """
    if process == 0 and checkpoint is None:
        return
    step = int(checkpoint.name.rpartition("-")[2]) if checkpoint is not None else 0
    [drawn] = np.random.SeedSequence((seed, process, step)).generate_state(1, np.uint64)
    torch.manual_seed(int(drawn >> np.uint64(1)))
