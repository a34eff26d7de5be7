"""One run: from a recipe to a trained tagger, and from there to a bundle.

Names are looked up when first used: only then is torch loaded.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioweave.training.export import export_run
    from bioweave.training.loading import load_run, open_run
    from bioweave.training.recipe import Recipe
    from bioweave.training.recipe_file import load_recipe
    from bioweave.training.run import train

_MODULES = {
    "Recipe": "recipe",
    "export_run": "export",
    "load_recipe": "recipe_file",
    "load_run": "loading",
    "open_run": "loading",
    "train": "run",
}

__all__ = ["Recipe", "export_run", "load_recipe", "load_run", "open_run", "train"]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
