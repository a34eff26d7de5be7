"""Two encoders inside one tagger: a row beside the pools, by the same rules as a member."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bioweave.bundle import Bundle, open_bundle
from bioweave.errors import ConfigurationError
from bioweave.experiments import evaluate, open_model
from bioweave.experiments.fusing import METHODS, fuse, fusion_page
from bioweave.experiments.fusing.joint import open_joint
from bioweave.experiments.fusing.members import Member, open_members, open_tagger
from bioweave.experiments.fusing.writing import write_joint
from bioweave.whole_files import read_json, write_json

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def report(pair: Any, joint: Path) -> dict[str, Any]:
    return fuse(list(pair.runs.values()), ["sample"], joint=[joint], with_test=True)


def test_a_joint_tagger_is_a_method_and_no_member(report: dict[str, Any], joint: Path) -> None:
    assert report["members"] == ["apart", "together"]
    assert report["joint"] == ["joint"]
    model = open_model(str(joint))
    for split in ("dev", "test"):
        rows = report[split]["corpora"]["sample"]
        assert list(rows["methods"]) == [*METHODS, "joint"]
        assert list(rows["members"]) == ["apart", "together"]
        measured = evaluate(model, "sample", split)
        assert rows["methods"]["joint"]["mentions"] == measured["mentions"]
        assert rows["methods"]["joint"]["tokens"]["accuracy"] == measured["tokens"]["accuracy"]


def test_the_page_has_the_row(report: dict[str, Any]) -> None:
    page = fusion_page([report])
    assert "| joint | method |" in page
    assert "What is called joint is one tagger" in " ".join(page.split())


def test_one_that_cannot_be_compared_is_refused(pair: Any, joint: Path, tmp_path: Path) -> None:
    members = list(pair.runs.values())
    with pytest.raises(ConfigurationError, match="was not trained jointly"):
        fuse(members, ["sample"], joint=[members[0]])
    seen = tmp_path / "seen"
    shutil.copytree(joint, seen)
    record = read_json(seen / "run.json")
    record["corpora"]["sample"]["trained_on"] = ["train", "dev"]
    write_json(seen / "run.json", record)
    with pytest.raises(ConfigurationError, match=r"joint learned from sample dev.*leakage"):
        fuse(members, ["sample"], joint=[seen])
    narrow = tmp_path / "narrow"
    shutil.copytree(members[0], narrow)
    recipe = narrow / "recipe.toml"
    recipe.write_text(recipe.read_text().replace('"Chemical"', '"Gene"'))
    with pytest.raises(ConfigurationError, match=r"members must find the same labels"):
        open_joint([joint], open_members([narrow, narrow])[0])


def test_several_go_by_their_names(pair: Any, joint: Path, tmp_path: Path) -> None:
    shutil.copytree(joint, tmp_path / "gated-13")
    first = open_members(list(pair.runs.values()))[0]
    names = [one.name for one in open_joint([joint, tmp_path / "gated-13"], first)]
    assert names == ["joint both-13", "joint gated-13"]
    with pytest.raises(ConfigurationError, match="two have the same name"):
        open_joint([joint, joint], first)


def test_the_best_way_may_be_a_joint_tagger_and_is_written_then(
    report: dict[str, Any], pair: Any, tmp_path: Path
) -> None:
    # Whatever its encoders: exporting two takes a minute.
    folder = pair.bundles["apart"]
    chosen = Member("joint", folder, open_tagger(folder))
    write_joint(tmp_path / "out", chosen, {**report, "method": "joint"}, "best")
    written = open_bundle(tmp_path / "out")
    assert isinstance(written, Bundle)
    assert written.manifest.name == "best"
    assert written.manifest.provenance["fusion"]["method"] == "joint"
    told = report["dev"]["corpora"]["sample"]["methods"]["joint"]["mentions"]["strict"]["f1"]
    assert written.manifest.scores["dev"]["fused"] == {"strict_f1/sample": told}
    assert (tmp_path / "out" / "graph.onnx").read_bytes() == (folder / "graph.onnx").read_bytes()
