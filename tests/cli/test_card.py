"""`bioweave card`, from a bundle and measured figures to the card in the bundle."""

import json

import pytest
from tiny_tagger import write_tiny_bundle
from typer.testing import CliRunner

from bioweave.bundle import Bundle, read_manifest, update_manifest
from bioweave.cli.main import app


@pytest.fixture
def bundle(tmp_path):
    return write_tiny_bundle(tmp_path / "tiny")


def run(*arguments):
    return CliRunner().invoke(app, ["card", *map(str, arguments)], catch_exceptions=False)


def test_the_card_of_the_bundle_that_ships_names_its_corpora_and_licences():
    finished = run("default")
    assert finished.exit_code == 0
    assert finished.stdout.startswith("# Model card: default\n")
    told = " ".join(finished.stdout.split())  # lines are folded anywhere
    assert "US public domain" in told
    assert "int8, " in told and " MB, made " in told


def test_measured_figures_go_into_the_manifest_and_the_card_into_the_bundle(
    bundle, tmp_path, repository, monkeypatch
):
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(repository / "tests" / "data" / "corpora"))
    for command in ("evaluate", "errors"):
        options = [command, str(bundle), "--corpus", "sample", "--split", "test", "--json"]
        printed = CliRunner().invoke(app, options, catch_exceptions=False)
        (tmp_path / f"{command}.json").write_text(printed.stdout)
    measured = tmp_path / "evaluate.json"
    out = tmp_path / "docs" / "card.md"
    finished = run(
        *(bundle, "-o", out, "--in-bundle", "--figures", measured),
        *("--figures", tmp_path / "errors.json", "--seed", measured, "--seed", measured),
    )
    assert (finished.exit_code, finished.stdout) == (0, "")
    card = out.read_text("utf-8")
    assert (bundle / "README.md").read_text("utf-8") == card
    expected = json.loads(measured.read_text())
    assert f"| {100 * expected['mentions']['strict']['f1']:.2f} |" in card
    assert "| sample test | all | " in card
    assert "| 0.00 |" in card  # two runs with the same figures do not deviate
    assert str(tmp_path) not in card
    scores = read_manifest(bundle).scores
    assert scores["evaluations"][0]["documents"] == 10
    assert "examples" not in json.dumps(scores)


def test_a_card_in_the_bundle_neither_spoils_it_nor_its_manifest(bundle):
    run(bundle, "--in-bundle")
    assert Bundle.load(bundle).manifest.name == "tiny"
    manifest = read_manifest(bundle)
    assert "README.md" not in manifest.checksums
    update_manifest(bundle, manifest.model_copy(update={"scores": {"dev": {}}}))
    (bundle / "README.md").write_text("edited")
    assert Bundle.load(bundle).manifest.scores == {"dev": {}}


def test_without_figures_nothing_in_the_bundle_changes(bundle):
    before = {path.name: path.read_bytes() for path in bundle.iterdir()}
    assert run(bundle).stdout.startswith("# Model card: tiny\n")
    assert {path.name: path.read_bytes() for path in bundle.iterdir()} == before


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "not readable as JSON"), ("[]", "one JSON object"), ("{}", "no figures")],
)
def test_other_files_are_bad_input(bundle, tmp_path, content, said):
    file = tmp_path / "figures.json"
    file.write_text(content)
    finished = run(bundle, "--figures", file)
    assert finished.exit_code == 2
    assert said in finished.stderr


def test_a_missing_bundle_is_bad_input():
    assert run("no/such/bundle").exit_code == 2
