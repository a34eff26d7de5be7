"""Models side by side: measured, compared, drawn and written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.errors import ConfigurationError, CorpusError
from bioweave.experiments.measurement import Progress
from bioweave.experiments.reporting.choosing import choose_best
from bioweave.experiments.reporting.content import SPLITS, report_parts
from bioweave.experiments.reporting.measuring import measure_model
from bioweave.experiments.reporting.pages import html_page, markdown_page
from bioweave.experiments.reporting.pictures import draw_pictures
from bioweave.experiments.reporting.run_past import run_past
from bioweave.experiments.reporting.score_files import (
    Scores,
    corpus_sha256,
    holds_scores,
    keep,
    kept,
    learning_path,
    read_folder,
    score_path,
)
from bioweave.experiments.reporting.subjects import Subject, find_subjects, is_run
from bioweave.whole_files import write_whole

if TYPE_CHECKING:
    from bioweave.bundle import Bundle, FusedBundle

SCORES = "scores"
_NOT_PRINTED = ("counts", "documents", "curves")

ProgressOf = Callable[[str], Progress]


def make_report(
    paths: Sequence[str],
    out: Path,
    *,
    corpora: Sequence[str] = (),
    with_test: bool = False,
    with_best: bool = False,
    progress: ProgressOf | None = None,
) -> dict[str, Any]:
    """Measure models, or read the scores of an earlier report, and write a report into `out`.

    `paths` are bundles, runs, and folders of scores. Without `corpora` it is on all that a model
    learned from, or that the scores are of. Where a model cannot be measured on a split, "skipped"
    says why. Raises ConfigurationError where nothing is left to report.
    """
    folders = [Path(path) for path in paths if _is_folder_of_scores(path)]
    subjects = find_subjects([path for path in paths if not _is_folder_of_scores(path)])
    splits = SPLITS if with_test else SPLITS[:1]
    scores, pasts = _from_folders(folders, corpora, splits, out / SCORES)
    skipped: list[dict[str, str]] = []
    names = {one["model"]["name"] for one in scores}
    for subject in subjects:
        if subject.name in names:
            raise ConfigurationError(
                f"two models are called {subject.name}: rename the folder of one"
            )
    wanted = tuple(dict.fromkeys(corpora or _learned_corpora(subjects, scores)))
    if subjects and not wanted:
        raise ConfigurationError(
            "the models do not say which corpora they learned from: name one with --corpus"
        )
    for subject in subjects:
        measured = _Measured(subject, out / SCORES, progress)
        if subject.kind == "run":
            past = {"model": measured.told, **run_past(subject.path)}
            pasts.append(keep(learning_path(out / SCORES, subject.name), past))
        for corpus in wanted:
            for split in splits:
                try:
                    scores.append(measured.on(corpus, split))
                except (CorpusError, ConfigurationError) as error:
                    reason = {"model": subject.name, "corpus": corpus, "split": split}
                    skipped.append({**reason, "reason": str(error)})
    if not scores:
        reasons = "; ".join(dict.fromkeys(one["reason"] for one in skipped))
        raise ConfigurationError(f"nothing to report: {reasons or 'no scores of these splits'}")
    scores.sort(key=lambda one: (one["corpus"], one["model"]["name"], SPLITS.index(one["split"])))
    pasts.sort(key=lambda one: one["model"]["name"])
    return _written(scores, pasts, skipped, out, with_best=with_best)


def printable(report: Mapping[str, Any]) -> dict[str, Any]:
    """A report as `--json` prints it: without what only pictures and comparisons need."""
    scores = [
        {name: value for name, value in one.items() if name not in _NOT_PRINTED}
        for one in report["scores"]
    ]
    return {**report, "scores": scores}


class _Measured:
    """A subject that is opened only when some scores are missing."""

    def __init__(self, subject: Subject, folder: Path, progress: ProgressOf | None) -> None:
        self.subject = subject
        self.folder = folder
        self.progress = progress
        self.told = {
            "name": subject.name,
            "path": str(subject.path),
            "kind": subject.kind,
            "sha256": subject.sha256,
        }
        self._bundle: Bundle | FusedBundle | None = None

    def on(self, corpus: str, split: str) -> Scores:
        """The scores on a split, from their file where it still holds."""
        digest = corpus_sha256(corpus, split)
        path = score_path(self.folder, self.subject.name, corpus, split)
        known = kept(path, self.told, digest)
        if known is None:
            if self._bundle is None:
                self._bundle = self.subject.open()
            shown = f"{self.subject.name}, {corpus} {split}"
            known = measure_model(
                self._bundle,
                corpus,
                split,
                provenance=self._bundle.manifest.provenance,
                progress=self.progress(shown) if self.progress else None,
            )
        return keep(path, {**known, "model": self.told, "corpus_sha256": digest})


def _written(
    scores: list[Scores],
    pasts: list[Scores],
    skipped: list[dict[str, str]],
    out: Path,
    *,
    with_best: bool,
) -> dict[str, Any]:
    out.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {
        "models": list(dict.fromkeys(one["model"]["name"] for one in scores)),
        "corpora": list(dict.fromkeys(one["corpus"] for one in scores)),
        "best": choose_best(scores) if with_best else None,
        "scores": scores,
        "skipped": skipped,
        "pictures": draw_pictures(scores, pasts, out),
    }
    parts = list(report_parts(report))
    write_whole(out / "report.md", markdown_page(parts).encode())
    write_whole(out / "report.html", html_page(parts, out).encode())
    return report


def _from_folders(
    folders: Sequence[Path], corpora: Sequence[str], splits: Sequence[str], target: Path
) -> tuple[list[Scores], list[Scores]]:
    """What earlier reports measured, copied to where this one keeps its scores."""
    scores: list[Scores] = []
    pasts: list[Scores] = []
    for folder in folders:
        found, lives = read_folder(folder)
        scores += [
            one
            for one in found
            if one["split"] in splits and (not corpora or one["corpus"] in corpora)
        ]
        pasts += lives
    names = {one["model"]["name"] for one in scores}
    pasts = [one for one in pasts if one["model"]["name"] in names]
    for one in scores:
        keep(score_path(target, one["model"]["name"], one["corpus"], one["split"]), one)
    for one in pasts:
        keep(learning_path(target, one["model"]["name"]), one)
    return scores, pasts


def _learned_corpora(subjects: Sequence[Subject], scores: Sequence[Scores]) -> list[str]:
    """All corpora that some model learned from, or that there are scores of."""
    learned = [corpus for one in subjects for corpus in one.provenance().get("corpora", {})]
    return [*learned, *(one["corpus"] for one in scores)]


def _is_folder_of_scores(path: str) -> bool:
    return path != "default" and not is_run(path) and holds_scores(Path(path))
