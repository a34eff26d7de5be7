"""`bioweave benchmark` on a tagger of random weights: the shape and the sense of its figures."""

import json
from pathlib import Path

import pytest
import typer
from tiny_tagger import write_tiny_bundle
from typer.testing import CliRunner

from bioweave.cli import baseline, benchmark_documents
from bioweave.cli.benchmark import benchmark
from bioweave.cli.speed import count_words, measure_speed
from bioweave.document import Document
from bioweave.errors import ConfigurationError

app = typer.Typer()
app.command()(benchmark)


@pytest.fixture(autouse=True)
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark_documents, "_CHARACTERS", 20_000)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


def test_the_figures_have_the_promised_shape_and_fit_each_other(bundle: Path) -> None:
    run = CliRunner().invoke(app, ["--model", str(bundle), "--threads", "1", "--json"])
    assert run.exit_code == 0, run.output
    result = json.loads(run.stdout)
    assert list(result) == [
        "model",
        "threads",
        "device",
        "documents",
        "words",
        "words_per_second",
        "documents_per_second",
        "milliseconds_per_document",
        "load_seconds",
        "peak_memory_mb",
    ]
    assert result["model"] == str(bundle)
    assert result["threads"] == 1
    per_document = result["words"] / result["documents"]
    speed = result["words_per_second"] / result["documents_per_second"]
    assert speed == pytest.approx(per_document)
    alone = result["milliseconds_per_document"]
    assert 0 < alone["median"] <= alone["p95"]
    assert result["load_seconds"] > 0
    assert result["peak_memory_mb"] > 20


def test_a_device_that_is_not_there_is_an_error(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bioweave.bundle.device._has_provider", lambda: False)
    run = CliRunner().invoke(app, ["--model", str(bundle), "--device", "cuda"])
    assert isinstance(run.exception, ConfigurationError)
    assert "CUDAExecutionProvider" in str(run.exception)


def test_people_get_a_table(bundle: Path) -> None:
    run = CliRunner().invoke(app, ["--model", str(bundle), "--threads", "1"])
    assert run.exit_code == 0, run.output
    assert "words a second" in run.stdout


def test_the_baseline_and_the_ratio_are_added(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bioweave.cli.baseline.measure_baseline",
        lambda documents, model, threads: {"name": baseline.NAME, "words_per_second": 50.0},
    )
    options = ["--model", str(bundle), "--threads", "1", "--baseline", "--json"]
    result = json.loads(CliRunner().invoke(app, options).stdout)
    assert result["baseline"]["name"] == "transformers pipeline, BERT-base, fp32"
    assert result["ratio"] == pytest.approx(result["words_per_second"] / 50.0)


@pytest.mark.slow
def test_the_baseline_runs_in_a_process_of_its_own(bundle: Path) -> None:
    pytest.importorskip("transformers", reason="it comes with the extra train")
    documents = [Document("1", "Fever and cough.")] * 3
    result = baseline.measure_baseline(documents, str(bundle), 1)
    assert result["batch_size"] in baseline.BATCH_SIZES
    assert result["words"] == 12
    assert result["words_per_second"] > 1


def test_few_documents_are_repeated_and_mentions_are_left_behind(tmp_path: Path) -> None:
    line = {"text": "Gout.", "mentions": [{"start": 0, "end": 4, "text": "Gout", "label": "X"}]}
    (tmp_path / "one.jsonl").write_text(json.dumps(line) + "\n")
    documents = benchmark_documents.benchmark_documents(str(tmp_path))
    assert sum(len(document.text) for document in documents) >= 20_000
    assert not any(document.mentions for document in documents)


def test_nothing_to_annotate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text('{"text": ""}\n')
    with pytest.raises(ConfigurationError, match="there is no text to annotate"):
        benchmark_documents.benchmark_documents(str(tmp_path / "none.jsonl"))


def test_an_unknown_corpus_lists_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"'nowhere' is neither .* ncbi-disease"):
        benchmark_documents.benchmark_documents("nowhere")


def test_words_count_punctuation() -> None:
    documents = [Document("1", "Gout, again."), Document("2", "Gout, again.")]
    assert count_words(documents) == 8


def test_speed_is_measured_on_all_documents(bundle: Path) -> None:
    documents = [Document(str(n), f"Case {n} had fever.") for n in range(8)]
    assert measure_speed(documents, str(bundle), 1)["words"] == count_words(documents)
