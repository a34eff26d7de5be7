"""From trained members to one fused bundle, and to how much that is worth."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bioweave.bundle import FusedBundle, FusionMethod
from bioweave.errors import ConfigurationError
from bioweave.experiments.fusing.asking import Asking
from bioweave.experiments.fusing.comparison import METHODS, compare, measure_fitted
from bioweave.experiments.fusing.dictionary import featurizer_of, open_dictionary, told
from bioweave.experiments.fusing.draft import draft_of
from bioweave.experiments.fusing.fitting import Fitting
from bioweave.experiments.fusing.hearing import ProgressOf, hear, measured_parts
from bioweave.experiments.fusing.out_of_fold import open_out_of_fold
from bioweave.experiments.fusing.taggers import Taggers, open_taggers
from bioweave.experiments.fusing.writing import write_joint, write_pool
from bioweave.experiments.runs.locks import alone_in
from bioweave.fusion import pool_arrays
from bioweave.whole_files import write_json

COMMAND = "fuse"
SUMMARY = "summary.json"


def fuse(
    paths: Sequence[str | Path],
    corpora: Sequence[str],
    *,
    joint: Sequence[str | Path] = (),
    out_of_fold: Mapping[str, Sequence[Path]] | None = None,
    lexicon: Path | None = None,
    method: FusionMethod | None = None,
    out: Path | None = None,
    name: str | None = None,
    quantised: bool = True,
    with_test: bool = False,
    keep: Path | None = None,
    progress: ProgressOf | None = None,
) -> dict[str, Any]:
    """Pool bundles and runs, and write them as one bundle into `out`, if that is given.

    Every method is fitted to the dev splits of the corpora and measured there, each document by
    pools that were fitted without it; stacking is fitted to the members' cross-validations, if
    `out_of_fold` names their folders by the member, and reads the hits of a compiled `lexicon`.
    Taggers in `joint`, which have two encoders, are compared as methods are. Without a `method`
    the best on dev is taken. Runs are exported first where a bundle is to be written (in int8, if
    `quantised`), and otherwise read as they are. `with_test` measures the test splits as well,
    which decide nothing.

    In the folder `keep` stays what taggers said: called again after an interruption they are not
    asked again, and what is returned is written there as `summary.json`.

    Returns "command", "members", "joint", "method", "evidence" (what pools were fitted to),
    "fitted" (what their weights became) and the comparisons "dev" and "test". Raises
    ConfigurationError for members that do not find the same labels, and for one that learned from
    a split that is used here.
    """
    if not corpora:
        raise ConfigurationError("fusion is fitted on some corpus: name one with --corpus")
    named = tuple(dict.fromkeys(corpora))
    splits = ("dev", "test") if with_test else ("dev",)
    with _workplace(keep) as place:
        taggers = open_taggers(paths, joint, named, splits)
        parts = {split: measured_parts(taggers, named, split) for split in splits}
        draft = draft_of(taggers.members)
        learned = open_out_of_fold(
            out_of_fold or {},
            taggers.members,
            draft,
            [one for own in parts.values() for one in own],
        )
        names = open_dictionary(lexicon, draft.manifest.labels) if lexicon is not None else None
        if out is not None:
            taggers = taggers.as_bundles(place, quantised=quantised)
            draft = draft_of(taggers.members)
        fitting = Fitting(draft, learned, featurizer_of(names) if names is not None else None)
        asking = Asking(keep)
        dev = hear(taggers, draft, parts["dev"], asking, progress)
        compared = compare(fitting, taggers.members, dev)
        chosen: str = method or compared["method"]
        opinions = list(dev.opinions.values())
        fitted: dict[str, FusedBundle] = {
            one: fitting.fit(one, opinions) for one in METHODS if with_test or one == chosen
        }
        report: dict[str, Any] = {
            "command": COMMAND,
            "members": [member.name for member in taggers.members],
            "joint": [one.name for one in taggers.beside],
            "method": chosen,
            "evidence": {
                "fitted_on": dict.fromkeys(named, "dev"),
                "stacking": {
                    "out_of_fold": {one.corpus: len(one.gold) for one in learned},
                    "dictionary": told(names) if names is not None else [],
                },
            },
            "fitted": _weights(fitted[chosen]) if chosen in fitted else {},
            "dev": compared,
        }
        if with_test:
            unseen = hear(taggers, draft, parts["test"], asking, progress)
            best = (compared["member"], chosen)
            report["test"] = measure_fitted(fitted, taggers.members, unseen, best)
        if out is not None:
            _write(out, taggers, fitted, report, name or out.name)
        if keep is not None:
            write_json(keep / SUMMARY, report)
    return report


def _write(
    out: Path,
    taggers: Taggers,
    fitted: Mapping[str, FusedBundle],
    report: Mapping[str, Any],
    name: str,
) -> None:
    chosen = report["method"]
    if chosen in fitted:
        write_pool(out, fitted[chosen], taggers.members, report, name)
        return
    (joint,) = (one for one in taggers.beside if one.name == chosen)
    write_joint(out, joint, report, name)


@contextmanager
def _workplace(keep: Path | None) -> Iterator[Path]:
    """The folder for what is made on the way; it goes afterwards, unless it is kept."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="bioweave-") as scratch:
            yield Path(scratch)
        return
    keep.mkdir(parents=True, exist_ok=True)
    with alone_in(keep):
        yield keep


def _weights(fitted: FusedBundle) -> dict[str, Any]:
    """The pools' weights, by head, as far as they fit on a page."""
    told: dict[str, Any] = {}
    for head, pool in zip(fitted.manifest.heads, fitted.pools, strict=True):
        arrays = pool_arrays(pool)
        told[head.name] = {
            what: arrays[what].tolist() for what in ("weights", "temperatures") if what in arrays
        }
    if fitted.fusion.method == "vote":
        told["majority"] = fitted.fusion.majority
    return told
