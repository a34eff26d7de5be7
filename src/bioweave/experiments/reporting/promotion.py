"""The bundle that `default` means: put in force, told, taken back.

    BIOWEAVE_HOME/models/
      promotions.json     the bundles promoted, the one in force last
      promoted/1-name/    copies, each complete before the file names it
      promoted/2-name/

A process that is killed at any moment leaves the old default or the new one: the file is replaced
in one step, and what a copy left behind is removed by the next promotion.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bioweave.bundle import Manifest, find_bundle, open_bundle, promoted_path, read_manifest
from bioweave.bundle.location import PACKAGED, promotions_path, read_promotions
from bioweave.errors import ConfigurationError
from bioweave.experiments.reporting.subjects import is_run
from bioweave.experiments.runs.locks import alone_in
from bioweave.whole_files import write_json

# How many promotions can be taken back; older copies are removed.
KEPT = 3
_COPIES = "promoted"


@dataclass(frozen=True, slots=True)
class DefaultBundle:
    """What `default` means; `dev` is its strict F1 on dev splits, None where nobody measured it.

    `learned_from_dev` is whether that figure is on what the model learned from. `source` and
    `promoted_at` are None for a bundle that was not promoted.
    """

    path: Path
    name: str
    labels: tuple[str, ...]
    dev: float | None
    learned_from_dev: bool
    source: str | None
    promoted_at: str | None
    is_packaged: bool

    def to_json(self) -> dict[str, Any]:
        """As `promote --json` prints it."""
        return {
            "path": str(self.path),
            "name": self.name,
            "labels": list(self.labels),
            "dev": {"strict_f1": self.dev, "learned_from": self.learned_from_dev},
            "source": self.source,
            "promoted_at": self.promoted_at,
            "packaged": self.is_packaged,
        }


def current_default() -> DefaultBundle:
    """What `default` means now. Raises BundleError where there is none."""
    path = find_bundle("default")
    manifest = read_manifest(path)
    entries = read_promotions()
    entry = entries[-1] if entries and path == promoted_path() else {}
    dev, learned = dev_score(manifest)
    return DefaultBundle(
        path=path,
        name=manifest.name,
        labels=manifest.labels,
        dev=dev,
        learned_from_dev=learned,
        source=entry.get("source"),
        promoted_at=entry.get("promoted_at"),
        is_packaged=path == PACKAGED,
    )


def promote(model: str, *, quantised: bool = True) -> DefaultBundle:
    """Make a bundle, or a run that is exported first, the default of BIOWEAVE_HOME.

    It is copied: the model's own folder may go afterwards. Raises BundleError where it is damaged,
    and ConfigurationError where another promotion is at work.
    """
    folder = promotions_path().parent
    copies = folder / _COPIES
    copies.mkdir(parents=True, exist_ok=True)
    with alone_in(folder):
        entries = read_promotions()
        # Before anything goes: a number is never used again while someone may know it.
        number = _next_number(copies)
        _remove_others(copies, entries)
        with tempfile.TemporaryDirectory(dir=copies, prefix=".new-") as temporary:
            fresh = _copied(model, Path(temporary) / "bundle", quantised=quantised)
            name = f"{number}-{_as_file_name(read_manifest(fresh).name)}"
            fresh.rename(copies / name)
        entry = {
            "folder": f"{_COPIES}/{name}",
            "source": str(Path(model).resolve()) if model != "default" else model,
            "promoted_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_json(promotions_path(), [*entries, entry][-KEPT:])
        _remove_others(copies, read_promotions())
    return current_default()


def take_back() -> DefaultBundle:
    """Go back to what was the default before, in the end to the package's own.

    The copy stays until the next promotion: someone may be annotating with it. Raises
    ConfigurationError where nothing is promoted.
    """
    folder = promotions_path().parent
    if not read_promotions():
        raise ConfigurationError(f"{promotions_path()}: nothing is promoted that could be undone")
    with alone_in(folder):
        write_json(promotions_path(), read_promotions()[:-1])
    return current_default()


def dev_score(manifest: Manifest) -> tuple[float | None, bool]:
    """The mean strict F1 on dev splits that a manifest tells, and whether they were learned from.

    The figure is that of the bundle's own precision where there are several.
    """
    for key, learned in (("dev", False), ("dev (learned from)", True)):
        by_precision = manifest.scores.get(key)
        if isinstance(by_precision, dict) and by_precision:
            own = by_precision.get(manifest.precision, next(iter(by_precision.values())))
            of_corpora = [f1 for name, f1 in own.items() if name.startswith("strict_f1/")]
            if "strict_f1" in own:
                return float(own["strict_f1"]), learned
            if of_corpora:
                return sum(of_corpora) / len(of_corpora), learned
    return None, False


def _copied(model: str, target: Path, *, quantised: bool) -> Path:
    if is_run(model):
        from bioweave.training import export_run

        export_run(Path(model), target, quantised)
    else:
        # Opened before and after: that the files are whole is checked in doing so.
        open_bundle(model)
        shutil.copytree(find_bundle(model), target)
    open_bundle(target)
    return target


def _remove_others(copies: Path, entries: Sequence[dict[str, Any]]) -> None:
    kept = {one["folder"] for one in entries}
    for path in copies.iterdir():
        if f"{_COPIES}/{path.name}" not in kept and path.is_dir():
            shutil.rmtree(path)


def _next_number(copies: Path) -> int:
    numbers = [path.name.partition("-")[0] for path in copies.iterdir()]
    return max((int(number) for number in numbers if number.isdigit()), default=0) + 1


def _as_file_name(name: str) -> str:
    return re.sub(r"[^\w.+-]+", "-", name).strip(".-")[:60] or "bundle"
