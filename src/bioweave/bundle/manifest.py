"""The manifest: what a bundle says of itself in `manifest.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bioweave.document import TagScheme, TagSet
from bioweave.errors import BundleError
from bioweave.features.settings import FeatureSettings
from bioweave.features.windows import WindowSettings

FORMAT_VERSION: Final = 1
MANIFEST_NAME = "manifest.json"

# What a bundle that finds something else than mentions says of itself.
KIND = "kind"
RELATIONS = "relations"

AnyManifest = TypeVar("AnyManifest", bound=BaseModel)


class HeadManifest(BaseModel):
    """One head: its labels and its tags, in the order of its columns of the emissions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    labels: tuple[str, ...] = Field(min_length=1)
    scheme: TagScheme = TagScheme.BIO
    decoder: Literal["crf", "softmax"] = "crf"
    tags: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _spell_tags(cls, values: Any) -> Any:
        """Tags that are left out are those of the scheme."""
        if isinstance(values, dict) and not values.get("tags") and values.get("labels"):
            scheme = TagScheme(values.get("scheme", TagScheme.BIO))
            values = {**values, "tags": TagSet(tuple(values["labels"]), scheme).names}
        return values

    @model_validator(mode="after")
    def _check_tags(self) -> HeadManifest:
        if self.tags != self.tag_set.names:
            raise ValueError(f"tags {self.tags} are not those of {self.scheme} over {self.labels}")
        return self

    @property
    def tag_set(self) -> TagSet:
        """The head's tags."""
        return TagSet(self.labels, self.scheme)


class ShortFormRules(BaseModel):
    """What a document's own short forms may change in what the tagger found.

    `spread`: a short form becomes what its long form was found to be, wherever it stands. `agree`:
    a short form that was found more often than not is found everywhere. `needs_long_form` are
    labels that a short form loses where its long form was not found to be anything.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spread: bool = True
    agree: bool = True
    needs_long_form: tuple[str, ...] = ()


FusionMethod: TypeAlias = Literal["mean", "weighted", "log-linear", "vote", "stacking"]


class FusionManifest(BaseModel):
    """Whose opinions a fused bundle pools, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: FusionMethod
    members: tuple[str, ...] = Field(min_length=1)
    # Of a vote: a mention needs more than this share of the members' weights.
    majority: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.5


ModeName: TypeAlias = Literal["precision", "balanced", "recall"]
Confidence = Annotated[float, Field(ge=0.0, le=1.0)]


class LexiconThresholds(BaseModel):
    """The least confidence of mentions whose text a lexicon knows as the label, and of others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    known: Confidence
    unknown: Confidence


ThresholdTable: TypeAlias = dict[ModeName, dict[str, Confidence]]
LexiconThresholdTable: TypeAlias = dict[ModeName, dict[str, LexiconThresholds]]


class Manifest(BaseModel):
    """All that is known of a bundle beside its weights.

    `thresholds[mode][label]` is the least confidence of a mention in that mode, and
    `lexicon_thresholds` the same where a lexicon is at hand; what is left out, the annotator has
    defaults for. `fusion` is there where several taggers annotate as one. `provenance`, `scores`
    and `licences` are for people: they say what the model was made from, how good it was found to
    be, and on which terms its parts may be used. `checksums` are SHA-256 by file name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[1] = 1
    name: str
    bioweave_version: str
    created: str = ""
    heads: tuple[HeadManifest, ...] = Field(min_length=1)
    windows: WindowSettings = WindowSettings()
    features: FeatureSettings = FeatureSettings()
    thresholds: ThresholdTable = {}
    lexicon_thresholds: LexiconThresholdTable = {}
    short_forms: ShortFormRules = ShortFormRules()
    fusion: FusionManifest | None = None
    precision: Literal["fp32", "int8"] = "fp32"
    provenance: dict[str, Any] = {}
    scores: dict[str, Any] = {}
    licences: dict[str, str] = {}
    checksums: dict[str, str] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that the heads find, each once."""
        return tuple(dict.fromkeys(label for head in self.heads for label in head.labels))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the bundle in a folder.

    Raises BundleError where it is missing, damaged, of a newer format, or of a tagger of relations.
    """
    values = read_values(folder)
    if values.get(KIND) == RELATIONS:
        raise BundleError(
            f"{folder}: finds relations, and a bundle that finds mentions is wanted here; "
            "`bioweave relate --model` takes this one"
        )
    return validated(Manifest, values, folder)


def read_values(folder: Path) -> dict[str, Any]:
    """What stands in a manifest, whatever kind of bundle it is of, not validated yet.

    Raises BundleError where it is missing, damaged, or of a newer format.
    """
    path = folder / MANIFEST_NAME
    try:
        values = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise BundleError(
            f"{folder}: not a bundle, it has no {MANIFEST_NAME}; `bioweave export RUN -o BUNDLE` "
            "makes one"
        ) from None
    except (OSError, ValueError) as error:
        raise BundleError(
            f"{path}: not readable as JSON ({error}); copy or export the bundle again"
        ) from error
    if not isinstance(values, dict):
        raise BundleError(f"{path}: not an object; copy or export the bundle again")
    version = values.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise BundleError(
            f"{path}: format {version}, written by bioweave {values.get('bioweave_version')}, is "
            f"newer than format {FORMAT_VERSION}, which this bioweave reads: "
            "pip install --upgrade bioweave"
        )
    return values


def validated(kind: type[AnyManifest], values: dict[str, Any], folder: Path) -> AnyManifest:
    """A manifest of some kind. Raises BundleError saying what is wrong with it."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'manifest'}: {problem['msg']}"
            for problem in error.errors()
        )
        raise BundleError(
            f"{folder / MANIFEST_NAME}: {problems}; copy or export the bundle again"
        ) from error


def write_manifest(folder: Path, manifest: BaseModel) -> None:
    """Replace the manifest in a folder."""
    text = json.dumps(manifest.model_dump(mode="json"), indent=2, ensure_ascii=False)
    (folder / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")
