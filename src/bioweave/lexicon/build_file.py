"""A build file: the sources of a lexicon and what is held back, in one TOML file.

Unknown keys are errors. Paths are relative to the file, or else to the folder with terminologies
that BIOWEAVE_TERMINOLOGIES names.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bioweave.errors import ConfigurationError
from bioweave.home import home
from bioweave.lexicon.building import HoldingBack
from bioweave.lexicon.fetching import fetch
from bioweave.lexicon.profiles import PROFILES
from bioweave.lexicon.sources import FORMATS, SourceSettings
from bioweave.lexicon.sources.settings import ENGLISH
from bioweave.toml_places import TomlTable

Report = Callable[[str], None]


class SourceChoice(BaseModel):
    """One source: a file, an address, or a known terminology that is fetched.

    `profile` fills in what is known of a terminology; what stands beside it goes before. The other
    keys are those of `SourceSettings`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path | None = None
    url: str | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    profile: str | None = None
    format: str | None = None
    name: str | None = None
    version: str | None = None
    licence: str | None = None
    prefix: str | dict[str, str] | None = None
    label: str | None = None
    labels: dict[str, str] | None = None
    codes: Path | None = None
    properties: dict[str, str] = {}
    encoding: str = "utf-8"
    taxa: tuple[str | int, ...] = ()
    languages: tuple[str, ...] = (ENGLISH,)
    vocabularies: tuple[str, ...] = ()
    suppressed: bool = False

    def settings(self, folder: Path, report: Report) -> SourceSettings:
        """What to read, once it has been fetched where it has to be.

        Raises ConfigurationError for an unknown profile or format, for a source without a place,
        and where nothing gives its concepts a label.
        """
        profile = PROFILES.get(self.profile or "")
        if self.profile is not None and profile is None:
            raise ConfigurationError(
                f"unknown profile {self.profile!r}; expected one of {', '.join(PROFILES)}"
            )
        if self.format is not None and self.format not in FORMATS:
            raise ConfigurationError(
                f"unknown format {self.format!r}; expected one of {', '.join(FORMATS)}"
            )
        settings = SourceSettings(
            path=self._place(folder, report),
            format=self.format or (profile.format if profile else None),
            name=self.name or (profile.title if profile else None),
            version=self.version,
            licence=self.licence or (profile.licence if profile else None),
            prefix=self.prefix if self.prefix is not None or profile is None else profile.prefix,
            label=self.label,
            labels=self.labels or {},
            codes=None if self.codes is None else _located(self.codes, folder),
            properties=self.properties,
            encoding=self.encoding,
            taxa=tuple(map(str, self.taxa)),
            languages=self.languages,
            vocabularies=self.vocabularies,
            suppressed=self.suppressed,
        )
        # A label of one's own takes the place of all that the profile knows.
        if profile is not None and self.label is None and self.labels is None:
            settings = replace(settings, label=profile.label, labels=profile.labels)
        return settings

    def _place(self, folder: Path, report: Report) -> Path:
        if self.path is not None:
            return _located(self.path, folder)
        profile = PROFILES.get(self.profile or "")
        address = self.url or (profile.address if profile else None)
        if address is None:
            raise ConfigurationError(
                f"the source {self.name or self.profile or ''!r} has neither a path nor a known "
                "address: give its path"
            )
        known = profile if profile is not None and self.url is None else None
        return fetch(
            address,
            home() / "terminologies",
            sha256=self.sha256,
            md5=known.md5 if known else None,
            member=known.member if known else None,
            report=report,
        )


class HoldingBackChoice(BaseModel):
    """Names to hold back or keep, whatever their shape says, and corpora to learn from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    learn: tuple[str, ...] = ()


_SOURCE = "source"


class _BuildFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: tuple[SourceChoice, ...] = ()
    hold_back: HoldingBackChoice = HoldingBackChoice()


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """What a lexicon is built from; `learn` names corpora."""

    sources: tuple[SourceSettings, ...]
    holding_back: HoldingBack = field(default_factory=HoldingBack)
    learn: tuple[str, ...] = ()


def read_build_file(path: Path, report: Report = lambda line: None) -> BuildPlan:
    """The plan in a TOML file; sources that have no path are fetched.

    Raises ConfigurationError, with the file and the line, where it is no TOML, has an unknown key
    or a value that cannot be, and with the file where it names no source.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: no TOML: {error}") from error
    try:
        choices = _BuildFile.model_validate(table)
    except ValidationError as error:
        raise ConfigurationError(_explained(error, str(path), text)) from error
    if not choices.source:
        raise ConfigurationError(f"{path}: no [[source]]; expected at least one")
    return BuildPlan(
        tuple(
            _settings(source, path, TomlTable(str(path), text, _SOURCE, position), report)
            for position, source in enumerate(choices.source)
        ),
        HoldingBack(choices.hold_back.words, choices.hold_back.keep),
        choices.hold_back.learn,
    )


def _settings(source: SourceChoice, path: Path, table: TomlTable, report: Report) -> SourceSettings:
    place = f"[[{_SOURCE}]] {table.position + 1}"
    try:
        settings = source.settings(path.parent, report)
    except ConfigurationError as error:
        raise ConfigurationError(f"{table.where()}: {place}: {error}") from error
    for key, given in (("path", source.path), ("codes", source.codes)):
        file = None if given is None else _located(given, path.parent)
        if file is not None and not file.is_file():
            raise ConfigurationError(f"{table.where(key)}: {place}: there is no file {str(file)!r}")
    return settings


def _located(path: Path, folder: Path) -> Path:
    terminologies = os.environ.get("BIOWEAVE_TERMINOLOGIES")
    if terminologies and not (folder / path).exists() and (Path(terminologies) / path).exists():
        return Path(terminologies) / path
    return folder / path


def _explained(error: ValidationError, file: str, text: str) -> str:
    """The first problem that pydantic found, with its place, in a line."""
    unknown_first = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    problem = unknown_first[0]
    where, keys = file, [part for part in problem["loc"] if isinstance(part, str)]
    match problem["loc"]:
        case (str() as name, int() as position, *_) if name == _SOURCE:
            keys = keys[1:]
            table = TomlTable(file, text, _SOURCE, position)
            where = f"{table.where(keys[0] if keys else None)}: [[{_SOURCE}]] {position + 1}"
    if problem["type"] == "extra_forbidden":
        return f"{where}: unknown key {'.'.join(keys)!r}"
    return f"{where}: {'.'.join(keys)}: {problem['msg']}"
