"""What a service counts of documents, and what it holds them against."""

import itertools
import json
import lzma
import random
import shutil
import subprocess
import sys

import pytest
from invented_notes import abstracts

import bioweave
from bioweave.bundle import Bundle
from bioweave.bundle.location import PACKAGED
from bioweave.document import Document
from bioweave.errors import BundleError
from bioweave.service.monitoring.drift import Level
from bioweave.service.monitoring.reference import (
    REFERENCE_FILE,
    REFERENCE_PART,
    bundle_reference,
    read_reference,
)
from bioweave.service.monitoring.signals import Observer, signals_of
from bioweave.service.monitoring.watched_model import WatchedModel
from bioweave.service.served_models import Options, ServedModel
from bioweave.service.settings import MonitoringSettings, ServiceSettings


@pytest.fixture(scope="module")
def model() -> ServedModel:
    return ServedModel("default", ServiceSettings(threads=1))


def observed(model: ServedModel, texts: list[str]):
    return list(model.annotator(Options()).observe(texts))


def binned(model: ServedModel, text: str) -> dict[str, list[str]]:
    """The names of the bins that a text and its mentions fall into."""
    observer = Observer(model.bundle)
    bins = {signal.name: signal.bins for signal in observer.signals}
    [(document, annotation)] = observed(model, [text])
    found = observer(document, annotation)
    return {name: [bins[name][place] for place in places] for name, places in found.items()}


def test_a_document_is_counted_once_and_its_mentions_each(model) -> None:
    found = binned(model, "Aspirin may cause gastric ulcers in rats.")
    assert sorted(found["labels"]) == ["Chemical", "Disease", "Species"]
    assert len(found["confidence"]) == 3
    # Of 8 words, the full stop one of them, 3 begin a mention.
    assert found["length"] == ["< 30"] and found["density"] == ["120 and more"]
    assert found["unknown"] == ["none"]


def test_what_the_vocabulary_lacks_is_noticed(model) -> None:
    assert binned(model, "ᚠᚢᚦ ᚨᚱᚲ ᛞᛟ and \U0001f600")["unknown"] == ["5% and more"]
    # Letters that belong to no word of English are cut into many pieces.
    assert binned(model, "Zxqvj kwrzpt qwxzv")["pieces"] == ["1.7 and more"]
    assert binned(model, "The patient was well.")["pieces"] == ["< 1.08"]
    assert binned(model, "The patient was well.")["density"] == ["none"]


def test_blank_documents_are_no_news(model) -> None:
    assert set(binned(model, "  \n ")) == {"labels", "confidence"}


def test_requests_for_some_labels_or_in_other_modes_are_not_typical(model, tmp_path) -> None:
    watched = WatchedModel(model, MonitoringSettings(), tmp_path)
    labels = model.bundle.manifest.labels
    assert watched.is_typical(Options()) and watched.is_typical(Options(link=True))
    assert watched.is_typical(Options(labels=tuple(reversed(labels))))
    assert not watched.is_typical(Options(labels=labels[:1]))
    assert not watched.is_typical(Options(mode="recall"))


def test_the_default_knows_what_its_documents_look_like(model) -> None:
    reference = bundle_reference(PACKAGED)
    assert reference is not None and reference.n_documents == 1_000
    fitting = reference.fitting(signals_of(model.bundle.manifest.labels))
    assert set(fitting) == {"labels", "confidence", "length", "density", "pieces", "unknown"}
    # Mentions of one document are mostly of one label: much less is known than if they were not.
    assert fitting["labels"].design_effect > 5
    text = (PACKAGED / REFERENCE_PART / REFERENCE_FILE).read_text()
    assert len(text) < 2_000


def test_too_few_documents_tell_nothing_and_others_tell_that_they_are_others(
    model, tmp_path
) -> None:
    watched = WatchedModel(model, MonitoringSettings(least_documents=40), tmp_path)
    watched.add(observed(model, abstracts(39, 1)))
    assert {drift.level for drift in watched.traffic().drifts} == {Level.UNKNOWN}
    watched.add(observed(model, abstracts(21, 2)))
    levels = {drift.signal.name: drift.level for drift in watched.traffic().drifts}
    # Short, and full of mentions: no abstracts of PubMed.
    assert levels["length"] is levels["density"] is Level.ALERT
    assert levels["unknown"] is Level.STABLE


@pytest.mark.slow
def test_other_abstracts_are_as_the_reference_says(model, tmp_path, corpora) -> None:
    path = corpora / "abstracts.txt.xz"
    if not path.is_file():
        pytest.skip(f"{path.name} is not among the corpora")
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        # The part that the reference was drawn from; few of these were drawn.
        texts = [line.strip() for line in itertools.islice(lines, 7, 40_000, 160)]
    # Journals of a kind stand together there: one after the other they are drift indeed.
    random.Random(3).shuffle(texts)
    watched = WatchedModel(model, MonitoringSettings(drift_documents=200), tmp_path)
    for start in range(0, len(texts), 50):
        watched.add(observed(model, texts[start : start + 50]))
        levels = {drift.level for drift in watched.traffic().drifts}
        assert levels <= {Level.UNKNOWN, Level.STABLE}
    assert levels == {Level.STABLE}


def test_a_reference_that_does_not_fit_is_left_out(model, tmp_path) -> None:
    reference = bundle_reference(PACKAGED)
    assert set(reference.fitting(signals_of(("Disease", "Drug")))) == {
        "confidence",
        "length",
        "density",
        "pieces",
        "unknown",
    }


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"format_version": 2, "source": "x", "documents": 1, "signals": {}}',
        '{"format_version": 1, "source": "x", "documents": 1, "signals": {"labels": {}}}',
        '{"format_version": 1, "source": "x", "documents": 1, "signals": {"labels": '
        '{"bins": ["a"], "counts": [1, 2], "design_effect": 1}}}',
        '{"format_version": 1, "source": "x", "documents": 1, "signals": {"labels": '
        '{"bins": ["a"], "counts": [1], "design_effect": 0.5}}}',
    ],
)
def test_a_damaged_reference_is_told_and_does_not_keep_the_service_from_serving(
    model, tmp_path, content, caplog
) -> None:
    path = tmp_path / f"reference-{model.fingerprint}.json"
    path.write_text(content)
    with pytest.raises(BundleError, match="bioweave reference"):
        read_reference(path)
    watched = WatchedModel(model, MonitoringSettings(reference="traffic"), tmp_path)
    assert watched.traffic().reference is None and "no reference" in caplog.text


def test_the_command_records_a_reference_into_a_bundle(tmp_path) -> None:
    folder, text = tmp_path / "bundle", tmp_path / "text.txt"
    shutil.copytree(PACKAGED, folder)
    shutil.rmtree(folder / REFERENCE_PART)
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["checksums"][f"{REFERENCE_PART}/{REFERENCE_FILE}"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    text.write_text("\n\n".join(abstracts(120, 3)), encoding="utf-8")

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bioweave.cli", "reference", str(folder), *options]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    assert "no reference" in run().stdout
    done = run("--text", str(text), "--documents", "100", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["documents"], told["source"]) == (100, "text.txt")
    # The bundle is whole, and has it.
    bundle = Bundle.load(folder)
    assert bundle.manifest.provenance["reference"] == {"source": "text.txt", "documents": 100}
    kept = bundle_reference(folder)
    assert kept.to_json() == told and kept.histograms["length"].counts.sum() == 100
    # What it counted is what its annotator finds.
    found = bioweave.Annotator(bundle).pipe(
        Document(str(place), one) for place, one in enumerate(abstracts(120, 3))
    )
    n_mentions = sum(len(document.mentions) for document in found)
    assert kept.histograms["labels"].counts.sum() == pytest.approx(n_mentions * 100 / 120, rel=0.1)
    assert "100 documents of text.txt" in run().stdout
    assert run("--text", str(text), "--corpus", "sample").returncode == 2
