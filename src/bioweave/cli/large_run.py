"""`annotate --engine`: a run in a folder that goes on where it was, and what is said of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

import typer
from rich.console import Console

from bioweave.cli.large_run_progress import RunProgress
from bioweave.cli.outputs import file_format
from bioweave.cli.progress import counted
from bioweave.cli.status import BAD_INPUT, DONE_IN_PART
from bioweave.cluster import (
    AnnotatorSettings,
    EngineName,
    Job,
    Limits,
    RunReport,
    make_engine,
    run_at_scale,
)
from bioweave.cluster.gpus import visible_gpus
from bioweave.errors import ConfigurationError

_FORMATS = ("parquet", "jsonl")


@dataclass(frozen=True, slots=True)
class LargeRun:
    """The options that only a large run has; `n_workers` is None for one to each processor."""

    engine: EngineName
    n_workers: int | None
    shard_size: int
    max_failures: int | None
    is_forced: bool

    def run(
        self,
        paths: Sequence[str],
        from_: str,
        to: str | None,
        out: Path | None,
        settings: AnnotatorSettings,
        *,
        as_json: bool,
    ) -> None:
        """Do it, say how it went, and exit as it deserves."""
        from bioweave.bundle import find_bundle

        if not paths:
            raise typer.BadParameter("give the files, folders, patterns or URLs to annotate")
        # Whatever is promoted while it goes on, all shards are one bundle's.
        settings = replace(settings, model=str(find_bundle(settings.model).resolve()))
        if settings.relations is not None:
            from bioweave.bundle.relations import find_relation_bundle

            relations = str(find_relation_bundle(settings.relations).resolve())
            settings = replace(settings, relations=relations)
        folder = _checked_folder(out)
        job = Job(folder, settings, _checked_format(to))
        engine = make_engine(
            self.engine, self.n_workers or _n_workers(settings.device), device=settings.device
        )
        with RunProgress(Console(stderr=True, highlight=False, soft_wrap=True)) as progress:
            report = run_at_scale(
                paths,
                job,
                engine,
                format=from_,
                limits=Limits(self.shard_size, self.max_failures),
                is_forced=self.is_forced,
                watcher=progress,
            )
        warnings = _link_warnings(report, settings) if settings.link else ()
        warnings += tuple(report.tally.warnings())
        _tell(report, folder, warnings, as_json=as_json)


def _n_workers(device: str) -> int:
    """One for each processor; where a GPU does the work, one for each that there is."""
    return os.cpu_count() or 1 if device == "cpu" else max(1, len(visible_gpus()))


def _checked_folder(out: Path | None) -> Path:
    if out is None:
        raise typer.BadParameter("a large run (--engine) writes into a folder: give -o OUT")
    if not out.is_dir() and file_format(out) is not None:
        raise typer.BadParameter(
            f"{out} has the suffix of a file, and a large run (--engine) writes into a folder"
        )
    above = next(place for place in (out, *out.absolute().parents) if place.exists())
    if not above.is_dir():
        raise ConfigurationError(f"{above} is a file: a folder of shards cannot take its place")
    return out.absolute()


def _checked_format(to: str | None) -> Literal["parquet", "jsonl"]:
    if to is not None and to not in _FORMATS:
        raise typer.BadParameter(
            f"a large run (--engine) writes {' or '.join(_FORMATS)}, not {to}; `bioweave convert` "
            "makes other formats of its shards"
        )
    return cast("Literal['parquet', 'jsonl']", to or "parquet")


def _link_warnings(report: RunReport, settings: AnnotatorSettings) -> tuple[str, ...]:
    from bioweave.cli.linkable import Linkable

    linkable = Linkable.of(settings.model, settings.lexicon)
    counts = report.counts
    return tuple(linkable.warnings(counts.n_mentions, counts.n_with_concepts))


def _tell(report: RunReport, folder: Path, warnings: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
    for warning in warnings:
        _say(f"warning: {warning}")
    for one in report.incomplete:
        _say(f"incomplete: {one['path']}: {one['reason']}")
    for one in report.left:
        _say(f"left: {one['path']}: {one['reason']}")
    _say(_summary(report))
    if report.counts.n_failed or report.counts.n_conflicts:
        where = folder / "quarantine.jsonl" if report.is_complete else folder / "shard-*"
        _say(f"what failed, and why: {where}")
    if report.is_interrupted:
        raise KeyboardInterrupt
    if report.left:
        _say("what was left is taken up by the same command, once it can be read")
        raise typer.Exit(DONE_IN_PART if report.counts.n_documents else BAD_INPUT)
    if not report.is_complete:
        _say("stopped by --max-failures; the same command with a higher one goes on")
        raise typer.Exit(DONE_IN_PART)
    if report.counts.n_failed or report.counts.n_conflicts:
        raise typer.Exit(DONE_IN_PART if report.counts.n_documents else BAD_INPUT)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _summary(report: RunReport) -> str:
    counts = report.counts
    parts = [
        f"{report.n_done} of {counted(report.n_shards, 'shard')}"
        + (f" ({report.n_earlier} of them before)" if report.n_earlier else ""),
        counted(counts.n_documents, "document"),
        counted(counts.n_mentions.total(), "mention"),
    ]
    if report.n_replaced or report.n_deleted:
        parts.append(f"{report.n_replaced} replaced and {report.n_deleted} deleted ones left out")
    if counts.n_conflicts:
        parts.append(f"{counted(counts.n_conflicts, 'document')} left out whose id a later one has")
    rate = f"{report.documents_now / max(report.seconds, 1e-9):.1f} documents/s"
    words = f"{report.words_now / max(report.seconds, 1e-9):,.0f} words/s"
    failed = f"; {counts.n_failed} failed" if counts.n_failed else ""
    return f"{', '.join(parts)}, {report.seconds:.1f} s ({rate}, {words}){failed}"
