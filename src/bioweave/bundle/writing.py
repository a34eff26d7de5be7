"""Writing a bundle's folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from tokenizers import Tokenizer

from bioweave.bundle.bundle import (
    CHAINS_NAME,
    FEATURES_NAME,
    GRAPH_NAME,
    OWN_NAMES_NAME,
    SECOND_TOKENIZER_NAME,
    TOKENIZER_NAME,
)
from bioweave.bundle.chains import Chains, save_chains
from bioweave.bundle.checksums import compute_checksums
from bioweave.bundle.folders import replaced_folder, seal
from bioweave.bundle.manifest import Manifest, write_manifest
from bioweave.bundle.own_names import OwnNames
from bioweave.errors import BundleError, ConfigurationError
from bioweave.features.word_features import WordFeaturizer


def write_bundle(
    folder: Path,
    manifest: Manifest,
    *,
    graph: Path,
    tokenizer: Tokenizer,
    chains: Chains,
    featurizer: WordFeaturizer | None = None,
    second_tokenizer: Tokenizer | None = None,
    own_names: OwnNames | None = None,
) -> None:
    """Write a bundle; checksums and bioweave's version are filled in here.

    The folder appears whole or not at all; a bundle that is already there is replaced. Raises
    ConfigurationError where the folder holds anything else, or the parts do not fit the manifest.
    """
    expected = [head.tag_set for head in manifest.heads]
    if [head.tag_set for head in chains.heads] != expected:
        raise ConfigurationError("the CRF weights are not those of the manifest's heads, in order")
    if manifest.features.inputs and featurizer is None:
        wanted = ", ".join(manifest.features.inputs)
        raise ConfigurationError(f"nothing makes the features {wanted}")
    with replaced_folder(folder) as new:
        shutil.copyfile(graph, new / GRAPH_NAME)
        untruncated(tokenizer).save(str(new / TOKENIZER_NAME), pretty=False)
        if second_tokenizer is not None:
            second = untruncated(second_tokenizer)
            second.save(str(new / SECOND_TOKENIZER_NAME), pretty=False)
        save_chains(new / CHAINS_NAME, chains)
        if featurizer is not None and manifest.features.inputs:
            featurizer.save(new / FEATURES_NAME)
        if own_names is not None:
            own_names.save(new / OWN_NAMES_NAME)
        seal(new, manifest)


def update_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace what a bundle says of itself, its measured scores for example, but not its files."""
    if manifest.checksums != compute_checksums(folder):
        raise BundleError(f"{folder}: its files are not those that the new manifest describes")
    write_manifest(folder, manifest)


def untruncated(tokenizer: Tokenizer) -> Tokenizer:
    """A copy of a tokenizer that neither pads nor truncates."""
    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy
