"""What a run is, written before it begins: whoever goes on with it must be doing the same."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bioweave.cluster.durable import write_json_durably
from bioweave.cluster.folder import RunFolder
from bioweave.cluster.inputs import Input
from bioweave.cluster.job import DECIDING, Job
from bioweave.cluster.shards import Shard
from bioweave.errors import ConfigurationError
from bioweave.whole_files import read_json

SCHEMA_VERSION: Final = 1


def manifest_of(job: Job, inputs: Sequence[Input], shards: Sequence[Shard]) -> dict[str, Any]:
    """All that decides over a run's output. Raises BundleError where there is no bundle."""
    return {
        "schema_version": SCHEMA_VERSION,
        "to": job.to,
        **job.settings.as_json(),
        "inputs": [{**asdict(one.file), "format": one.format, "stem": one.stem} for one in inputs],
        "shards": [shard.as_json() for shard in shards],
    }


def begin_or_go_on(folder: RunFolder, wanted: dict[str, Any], *, is_forced: bool) -> list[Shard]:
    """The shards of the run in a folder, which is begun where there is none.

    Raises ConfigurationError where the folder has another run, or things of other kinds; with
    `is_forced` the other run is removed, and so is this one where its inputs changed while it was
    at work; other things stay where they are.
    """
    found = read_json(folder.manifest)
    if found is None:
        others = sorted(path.name for path in folder.path.iterdir() if path.name[0] != ".")
        if others and not is_forced:
            raise ConfigurationError(
                f"{folder.path} holds {', '.join(others[:3])}{' ...' if len(others) > 3 else ''} "
                "and no manifest of a run: choose another folder, or --force one into this"
            )
    else:
        differing = _difference(found, wanted)
        if differing is not None and not is_forced:
            raise ConfigurationError(
                f"{folder.path} holds a run that differs in {differing}: choose another folder, or "
                "--force to remove that run and begin anew"
            )
        is_stuck = is_forced and folder.changed.exists()
        if differing is None and not is_stuck:
            folder.begin()
            # As they were cut when it began, whatever the size asked for now.
            return [Shard.from_json(values) for values in found["shards"]]
    if is_forced:
        folder.clear()
    folder.begin()
    write_json_durably(folder.manifest, wanted)
    return [Shard.from_json(values) for values in wanted["shards"]]


def _difference(found: dict[str, Any], wanted: dict[str, Any]) -> str | None:
    for key in ("schema_version", *DECIDING):
        if found.get(key) != wanted[key]:
            return f"its {key.replace('_', ' ')} ({found.get(key)}, and now {wanted[key]})"
    before = {one["path"]: one for one in found.get("inputs", [])}
    now = {one["path"]: one for one in wanted["inputs"]}
    changed = {path for path in before.keys() & now.keys() if before[path] != now[path]}
    for paths, what in (
        (before.keys() - now.keys(), "is not among them any more"),
        (now.keys() - before.keys(), "is new"),
        (changed, "has changed"),
    ):
        if paths:
            return f"its inputs ({_some(paths)} {what})"
    return None


def _some(names: Set[str]) -> str:
    first = Path(min(names)).name
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"
