"""The models that a service answers with, and their annotators for each kind of request."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from bioweave.annotator import Annotator
from bioweave.annotator.links import linked_labels, open_linker
from bioweave.bundle import Bundle, FusedBundle, open_bundle
from bioweave.bundle.location import find_bundle
from bioweave.bundle.manifest import MANIFEST_NAME
from bioweave.errors import BundleError, ConfigurationError
from bioweave.lexicon import Lexicon
from bioweave.lexicon.finding import find_lexicon
from bioweave.linking import Linker
from bioweave.service.settings import ServiceSettings

# Different combinations of options that are remembered for each model; another is made in
# milliseconds.
_N_ANNOTATORS = 16


@dataclass(frozen=True, slots=True)
class Options:
    """How a request wants its documents annotated; None takes what the model does by itself."""

    mode: str = "balanced"
    labels: tuple[str, ...] | None = None
    link: bool = False


class ServedModel:
    """A bundle that is loaded, with its linker once someone asks for links."""

    def __init__(self, name: str, settings: ServiceSettings) -> None:
        self.name = name
        # Read first: what is written anew meanwhile is seen to differ.
        self.version = version_of(name)
        self.bundle: Bundle | FusedBundle = open_bundle(self.version.folder)
        self.linked_labels = linked_labels(self.bundle.path)
        self._settings = settings
        self.lexicon: Lexicon | None = None
        if settings.lexicon is not None:
            self.lexicon = Lexicon.open(find_lexicon(settings.lexicon))
        self._annotators: OrderedDict[Options, Annotator] = OrderedDict()
        self._lock = threading.Lock()
        # Wrong options of the service itself are known before the first request, and no request
        # waits for what links need.
        self.annotator(Options())
        if self.linked_labels:
            self.annotator(Options(link=True))

    def annotator(self, options: Options) -> Annotator:
        """The annotator for these options.

        Raises ConfigurationError for a mode or a label that the model lacks, or links where it was
        never taught any.
        """
        with self._lock:
            if options in self._annotators:
                self._annotators.move_to_end(options)
                return self._annotators[options]
            made = Annotator(
                self.bundle,
                n_threads=self._settings.threads,
                labels=options.labels,
                mode=options.mode,
                linker=self._linker if options.link else None,
                lexicon=self.lexicon,
                rules=self._settings.rules,
            )
            self._annotators[options] = made
            if len(self._annotators) > _N_ANNOTATORS:
                self._annotators.popitem(last=False)
            return made

    @cached_property
    def _linker(self) -> Linker:
        lexicon: Path | str | None = self._settings.lexicon
        return open_linker(self.bundle.path, lexicon)

    @cached_property
    def fingerprint(self) -> str:
        """One short name for all of the bundle's files."""
        checksums = self.bundle.manifest.checksums
        lines = "".join(f"{name} {checksums[name]}\n" for name in sorted(checksums))
        return hashlib.sha256(lines.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Asked:
    """A model and the options: what can be annotated together.

    The model itself, not its name: a request that began with one ends with it, whatever is served
    under the name by then.
    """

    model: ServedModel
    options: Options


@dataclass(frozen=True, slots=True)
class Version:
    """Which bundle a name stands for.

    `manifest` is a digest of that file, which itself has one of every other.
    """

    folder: Path
    manifest: str


def version_of(name: str) -> Version:
    """What the name stands for now. Raises BundleError where there is no such bundle."""
    folder = find_bundle(name)
    path = folder / MANIFEST_NAME
    try:
        return Version(folder, hashlib.sha256(path.read_bytes()).hexdigest())
    except OSError as error:
        raise BundleError(f"{path}: {error.strerror}; this is no bundle") from error


class ServedModels:
    """The models by name, each loaded once, and again when there is another under its name."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._models = {name: ServedModel(name, settings) for name in settings.models}

    @property
    def first(self) -> ServedModel:
        """The one that answers where no model is named."""
        return next(iter(self._models.values()))

    def __iter__(self) -> Iterator[ServedModel]:
        return iter(tuple(self._models.values()))

    def as_it_was(self, name: str, fingerprint: str) -> ServedModel | None:
        """The model of this name if it still is that bundle, else None."""
        found = self._models.get(name)
        return found if found is not None and found.fingerprint == fingerprint else None

    def named(self, name: str | None) -> ServedModel:
        """A model by its name; raises UnknownModelError."""
        if name is None:
            return self.first
        try:
            return self._models[name]
        except KeyError:
            raise UnknownModelError(name, tuple(self._models)) from None

    def is_current(self, name: str) -> bool:
        """Whether the bundle of this name is still the one that is served.

        Raises BundleError where there is none any more.
        """
        return version_of(name) == self._models[name].version

    def renew(self, name: str) -> ServedModel:
        """Load what the name stands for now and serve it from here on; returns it.

        Whoever holds the old one goes on with it. Raises what opening a bundle raises, and then
        the old one is served as before.
        """
        made = ServedModel(name, self._settings)
        self._models[name] = made
        return made


class UnknownModelError(ConfigurationError):
    """No model of this name is served."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no model {name!r} is served here; there are {', '.join(known)}")


def with_labels(options: Options, labels: str | None) -> Options:
    """The options with labels as a query names them: with commas between them.

    >>> with_labels(Options(), "Disease, Gene").labels
    ('Disease', 'Gene')
    """
    if labels is None:
        return options
    # In one order, that two ways to say the same are the same.
    named = sorted({label.strip() for label in labels.split(",") if label.strip()})
    return replace(options, labels=tuple(named))
