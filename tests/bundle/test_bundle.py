"""Bundles on disk: what is written is read, and what is damaged is refused with a remedy."""

import dataclasses
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from tiny_tagger import HEADS, make_chains, make_tokenizer, write_graph, write_tiny_bundle

import bioweave
from bioweave.bundle import (
    Bundle,
    Manifest,
    OwnNames,
    find_bundle,
    location,
    promoted_path,
    read_manifest,
    update_manifest,
    write_bundle,
)
from bioweave.document import TagScheme
from bioweave.errors import BundleError, ConfigurationError
from bioweave.features.settings import FeatureSettings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


def change_manifest(folder: Path, **values: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_a_bundle_is_read_as_it_was_written(folder: Path) -> None:
    bundle = Bundle.load(folder)
    assert bundle.manifest.heads == HEADS
    assert bundle.manifest.labels == ("Chemical", "Disease", "Gene")
    assert bundle.manifest.bioweave_version == bioweave.__version__
    assert bundle.manifest.heads[1].scheme is TagScheme.BIOES
    assert bundle.chains.transitions == pytest.approx(make_chains().transitions, rel=1e-6)
    assert bundle.tokenizer.get_vocab() == make_tokenizer().get_vocab()
    assert set(bundle.manifest.checksums) == {"graph.onnx", "tokenizer.json", "crf.npz"}
    assert sorted(path.name for path in folder.parent.iterdir()) == ["tiny", "tiny.onnx"]


def test_names_go_with_a_bundle_and_are_checked_like_its_other_files(tmp_path: Path) -> None:
    write_graph(tmp_path / "graph.onnx")
    manifest = Manifest(name="tiny", bioweave_version="0", heads=HEADS)
    names = OwnNames({"Gene": frozenset({"borvulon 2", "WAZ"}), "Disease": frozenset({"marlitis"})})
    write_bundle(
        tmp_path / "bundle",
        manifest,
        graph=tmp_path / "graph.onnx",
        tokenizer=make_tokenizer(),
        chains=make_chains(),
        own_names=names,
    )
    assert Bundle.load(tmp_path / "bundle").own_names == names
    unnamed = dataclasses.replace(Bundle.load(tmp_path / "bundle"), path=None)
    assert unnamed.__reduce__()[1][-1] == names
    (tmp_path / "bundle" / "names.txt").write_text("Gene\tother\n")
    with pytest.raises(BundleError, match=r"names\.txt.*damaged or changed"):
        Bundle.load(tmp_path / "bundle")


def test_the_tokenizer_in_a_bundle_does_not_truncate(tmp_path: Path) -> None:
    tokenizer = make_tokenizer()
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding()
    write_graph(tmp_path / "graph.onnx")
    manifest = Manifest(name="tiny", bioweave_version="0", heads=HEADS)
    parts = {"graph": tmp_path / "graph.onnx", "tokenizer": tokenizer, "chains": make_chains()}
    write_bundle(tmp_path / "bundle", manifest, **parts)
    loaded = Bundle.load(tmp_path / "bundle").tokenizer
    assert loaded.truncation is None
    assert loaded.padding is None
    assert tokenizer.truncation is not None


def test_a_bundle_is_pickled_by_its_path(folder: Path) -> None:
    bundle = Bundle.load(folder)
    copy = pickle.loads(pickle.dumps(bundle))
    assert copy.path == folder
    assert copy.manifest == bundle.manifest
    inputs = {
        "piece_ids": np.ones((1, 8), np.int64),
        "piece_mask": np.ones((1, 8), np.int64),
        "word_pieces": np.ones((1, 8, 2), np.int64),
        "n_words": np.array([8]),
    }
    assert np.array_equal(copy.graph(inputs), bundle.graph(inputs))


@pytest.mark.parametrize("name", ["graph.onnx", "tokenizer.json", "crf.npz"])
def test_a_changed_or_missing_file_is_refused(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(BundleError, match=rf"{name}: SHA-256 is .* export the bundle again"):
        Bundle.load(folder)
    (folder / name).unlink()
    with pytest.raises(BundleError, match=f"{name} is missing; copy the whole folder"):
        Bundle.load(folder)


def test_a_newer_format_names_the_upgrade(folder: Path) -> None:
    change_manifest(folder, format_version=2, bioweave_version="9.1", heads="of another kind")
    with pytest.raises(BundleError, match=r"written by bioweave 9\.1.*pip install --upgrade"):
        Bundle.load(folder)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"heads": []}, "heads: .*at least 1 item"),
        ({"colour": "green"}, "colour: Extra inputs are not permitted"),
        ({"checksums": {}}, "no checksum for crf.npz, graph.onnx, tokenizer.json"),
        ({"format_version": "one"}, "format_version: "),
        ({"heads": [{"name": "h", "labels": ["A"], "tags": ["O", "A"]}]}, "tags .* are not those"),
    ],
)
def test_a_wrong_manifest_says_where(folder: Path, values: dict, message: str) -> None:
    change_manifest(folder, **values)
    with pytest.raises(BundleError, match=message):
        Bundle.load(folder)


def test_files_outside_the_bundle_are_not_touched(folder: Path) -> None:
    checksums = read_manifest(folder).checksums | {"../tiny.onnx": "0"}
    change_manifest(folder, checksums=checksums)
    with pytest.raises(BundleError, match=r"names '\.\./tiny\.onnx', outside the bundle"):
        Bundle.load(folder)


def test_what_is_no_bundle_says_so(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"not a bundle, it has no manifest\.json"):
        Bundle.load(tmp_path)
    with pytest.raises(BundleError, match="there is no such folder"):
        Bundle.load(tmp_path / "nowhere")
    (tmp_path / "manifest.json").write_text("{broken")
    with pytest.raises(BundleError, match="not readable as JSON"):
        Bundle.load(tmp_path)


def test_a_graph_without_emissions_is_refused(tmp_path: Path) -> None:
    folder = write_tiny_bundle(tmp_path / "tiny")
    graph = (folder / "graph.onnx").read_bytes()
    (folder / "graph.onnx").write_bytes(graph.replace(b"emissions", b"omissions"))
    checksums = read_manifest(folder).checksums
    change_manifest(folder, checksums={**checksums, "graph.onnx": sha256(folder / "graph.onnx")})
    with pytest.raises(BundleError, match="outputs are omissions, and 'emissions' is not"):
        Bundle.load(folder)


def sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_default_is_the_promoted_bundle_then_the_packaged_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(location, "PACKAGED", tmp_path / "packaged")
    with pytest.raises(BundleError, match=r"there is no default bundle: .*make default-model"):
        find_bundle("default")
    write_tiny_bundle(tmp_path / "packaged")
    assert find_bundle("default") == tmp_path / "packaged"
    write_tiny_bundle(promoted_path())
    assert find_bundle("default") == tmp_path / "home" / "models" / "default"


def test_writing_replaces_a_bundle_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    write_tiny_bundle(folder, seed=1)
    assert Bundle.load(folder).chains.transitions != pytest.approx(make_chains().transitions)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigurationError, match="holds something else than a bundle"):
        write_tiny_bundle(tmp_path / "papers")
    assert (tmp_path / "papers" / "thesis.txt").exists()


def test_parts_must_fit_the_manifest(tmp_path: Path) -> None:
    write_graph(tmp_path / "graph.onnx")
    parts = {
        "graph": tmp_path / "graph.onnx",
        "tokenizer": make_tokenizer(),
        "chains": make_chains(),
    }
    manifest = Manifest(name="tiny", bioweave_version="0", heads=HEADS[:1])
    with pytest.raises(ConfigurationError, match="not those of the manifest's heads"):
        write_bundle(tmp_path / "bundle", manifest, **parts)
    features = FeatureSettings(pos=True)
    manifest = Manifest(name="tiny", bioweave_version="0", heads=HEADS, features=features)
    with pytest.raises(ConfigurationError, match="nothing makes the features pos"):
        write_bundle(tmp_path / "bundle", manifest, **parts)
    assert not (tmp_path / "bundle").exists()


def test_scores_can_be_added_later_and_files_cannot(folder: Path) -> None:
    manifest = read_manifest(folder)
    update_manifest(folder, manifest.model_copy(update={"scores": {"dev": 0.9}}))
    assert Bundle.load(folder).manifest.scores == {"dev": 0.9}
    (folder / "crf.npz").write_bytes(b"")
    with pytest.raises(BundleError, match="not those that the new manifest describes"):
        update_manifest(folder, manifest)
