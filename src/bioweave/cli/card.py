"""`bioweave card`: what a model was made from and how good it is, for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

_Files = list[Path]


def card(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A bundle's folder, or 'default'.")
    ] = "default",
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write to a file.", show_default=False),
    ] = None,
    in_bundle: Annotated[
        bool, typer.Option("--in-bundle", help="Also write it into the bundle, as README.md.")
    ] = False,
    figures: Annotated[
        _Files | None,
        typer.Option(
            "--figures",
            metavar="JSON",
            help="Keep in the manifest what `evaluate`, `benchmark` or `errors` printed with "
            "--json. May be repeated.",
            show_default=False,
        ),
    ] = None,
    fp32: Annotated[
        _Files | None,
        typer.Option(
            "--fp32",
            metavar="JSON",
            help="The same, of `evaluate` on the bundle exported with --fp32.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        _Files | None,
        typer.Option(
            "--seed",
            metavar="JSON",
            help="What `evaluate` printed for one of several runs that differ in their seed. "
            "Once for each run.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write a model card in Markdown from a bundle's manifest.

    Data and their licences, what was left out when corpora were merged, teachers, figures with
    intervals and over seeds, speed, failures by kind, limits. What was not measured is said so.
    """
    from bioweave import experiments
    from bioweave.bundle import find_bundle, read_manifest, update_manifest

    if figures or fp32 or seed:
        folder = find_bundle(model)
        manifest = read_manifest(folder)
        scores = experiments.with_figures(
            manifest.scores, _read(figures), fp32=_read(fp32), seeds=_read(seed)
        )
        update_manifest(folder, manifest.model_copy(update={"scores": scores}))
    text = experiments.bundle_card(model)
    if in_bundle:
        experiments.write_card(model)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    if out is None and not in_bundle:
        typer.echo(text, nl=False)


def _read(paths: _Files | None) -> list[dict[str, Any]]:
    from bioweave.errors import ConfigurationError

    found = []
    for path in paths or ():
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ConfigurationError(f"{path}: not readable as JSON ({error})") from error
        if not isinstance(value, dict):
            raise ConfigurationError(f"{path}: expected one JSON object")
        found.append(value)
    return found
