"""`train-linker`, `link`, `annotate --link` and `evaluate --link`, with a tiny bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from invented_texts import invented_text
from mesh_package import install_stand_in
from tiny_tagger import write_tiny_bundle
from typer.testing import CliRunner

import bioweave
from bioweave.bundle import read_manifest
from bioweave.bundle.checksums import verify_checksums
from bioweave.cli.linkable import Linkable
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


@pytest.fixture
def of_three_labels(tmp_path: Path) -> Path:
    """A file of documents with mentions of a label that is linked, and of two that are not."""

    def mention(text: str, label: str, *ids: str) -> dict[str, Any]:
        start = "Qorvex and zeel and type 2 marlitis.".index(text)
        concepts = [{"id": id_} for id_ in ids]
        place = {"start": start, "end": start + len(text), "text": text}
        return {**place, "label": label, "concepts": concepts}

    mentions = [
        mention("Qorvex", "CellLine", "CVCL:1"),
        mention("zeel", "Species"),
        mention("type 2 marlitis", "Disease", "Y:9"),
    ]
    document = {"text": "Qorvex and zeel and type 2 marlitis.", "mentions": mentions}
    path = tmp_path / "three.jsonl"
    path.write_text("".join(json.dumps({"id": str(n), **document}) + "\n" for n in range(3)))
    return path


def warnings_of(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.startswith("warning: ")]


def test_labels_that_are_not_linked_are_counted_and_keep_their_concepts(
    bundle: Path, lexicon: Path, of_three_labels: Path, tmp_path: Path
) -> None:
    arguments = ["link", str(of_three_labels), "--model", str(bundle), "--json"]
    done = CliRunner().invoke(app, [*arguments, "-o", str(tmp_path / "out.jsonl")])
    assert done.exit_code == 0
    assert warnings_of(done.stderr) == [
        "warning: 3 mentions of the label CellLine were not linked: the bundle knows no concepts "
        "of it; 3 of them kept the concepts that they came with",
        "warning: 3 mentions of the label Species were not linked: the bundle knows no concepts "
        "of it",
    ]
    assert json.loads(done.stdout)["not_linked"] == {"CellLine": 3, "Species": 3}
    for line in (tmp_path / "out.jsonl").read_text().splitlines():
        cells, species, disease = json.loads(line)["mentions"]
        assert cells["concepts"] == [{"id": "CVCL:1"}]
        assert not species["concepts"]
        assert [one["id"] for one in disease["concepts"]] == ["MESH:D990006"]
    beside = CliRunner().invoke(app, [*arguments, "--lexicon", str(lexicon)])
    assert [line.split(": ", 2)[-1].split(";")[0] for line in warnings_of(beside.stderr)] == [
        "neither the bundle nor the lexicon knows concepts of it"
    ] * 2


@pytest.mark.parametrize("workers", [1, 2])
def test_annotate_counts_what_is_not_linked(
    lexicon: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    (tmp_path / "diseases").mkdir()
    (tmp_path / "diseases" / "train.pubtator").write_text(
        "".join(
            f"{n}|t|He had gout.\n{n}|a|\n{n}\t7\t11\tgout\tDisease\tD00600{n % 2}\n\n"
            for n in range(1, 13)
        )
    )
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(tmp_path))
    bundle = tmp_path / "tiny"
    write_tiny_bundle(bundle)
    run("train-linker", bundle, "--corpus", "diseases:train")
    (tmp_path / "in.txt").write_text(invented_text(6, n_sentences=10))
    arguments = ["annotate", str(tmp_path / "in.txt"), "--model", str(bundle), "--json"]
    arguments += ["-o", str(tmp_path / "out.jsonl"), "--workers", str(workers)]
    plain = CliRunner().invoke(app, arguments)
    assert warnings_of(plain.stderr) == []
    assert "not_linked" not in json.loads(plain.stdout)
    done = CliRunner().invoke(app, [*arguments, "--link", "--lexicon", str(lexicon)])
    told = json.loads(done.stdout)
    not_linked = {label: n for label, n in told["labels"].items() if label != "Disease"}
    assert not_linked
    assert told["not_linked"] == not_linked
    assert warnings_of(done.stderr) == [
        f"warning: {n} mentions of the label {label} were not linked: neither the bundle nor the "
        "lexicon knows concepts of it"
        for label, n in not_linked.items()
    ]


def test_a_lexicon_without_names_of_a_label_says_so(
    bundle: Path, lexicon: Path, tmp_path: Path
) -> None:
    chemical = {"start": 0, "end": 11, "text": "Norbexazole", "label": "Chemical"}
    (tmp_path / "in.jsonl").write_text(
        json.dumps({"id": "1", "text": "Norbexazole helps.", "mentions": [chemical]}) + "\n"
    )
    arguments = ["link", str(tmp_path / "in.jsonl"), "--model", str(bundle)]
    assert warnings_of(CliRunner().invoke(app, arguments).stderr) == []
    done = CliRunner().invoke(app, [*arguments, "--lexicon", str(lexicon)])
    assert warnings_of(done.stderr) == [
        "warning: 1 mention of the label Chemical was linked by what the bundle learned alone: "
        "the lexicon has no names of it"
    ]


def test_names_in_a_lexicon_do_not_teach_a_bundle_to_link() -> None:
    told = list(Linkable(("Disease",), ("Disease", "Gene")).warnings({"Disease": 2, "Gene": 1}))
    assert told == [
        "1 mention of the label Gene was not linked: the bundle was never taught to; "
        "`bioweave train-linker` does"
    ]
    assert not list(Linkable(("Disease",), ("Any",)).warnings({"Disease": 2, "Gene": 0}))


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
