"""`train-linker`, `link`, `annotate --link` and `evaluate --link`, with a tiny bundle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mesh_package import install_stand_in
from tiny_tagger import write_tiny_bundle
from typer.testing import CliRunner

import bioweave
from bioweave.bundle import read_manifest
from bioweave.bundle.checksums import verify_checksums
from bioweave.cli.main import app

SAMPLE = Path(__file__).parents[1] / "data" / "corpora"


def run(*arguments: str | Path, status: int = 0) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == status, done.output
    return done.stdout if status == 0 else done.output


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lexicon")
    table = folder / "diseases.tsv"
    table.write_text("id\tterm\tkind\nX:1\tUnheard Malady\tpref\nX:1\tmalady unheard\tsyn\n")
    run("lexicon", "build", table, "--label", "Disease", "-o", folder / "small.lexicon")
    return folder / "small.lexicon"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that was taught linking on the sample corpus."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_tiny_bundle(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIOWEAVE_CORPORA", str(SAMPLE))
        run("train-linker", folder, "--corpus", "sample:train+dev")
    return folder


@pytest.fixture(autouse=True)
def _use_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(SAMPLE))


def test_the_bundle_says_what_its_linker_learned_from(bundle: Path) -> None:
    manifest = read_manifest(bundle)
    told = manifest.provenance["linking"]
    assert told["corpora"]["sample"]["splits"] == ["train", "dev"]
    assert told["mentions"]["Disease"] > 0
    assert "corpus sample" in manifest.licences
    assert "linking/names.json" in manifest.checksums
    verify_checksums(bundle, manifest.checksums)


def test_names_are_answered_with_scores(bundle: Path) -> None:
    told = run(
        "link", "--model", bundle, "--name", "Type 2 Marlitis", "--label", "Disease", "--json"
    )
    [answer] = json.loads(told)
    assert (answer["name"], answer["label"]) == ("Type 2 Marlitis", "Disease")
    best = answer["answers"][0]
    assert best["concepts"] == [{"id": "MESH:D990006", "name": "type 2 marlitis"}]
    assert 0 < best["score"] <= 1
    assert "MESH:D990006" in run("link", "--model", bundle, "--name", "type 2 marlitis")


def test_a_lexicon_adds_its_names(bundle: Path, lexicon: Path) -> None:
    asked = ("--name", "unheard maladies", "--label", "Disease", "--json")

    def answered(*options: str | Path) -> set[str]:
        [answer] = json.loads(run("link", "--model", bundle, *asked, *options))
        return {concept["id"] for one in answer["answers"] for concept in one["concepts"]}

    assert "X:1" not in answered()
    assert "X:1" in answered("--lexicon", lexicon)


def test_documents_keep_their_mentions_and_get_concepts(bundle: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(
        json.dumps(
            {
                "id": "1",
                "text": "He had type 2 marlitis.",
                "mentions": [
                    {"start": 7, "end": 22, "text": "type 2 marlitis", "label": "Disease"}
                ],
            }
        )
    )
    run("link", source, "--model", bundle, "-o", tmp_path / "out.jsonl")
    [mention] = json.loads((tmp_path / "out.jsonl").read_text())["mentions"]
    assert (mention["start"], mention["end"], mention["label"]) == (7, 22, "Disease")
    assert [concept["id"] for concept in mention["concepts"]] == ["MESH:D990006"]


def test_annotate_links_what_it_finds(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("He had type 2 marlitis and norbexazole. " * 5)
    command = ("annotate", tmp_path / "in.txt", "--model", bundle, "-o", tmp_path / "out.jsonl")
    run(*command)
    plain = json.loads((tmp_path / "out.jsonl").read_text())["mentions"]
    run(*command, "--link")
    linked = json.loads((tmp_path / "out.jsonl").read_text())["mentions"]
    assert [(m["start"], m["end"]) for m in plain] == [(m["start"], m["end"]) for m in linked]
    assert not any(m["concepts"] for m in plain)


def test_evaluate_scores_concepts(bundle: Path) -> None:
    told = json.loads(run("evaluate", bundle, "--corpus", "sample", "--link", "--json"))
    concepts = told["concepts"]
    assert set(concepts) == {"gold_mentions", "documents", "lexicon", "not_scored"}
    disease = concepts["gold_mentions"]["labels"]["Disease"]
    assert disease["support"] > 0
    assert 0 < disease["accuracy"] <= 1
    assert 0 <= concepts["documents"]["labels"]["Disease"]["f1"] <= 1
    assert "concepts" not in json.loads(run("evaluate", bundle, "--corpus", "sample", "--json"))
    assert "accuracy on gold mentions" in run("evaluate", bundle, "--corpus", "sample", "--link")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--name", "gout", "--label", "Species"), "Species is not linked by this bundle"),
        (("--label", "Disease"), "--label goes with --name"),
        (("--name", "gout", "-o", "x.jsonl"), "for names alone"),
        (("--name", "gout", "--lexicon", "missing.lexicon"), "missing.lexicon"),
    ],
)
def test_wrong_usage_is_named(bundle: Path, options: tuple[str, ...], complaint: str) -> None:
    told = run("link", "--model", bundle, *options, status=2)
    assert complaint in " ".join(told.split())


def test_a_bundle_without_a_linker_says_so(tmp_path: Path) -> None:
    write_tiny_bundle(tmp_path / "plain")
    for command in (("link", "--name", "gout"), ("annotate", "--link", str(SAMPLE))):
        told = run(*command, "--model", tmp_path / "plain", status=2)
        assert "never taught to; `bioweave train-linker" in " ".join(told.split())


def test_a_corpus_without_concepts_teaches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "train.pubtator").write_text("1|t|He had gout.\n1|a|\n1\t7\t11\tgout\tDisease\n\n")
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(tmp_path))
    write_tiny_bundle(tmp_path / "plain")
    told = run("train-linker", tmp_path / "plain", "--corpus", "bare", status=2)
    assert "has a concept" in " ".join(told.split())


def test_mesh_is_a_lexicon_by_name(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_stand_in(tmp_path / "site", monkeypatch)
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path / "home"))
    told = json.loads(run("lexicon", "info", "mesh", "--json"))
    assert told["labels"] == {"Any": 3}
    arguments = ("--model", bundle, "--name", "unheard malady", "--label", "Disease", "--json")
    [alone] = json.loads(run("link", *arguments))
    [answer] = json.loads(run("link", *arguments, "--lexicon", "mesh"))
    ids = [[one["id"] for one in each["concepts"]] for each in answer["answers"]]
    assert ["MESH:D900001"] in ids
    assert "MESH:D900001" not in str(alone)
    text = tmp_path / "a.txt"
    text.write_text("An unheard malady.")
    for more in ((), ("--link",)):
        run("annotate", text, "--model", bundle, "--lexicon", "mesh", "--to", "jsonl", *more)
    annotator = bioweave.load(bundle, link=True, lexicon="mesh")
    assert annotator.linker is not None and annotator.linker.lexicon is not None
    assert annotator.linker.lexicon.index_of("MESH:D900001") is not None


def test_documents_are_not_linked_onto_themselves(bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "gout"}\n', encoding="utf-8")
    assert "also read from" in run("link", path, "--model", bundle, "-o", path, status=2)
    assert path.read_text(encoding="utf-8") == '{"text": "gout"}\n'
