"""Pages of whole studies, from the summaries that commands left: no model is needed any more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bioweave.errors import ConfigurationError
from bioweave.experiments.fusing.page import fusion_page
from bioweave.experiments.runs import write_report
from bioweave.whole_files import write_whole

_FUSION_NAME = "fusion.md"
_ABLATION_NAME = "ablation.md"


def write_study_pages(files: Sequence[Path], out: Path) -> list[Path]:
    """Write the pages of these summaries into a folder; returns them.

    What `fuse --json` printed for several seeds makes one page, and the `summary.json` of `ablate`
    another. Raises ConfigurationError for a file that is no summary, or one of another command.
    """
    summaries = [(path, _read(path)) for path in files]
    fusions = [one for _, one in summaries if one["command"] == "fuse"]
    ablations = [one for _, one in summaries if one["command"] == "ablate"]
    for path, one in summaries:
        if one["command"] not in ("fuse", "ablate"):
            raise ConfigurationError(
                f"{path}: is of {one['command']}; pages are made of fuse and ablate"
            )
    if len(ablations) > 1:
        raise ConfigurationError("a page is made of one ablation, which has all its seeds in it")
    out.mkdir(parents=True, exist_ok=True)
    pages = []
    if fusions:
        pages.append(out / _FUSION_NAME)
        write_whole(pages[-1], fusion_page(fusions).encode())
    for one in ablations:
        pages.append(out / _ABLATION_NAME)
        write_report(one, out)
    return pages


def _read(path: Path) -> dict[str, Any]:
    try:
        summary = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file") from None
    except ValueError as error:
        raise ConfigurationError(f"{path}: not valid JSON: {error}") from error
    if not isinstance(summary, dict) or not isinstance(summary.get("command"), str):
        raise ConfigurationError(f"{path}: no summary of fuse, ablate or the like")
    return summary
