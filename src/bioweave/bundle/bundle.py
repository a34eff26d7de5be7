"""A bundle in memory: all that annotation needs of a trained tagger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from bioweave.bundle.chains import Chains, load_chains
from bioweave.bundle.checksums import verify_checksums
from bioweave.bundle.graph import Graph, OnnxGraph
from bioweave.bundle.location import find_bundle
from bioweave.bundle.manifest import Manifest, read_manifest
from bioweave.bundle.own_names import OwnNames
from bioweave.errors import BundleError
from bioweave.features.word_features import WordFeaturizer

GRAPH_NAME = "graph.onnx"
TOKENIZER_NAME = "tokenizer.json"
SECOND_TOKENIZER_NAME = "second-tokenizer.json"
CHAINS_NAME = "crf.npz"
FEATURES_NAME = "features"
OWN_NAMES_NAME = "names.txt"


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """A tagger ready to annotate; `path` is None for one that lies in no folder of its own.

    `featurizer` is None where the tagger reads pieces alone, and `second_tokenizer` where it has
    one encoder, or none. `own_names` are None where it is to go by none. A bundle with a path is
    pickled by it, so that another process loads the graph itself.

    >>> Bundle.load("no/such/folder")
    Traceback (most recent call last):
    ...
    bioweave.errors.BundleError: no/such/folder: there is no such folder
    """

    manifest: Manifest
    tokenizer: Tokenizer
    chains: Chains
    graph: Graph
    featurizer: WordFeaturizer | None = None
    path: Path | None = None
    second_tokenizer: Tokenizer | None = None
    own_names: OwnNames | None = None

    @classmethod
    def load(cls, path: str | Path = "default", device: str = "cpu") -> Bundle:
        """The bundle in a folder, or `default`: the promoted one, else the one in the package.

        Raises BundleError where it is missing, damaged (checksums are verified), or of a newer
        format, and ConfigurationError where its graph cannot run on `device` (auto, cpu or
        cuda).
        """
        folder = find_bundle(path)
        manifest = read_manifest(folder)
        needed = {GRAPH_NAME, TOKENIZER_NAME, CHAINS_NAME}
        if manifest.features.inputs:
            needed.add(f"{FEATURES_NAME}/features.json")
        unlisted = sorted(needed - manifest.checksums.keys())
        if unlisted:
            raise BundleError(
                f"{folder}: the manifest has no checksum for {', '.join(unlisted)}; "
                "export the bundle again"
            )
        verify_checksums(folder, manifest.checksums)
        return cls(
            manifest=manifest,
            tokenizer=load_tokenizer(folder / TOKENIZER_NAME),
            chains=load_chains(folder / CHAINS_NAME, [head.tag_set for head in manifest.heads]),
            graph=OnnxGraph(folder / GRAPH_NAME, device),
            featurizer=(
                WordFeaturizer.load(folder / FEATURES_NAME) if manifest.features.inputs else None
            ),
            path=folder,
            second_tokenizer=(
                load_tokenizer(folder / SECOND_TOKENIZER_NAME)
                if SECOND_TOKENIZER_NAME in manifest.checksums
                else None
            ),
            own_names=(
                OwnNames.load(folder / OWN_NAMES_NAME)
                if OWN_NAMES_NAME in manifest.checksums
                else None
            ),
        )

    def __reduce__(self) -> tuple[object, ...]:
        if self.path is not None:
            return Bundle.load, (self.path, getattr(self.graph, "device", "cpu"))
        parts = (self.manifest, self.tokenizer, self.chains, self.graph, self.featurizer)
        return Bundle, (*parts, None, self.second_tokenizer, self.own_names)


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer in a bundle's file. Raises BundleError where it is none."""
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # what tokenizers raises is no subclass of anything better
        raise BundleError(f"{path}: not a tokenizer ({error}); export the bundle again") from error
