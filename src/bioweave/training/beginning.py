"""A run's beginning: whose folder it is, and what chance starts from."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from bioweave.errors import ConfigurationError
from bioweave.training.folder import RunFolder

AnyRecipe = TypeVar("AnyRecipe")


def claim(
    folder: RunFolder,
    recipe: AnyRecipe,
    load: Callable[[Path], AnyRecipe],
    save: Callable[[AnyRecipe, Path], None],
    *,
    resume: bool,
) -> None:
    """Make the folder the run's own; with `resume` it may be that already.

    Raises ConfigurationError for a folder in use, and for a resumed run whose recipe has changed.
    """
    if resume and folder.recipe.is_file():
        if load(folder.recipe) != recipe:
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


def seed_all(seed: int) -> None:
    """Seed every generator that a run draws from."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
