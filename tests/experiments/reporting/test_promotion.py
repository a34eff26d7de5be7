"""`promote`: whatever happens, `default` is the old bundle or the new one, and whole."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bioweave.bundle import (
    FusedBundle,
    FusionManifest,
    HeadManifest,
    find_bundle,
    open_bundle,
    promoted_path,
    read_manifest,
    write_fused_bundle,
)
from bioweave.bundle.location import PACKAGED, promotions_path
from bioweave.cli.main import app
from bioweave.errors import BundleError, ConfigurationError
from bioweave.experiments.reporting import current_default, promote, take_back
from bioweave.experiments.reporting.promotion import KEPT, dev_score
from bioweave.fusion import LinearPool

SUPPORT = Path(__file__).parents[2] / "support"


def run(*arguments, status=0):
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == status, done.output
    return done


def copies() -> list[str]:
    return sorted(path.name for path in (promotions_path().parent / "promoted").iterdir())


def test_promoted_is_the_default_and_undo_goes_back(make_bundle):
    first, second = make_bundle("first"), make_bundle("second", seed=1)
    if PACKAGED.is_dir():
        assert current_default().is_packaged
    done = promote(str(first))
    assert done.name == "first" and not done.is_packaged
    assert (done.dev, done.learned_from_dev) == (0.125, False)
    assert open_bundle("default").manifest == read_manifest(first)
    told = json.loads(run("promote", second, "--json").stdout)
    assert told["name"] == "second" and told["source"] == str(second)
    shutil.rmtree(second)  # the copy is what counts
    assert open_bundle("default").manifest.name == "second"
    assert "strict F1 on dev: 0.1250" in run("promote").stdout
    assert "default: first, promoted" in run("promote", "--undo").stdout
    assert open_bundle("default").manifest.name == "first"
    take_back_all()
    with pytest.raises(ConfigurationError, match="nothing is promoted"):
        take_back()


def take_back_all() -> None:
    if PACKAGED.is_dir():
        assert take_back().is_packaged
    else:
        with pytest.raises(BundleError, match="no default"):
            take_back()


def test_what_lay_there_before_comes_back(make_bundle):
    """A bundle that someone put into the folder by hand is one to go back to."""
    shutil.copytree(make_bundle("by-hand"), promoted_path())
    promote(str(make_bundle("new", seed=1)))
    assert open_bundle("default").manifest.name == "new"
    before = take_back()
    assert before.name == "by-hand" and before.source is None and not before.is_packaged


def test_older_copies_go(make_bundle):
    folder = str(make_bundle("model"))
    for _ in range(KEPT + 2):
        promote(folder)
    assert copies() == ["3-model", "4-model", "5-model"]
    take_back()
    assert len(copies()) == KEPT  # someone may be annotating with it
    promote(folder)
    assert copies() == ["3-model", "4-model", "6-model"]


def test_a_damaged_bundle_is_refused_and_nothing_changes(make_bundle):
    good, bad = make_bundle("good"), make_bundle("bad", seed=1)
    promote(str(good))
    graph = bad / "graph.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"x")
    assert "SHA-256" in run("promote", bad, status=2).stderr
    (bad / "graph.onnx").unlink()
    with pytest.raises(BundleError, match=r"graph.onnx is missing"):
        promote(str(bad))
    assert find_bundle("default").name == "1-good"
    assert copies() == ["1-good"]


def test_a_promoted_copy_that_is_gone_is_said_and_can_be_undone(make_bundle):
    promote(str(make_bundle("first")))
    shutil.rmtree(promote(str(make_bundle("second", seed=1))).path)
    with pytest.raises(BundleError, match="promote --undo"):
        find_bundle("default")
    assert take_back().name == "first"
    promotions_path().write_text("[{")
    with pytest.raises(BundleError, match="delete it to have the package's own"):
        find_bundle("default")


def test_a_fused_bundle_is_promoted_like_any_other(make_bundle, tmp_path):
    members = [make_bundle("one"), make_bundle("two", seed=1)]
    manifest = read_manifest(members[0])
    heads = tuple(HeadManifest(name=label, labels=(label,)) for label in manifest.labels)
    fused = manifest.model_copy(
        update={
            "name": "both",
            "heads": heads,
            "fusion": FusionManifest(method="mean", members=("one", "two")),
            "scores": {"dev": {"fused": {"strict_f1/a": 0.5, "strict_f1/b": 0.75}}},
        }
    )
    pools = [LinearPool.mean(2) for _ in heads]
    write_fused_bundle(tmp_path / "both", fused, members=members, pools=pools)
    assert promote(str(tmp_path / "both")).dev == 0.625
    assert isinstance(open_bundle("default"), FusedBundle)
    damaged = tmp_path / "both" / "members" / "1" / "crf.npz"
    damaged.write_bytes(b"")
    with pytest.raises(BundleError):
        promote(str(tmp_path / "both"))


def test_dev_scores_are_those_of_the_bundles_own_precision(make_bundle):
    manifest = read_manifest(make_bundle("model"))
    both = {"fp32": {"strict_f1": 0.9}, "int8": {"strict_f1": 0.8}}
    told = {"precision": "int8", "scores": {"dev (learned from)": both}}
    assert dev_score(manifest.model_copy(update=told)) == (0.8, True)
    assert dev_score(manifest.model_copy(update={"scores": {}})) == (None, False)


_KILLED = """
import os, signal, sys
import bioweave.annotator, bioweave.experiments.reporting.promotion as promotion
from pathlib import Path

model, moment = sys.argv[1], int(sys.argv[2])
steps = 0

def counted(original):
    def step(*arguments, **options):
        global steps
        steps += 1
        if steps == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)
    return step

# Every step that changes a name.
Path.rename, Path.replace = counted(Path.rename), counted(Path.replace)
promotion.write_json = counted(promotion.write_json)
promotion.shutil.copytree = counted(promotion.shutil.copytree)
promotion.promote(model)
"""


def test_a_kill_between_any_two_steps_leaves_a_whole_default(make_bundle):
    old, new = make_bundle("old"), make_bundle("new", seed=1)
    promote(str(old))
    statuses = []
    for moment in range(1, 6):
        command = [sys.executable, "-c", _KILLED, str(new), str(moment)]
        statuses.append(subprocess.run(command, check=False).returncode)
        assert open_bundle("default").manifest.name == ("new" if statuses[-1] == 0 else "old")
    # Copying, renaming the copy, writing the file, replacing it; the fifth step never comes.
    assert statuses == [-9, -9, -9, -9, 0]
    assert len(copies()) == 2  # what the killed ones left is gone
    assert take_back().name == "old"
