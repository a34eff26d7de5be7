"""A study's summaries -> its page in a folder, with its pictures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bioweave.errors import ConfigurationError
from bioweave.experiments.explaining import write_check
from bioweave.experiments.fusing.page import fusion_page
from bioweave.experiments.runs import write_ablation, write_cross_validation, write_tuning
from bioweave.experiments.studies.augmentation_page import augmentation_page
from bioweave.experiments.studies.growing import Growth, growths
from bioweave.experiments.studies.growing_plot import plot_growth
from bioweave.experiments.studies.reading import Summary, read_summaries
from bioweave.whole_files import write_whole


def write_study_pages(files: Sequence[Path], out: Path) -> list[Path]:
    """Write the pages of these summaries into a folder; returns them.

    `fuse` of several seeds makes `fusion.md`, `ablate` `ablation.md`, `cross-validate`
    `cross-validation.md`, `tune` `tuning.md`, `explain --check` `explanations.md`; ablations
    whose switches are of the studies augmentation and adaptation, over several sizes of a corpus,
    make `augmentation.md`. Raises ConfigurationError for a file that is no summary, and for
    summaries that do not belong together.
    """
    found = read_summaries(files)
    _check_single(found.get("ablation", []), "ablation, which has all its seeds in it")
    _check_single(found.get("explain --check", []), "check of explanations")
    _check_single(found.get("tune", []), "search, which has all its trials in it")
    of_kinds, of_starts = (
        growths(found.get(study, [])) for study in ("augmentation", "adaptation")
    )
    # Before anything is written: reports that do not belong together leave nothing behind.
    fusion = fusion_page(found["fuse"]) if "fuse" in found else None
    out.mkdir(parents=True, exist_ok=True)
    pages = []
    if fusion is not None:
        pages.append(out / "fusion.md")
        write_whole(pages[-1], fusion.encode())
    for one in found.get("ablation", []):
        write_ablation(one, out)
        pages.append(out / "ablation.md")
    if of_kinds or of_starts:
        pages.append(_write_augmentation(of_kinds, of_starts, out))
    if "cross-validate" in found:
        write_cross_validation(found["cross-validate"], out)
        pages.append(out / "cross-validation.md")
    for one in found.get("explain --check", []):
        pages.append(write_check(one, out))
    for one in found.get("tune", []):
        write_tuning(one, out)
        pages.append(out / "tuning.md")
    return pages


def _write_augmentation(of_kinds: Sequence[Growth], of_starts: Sequence[Growth], out: Path) -> Path:
    for growth in (*of_kinds, *of_starts):
        plot_growth(growth, out / growth.picture)
    page = out / "augmentation.md"
    write_whole(page, augmentation_page(of_kinds, of_starts).encode())
    return page


def _check_single(summaries: Sequence[Summary], what: str) -> None:
    if len(summaries) > 1:
        raise ConfigurationError(
            f"there are {len(summaries)} summaries, and a page is made of one {what}"
        )
