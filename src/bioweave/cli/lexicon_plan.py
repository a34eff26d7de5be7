"""What `bioweave lexicon build` is to build, from the words on its command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bioweave.errors import ConfigurationError
from bioweave.lexicon.build_file import BuildPlan, SourceChoice, read_build_file
from bioweave.lexicon.building import HoldingBack
from bioweave.lexicon.learning import AnnotatedDocuments
from bioweave.lexicon.profiles import PROFILES
from bioweave.lexicon.sources import SourceSettings

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What options say of sources: label and prefix of files without a profile, and codes."""

    label: str | None = None
    prefix: str | None = None
    codes: Path | None = None


def make_plan(
    sources: Sequence[str],
    defaults: Defaults,
    *,
    hold_back: Iterable[str] = (),
    keep: Iterable[str] = (),
    learn: Iterable[str] = (),
    report: Report = lambda line: None,
) -> BuildPlan:
    """The sources in their order, those of build files included, and all that is held back.

    Raises ConfigurationError for an unknown profile or a file that is not there.
    """
    settings: list[SourceSettings] = []
    words, kept, learned = [*hold_back], [*keep], [*learn]
    for source in sources:
        if source.endswith(".toml"):
            plan = read_build_file(_existing(source), report)
            settings += plan.sources
            words += plan.holding_back.words
            kept += plan.holding_back.keep
            learned += plan.learn
        else:
            settings.append(_source(source, defaults, report))
    return BuildPlan(tuple(settings), HoldingBack(tuple(words), tuple(kept)), tuple(learned))


def load_learned(corpora: Iterable[str]) -> list[AnnotatedDocuments]:
    """The train splits of named corpora, with the labels that they annotate."""
    from bioweave import corpus

    return [
        AnnotatedDocuments(tuple(corpus.load(name, "train")), corpus.labels_of(name))
        for name in corpora
    ]


def _source(source: str, defaults: Defaults, report: Report) -> SourceSettings:
    profile, equals, path = source.partition("=")
    if not equals and profile.partition(":")[0] in PROFILES:
        path = ""
    elif not equals or Path(source).exists():
        profile, path = "", source
    name, _, label = profile.partition(":")
    choice = SourceChoice(
        path=_existing(path) if path else None,
        profile=name or None,
        label=label or (None if name else defaults.label),
        prefix=None if name else defaults.prefix,
    )
    settings = choice.settings(Path(), report)
    # Where one label is given, branches have nothing to say.
    has_branches = bool(settings.labels)
    return replace(settings, codes=defaults.codes if has_branches else None)


def _existing(path: str) -> Path:
    if not Path(path).is_file():
        raise ConfigurationError(
            f"there is no file {path!r}, and no profile of that name; profiles are "
            f"{', '.join(PROFILES)}"
        )
    return Path(path)
