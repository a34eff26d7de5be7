"""`train`, `evaluate`, `export` and `relate` of a tiny relation tagger, from end to end."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from invented_relations import concept_document, mention_document, write_relation_corpora
from large_runs import assert_same_documents, written_documents
from pairs_by_hand import HandGraph
from tiny_encoders import write_tiny_encoder
from typer.testing import CliRunner

from bioweave.bundle.location import PACKAGED
from bioweave.bundle.relations import RelationBundle, write_relation_bundle
from bioweave.cli.main import app
from bioweave.cli.relation_tables import relation_tables
from bioweave.experiments import evaluate_relations
from bioweave.formats import document_to_json, read_documents
from bioweave.relating import RelationTask

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
RECIPE = """
task = "relations"
name = "tiny"
corpora = [{{name = "pairs"}}]
[[tasks]]
name = "genes"
labels = ["UP", "DOWN"]
head = "Chemical"
tail = "Gene"
[model]
encoder = "{encoder}"
hidden = 32
[windows]
max_pieces = 96
[training]
epochs = 6
batch_size = 8
encoder_learning_rate = 3e-3
head_learning_rate = 1e-2
precision = "fp32"
"""


def run(*arguments: object, status: int = 0) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exit_code == status, done.output
    return done.stdout if status == 0 else done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Corpora, a run and its bundle."""
    home = tmp_path_factory.mktemp("relations")
    write_relation_corpora(home / "corpora", n_train=50, n_dev=15)
    texts = [mention_document(number).text for number in range(60)]
    encoder = write_tiny_encoder(home / "encoder", texts)
    (home / "tiny.toml").write_text(RECIPE.format(encoder=encoder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BIOWEAVE_CORPORA", str(home / "corpora"))
        told = run("train", home / "tiny.toml", "-o", home / "run")
        assert "F1 of relations on dev" in told
        run("train", home / "tiny.toml", "-o", home / "run", "--resume")
        assert "int8: F1 of relations" in run("export", home / "run", "-o", home / "bundle")
    return home


@pytest.fixture(autouse=True)
def _use_corpora(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOWEAVE_CORPORA", str(folder / "corpora"))
    monkeypatch.setenv("COLUMNS", "160")


def test_a_run_and_its_bundle_are_evaluated_alike(folder: Path) -> None:
    results = [
        json.loads(run("evaluate", folder / one, "--corpus", "pairs", "--split", "dev", "--json"))
        for one in ("run", "bundle")
    ]
    for result in results:
        assert set(result["relations"]["labels"]) == {"UP", "DOWN"}
        low, high = result["confidence_interval"]["f1"]
        assert low <= result["relations"]["f1"] <= high
        assert result["trained_splits"] == ["train"] and result["saw_split"] is False
        assert result["seen_elsewhere"] == 0
        gold = sum(result["relations"]["labels"][label]["support"] for label in ("UP", "DOWN"))
        assert gold == result["relations"]["support"] > 0
    assert results[0]["relations"]["f1"] == pytest.approx(results[1]["relations"]["f1"], abs=0.1)
    table = run("evaluate", folder / "bundle", "--corpus", "pairs", "--split", "train")
    assert "Relations" in table and "was learned from" in table


def test_a_corpus_without_the_labels_is_refused(folder: Path) -> None:
    told = run("evaluate", folder / "bundle", "--corpus", "causes", status=2)
    assert "annotates INDUCES" in told
    assert "--corpus" in run("evaluate", folder / "bundle", "--all", status=2)


def test_documents_get_relations_and_keep_their_mentions(folder: Path, tmp_path: Path) -> None:
    documents = [mention_document(number, seed=7) for number in range(5)]
    lines = [json.dumps(document_to_json(one)) for one in (*documents, concept_document(1))]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(
        app,
        ["relate", str(tmp_path / "in.jsonl"), "--model", str(folder / "bundle"), "-o", str(out)],
    )
    assert done.exit_code == 0, done.output
    assert "1 of 6 documents have no pair" in done.stderr
    found = list(read_documents(out))
    assert [one.mentions for one in found[:5]] == [one.mentions for one in documents]
    assert any(one.relations for one in found)
    for document in found[:5]:
        ids = {mention.id for mention in document.mentions}
        for relation in document.relations:
            assert {argument.target for argument in relation.arguments} <= ids
            assert 0.0 <= (relation.confidence or 0.0) <= 1.0
    # Another tagger's relations stay.
    assert found[5].relations == concept_document(1).relations


def test_options_of_taggers_of_mentions_are_refused(folder: Path) -> None:
    for options in (["--mode", "recall"], ["--link"]):
        told = run("evaluate", folder / "bundle", "--corpus", "pairs", *options, status=2)
        assert "models that find mentions" in told


def test_relations_of_labels_that_a_model_lacks_count_as_missed(folder: Path) -> None:
    whole = RelationBundle.load(folder / "bundle")
    task = RelationTask("genes", ("UP",), "Chemical", "Gene")
    known = {"UP": whole.manifest.labels["UP"].model_copy(update={"threshold": 0.0})}
    manifest = whole.manifest.model_copy(update={"tasks": (task,), "labels": known})
    bundle = RelationBundle(manifest, whole.tokenizer, HandGraph(1))
    result = evaluate_relations(bundle, "pairs", "dev")
    assert result["unknown_labels"] == ["DOWN"]
    of_label = result["relations"]["labels"]
    assert of_label["UP"]["recall"] == 1.0 and of_label["DOWN"]["recall"] == 0.0
    n_all = of_label["UP"]["support"] + of_label["DOWN"]["support"]
    assert result["relations"]["support"] == n_all > of_label["UP"]["support"]
    assert result["relations"]["recall"] == pytest.approx(of_label["UP"]["support"] / n_all)
    [warning] = [one for one in relation_tables(result) if "knows no DOWN" in str(one)]
    assert "count as missed" in str(warning)


def test_what_finds_no_relations_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "Zinc."}\n')
    told = run("relate", tmp_path / "in.jsonl", "--model", PACKAGED, status=2)
    assert "finds no relations" in told
    told = run("annotate", tmp_path / "in.jsonl", "--model", folder / "bundle", status=2)
    assert "bioweave relate --model" in told


@pytest.fixture
def sure(folder: Path, tmp_path: Path) -> Path:
    """A bundle that tells of every pair."""
    bundle = RelationBundle.load(folder / "bundle")
    labels = {
        label: one.model_copy(update={"threshold": 0.0})
        for label, one in bundle.manifest.labels.items()
    }
    manifest = bundle.manifest.model_copy(update={"labels": labels})
    graph = folder / "bundle" / "graph.onnx"
    write_relation_bundle(tmp_path / "sure", manifest, graph=graph, tokenizer=bundle.tokenizer)
    return tmp_path / "sure"


def test_text_becomes_mentions_and_relations_in_one_pass(sure: Path, tmp_path: Path) -> None:
    text = "She had gout. Imatinib inhibits the kinase BCR-ABL1 in cells."
    (tmp_path / "in.jsonl").write_text(
        "".join(json.dumps({"id": f"d{n}", "text": text}) + "\n" for n in range(3))
        + json.dumps({"id": "none", "text": "Nothing here."})
    )
    written = []
    for workers in ("1", "2"):
        out = tmp_path / f"out{workers}.jsonl"
        arguments = ["annotate", str(tmp_path / "in.jsonl"), "--relations", "--workers", workers]
        arguments += ["--relation-model", str(sure), "-o", str(out)]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        assert "1 of 4 documents have no pair" in done.stderr
        written.append(out.read_text())
    assert written[0] == written[1]
    shown = json.loads(written[0].splitlines()[0])
    mentions = {one["id"]: one for one in shown["mentions"]}
    assert {one["label"] for one in shown["relations"]} == {"UP", "DOWN"}
    for relation in shown["relations"]:
        [head], [tail] = (relation[end]["mentions"] for end in ("head", "tail"))
        assert mentions[head]["text"] == "Imatinib" and mentions[tail]["label"] == "Gene"
        start, end = relation["evidence"]
        assert text[start:end] == "Imatinib inhibits the kinase BCR-ABL1 in cells."
        assert 0.0 <= relation["confidence"] <= 1.0


def test_a_large_run_tells_the_same_relations(sure: Path, tmp_path: Path) -> None:
    texts = ["Imatinib inhibits the kinase BCR-ABL1 in cells.", "Nothing here."] * 3
    (tmp_path / "in.jsonl").write_text(
        "".join(json.dumps({"id": f"d{n}", "text": text}) + "\n" for n, text in enumerate(texts))
    )
    relating = ["--relations", "--relation-model", sure]
    run("annotate", tmp_path / "in.jsonl", *relating, "-o", tmp_path / "small.jsonl")
    out = tmp_path / "large"
    arguments = ["annotate", str(tmp_path / "in.jsonl"), *map(str, relating), "-o", str(out)]
    arguments += ["--engine", "local", "--workers", "2", "--shard-size", "2"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "3 of 6 documents have no pair" in done.stderr

    small = {one.id: one for one in read_documents(tmp_path / "small.jsonl")}
    large = written_documents(out)
    assert_same_documents(small, large)
    told = [relation for document in large.values() for relation in document.relations]
    report = json.loads((out / "report.json").read_text())
    assert report["relations"] == dict(Counter(one.label for one in told)) != {}
    for key, document in small.items():
        for relation, same in zip(document.relations, large[key].relations, strict=True):
            assert relation.confidence == pytest.approx(same.confidence, abs=1e-5)
            assert replace(relation, confidence=None) == replace(same, confidence=None)

    rows = json.loads(run("mine", "relations", out, "--to", "json"))
    by_hand: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for key, document in small.items():
        texts_of = {mention.id: mention.text for mention in document.mentions}
        for relation in document.relations:
            ends = (texts_of[argument.target] for argument in relation.arguments)
            by_hand[relation.label, *ends].add(key)
    assert {
        (row["label"], row["head's name"], row["tail's name"]): row["documents"] for row in rows
    } == {joined: len(keys) for joined, keys in by_hand.items()}
    assert all(row["example"] in small for row in rows)
    asked = ("--label", "UP", "--about", "Imatinib", "--to", "json")
    assert json.loads(run("mine", "relations", out, *asked)) == [
        row for row in rows if row["label"] == "UP"
    ]
    assert json.loads(run("mine", "relations", out, "--about", "gout", "--to", "json")) == []

    # Whoever goes on with it must ask the same.
    other = tmp_path / "in.jsonl", "--engine", "local", "-o", out, "--shard-size", 2
    assert "differs in its relations" in run("annotate", *other, status=2)
    run("annotate", *other, "--force")
    assert "looked for no relations" in run("mine", "relations", out, status=2)


def test_relations_become_a_graph(sure: Path, tmp_path: Path) -> None:
    texts = ["Zinc blocks IL-6 in cells. Imatinib blocks IL-6.", "Imatinib blocks KRAS in cells."]
    (tmp_path / "in.jsonl").write_text(
        "".join(json.dumps({"id": f"d{n}", "text": text}) + "\n" for n, text in enumerate(texts))
    )
    annotate = "annotate", tmp_path / "in.jsonl", "--relations", "--relation-model", sure
    run(*annotate, "-o", tmp_path / "related.jsonl")
    run(*annotate, "-o", tmp_path / "graph.graphml")
    said: Counter[tuple[str, str]] = Counter()
    documents: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in (tmp_path / "related.jsonl").read_text().splitlines():
        document = json.loads(line)
        texts_of = {one["id"]: one["text"].lower() for one in document["mentions"]}
        for one in document["relations"]:
            ends = (texts_of[one[side]["mentions"][0]] for side in ("head", "tail"))
            head, tail = ends
            said[head, tail] += 1
            documents[head, tail].add(document["id"])
    network = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
    counted: Counter[tuple[str, str]] = Counter()
    for head, tail, edge in network.edges(data=True):
        key = network.nodes[head]["name"].lower(), network.nodes[tail]["name"].lower()
        counted[key] += edge["n_relations"]
        assert set(edge["documents"].split("|")) <= documents[key]
    assert counted == said != {}

    for suffix in ("ttl", "graphml"):
        run("convert", tmp_path / "related.jsonl", tmp_path / f"again.{suffix}")
    assert "biolink:Association" in (tmp_path / "again.ttl").read_text()
    same = (tmp_path / "again.graphml").read_bytes()
    assert same == (tmp_path / "graph.graphml").read_bytes()
    to_csv = "convert", tmp_path / "related.jsonl", tmp_path / "csv", "--to", "biocypher"
    run(*to_csv)
    assert (tmp_path / "csv" / "neo4j-admin-import-call.sh").exists()
    told = run(
        "convert", tmp_path / "related.jsonl", tmp_path / "csv", "--to", "biocypher", status=2
    )
    assert "the graph of an earlier run" in told
    told = run(*annotate, "--to", "docx", status=2)
    assert "unknown format 'docx'" in told and "graphml" in told


def test_relations_that_cannot_be_found_are_refused(
    sure: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.jsonl").write_text('{"text": "Zinc."}\n')
    told = run("annotate", tmp_path / "in.jsonl", "--relation-model", sure, status=2)
    assert "give --relations" in told
    monkeypatch.setattr("bioweave.bundle.relations.PACKAGED_RELATIONS", tmp_path / "nowhere")
    monkeypatch.setenv("BIOWEAVE_HOME", str(tmp_path / "home"))
    told = run("annotate", tmp_path / "in.jsonl", "--relations", status=2)
    assert "no default bundle of relations" in told
    sure.rename(tmp_path / "relations")
    (tmp_path / "home" / "models").mkdir(parents=True)
    (tmp_path / "relations").rename(tmp_path / "home" / "models" / "relations")
    run("annotate", tmp_path / "in.jsonl", "--relations")
