"""The command as its users meet it: what goes in, what comes out, what is said on the way."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_texts import invented_text
from rich.console import Console
from tiny_tagger import load_tiny_bundle
from typer.testing import CliRunner, Result

from bioweave.cli import workers
from bioweave.cli.document_stream import SourcedDocument, annotate_stream
from bioweave.cli.document_view import marked_text, show
from bioweave.cli.main import app
from bioweave.cli.workers import DOCUMENTS_IN_CHUNK, AnnotatorSettings, annotate_all
from bioweave.document import Document, Mention
from bioweave.errors import BundleError
from bioweave.formats import Failure, read_documents

LABELS = {"aspirin": "Chemical", "lithium": "Chemical", "ulcer": "Disease", "gout": "Disease"}


class WordListAnnotator:
    """Finds the words of a list; chokes on a document that says so."""

    def __init__(self, labels: tuple[str, ...] | None) -> None:
        self.labels = labels or ("Chemical", "Disease")

    def __call__(self, document: Document) -> Document:
        if "CHOKE" in document.text:
            raise ValueError("cannot swallow this")
        if "INTERRUPT" in document.text:
            raise KeyboardInterrupt
        found = re.finditer("|".join(LABELS), document.text, re.IGNORECASE)
        return document.with_mentions(
            Mention(*match.span(), match[0], LABELS[match[0].lower()], confidence=0.75)
            for match in found
            if LABELS[match[0].lower()] in self.labels
        )

    def pipe(self, documents: Iterable[Document]) -> Iterator[Document]:
        yield from map(self, documents)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[AnnotatorSettings]:
    """The settings that annotators were made from; each finds a list of words."""
    settings: list[AnnotatorSettings] = []

    def make(self: AnnotatorSettings) -> WordListAnnotator:
        settings.append(self)
        if self.model == "missing":
            raise BundleError("there is no bundle at 'missing'")
        return WordListAnnotator(self.labels)

    monkeypatch.setattr(AnnotatorSettings, "make", make)
    workers._annotator.cache_clear()
    yield settings
    workers._annotator.cache_clear()


@pytest.fixture(scope="module")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    load_tiny_bundle(folder)
    return folder


def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["annotate", *map(str, arguments)], input=stdin)


def jsonl(path: Path, texts: Iterable[str]) -> Path:
    lines = [json.dumps({"id": f"d{n}", "text": text}) for n, text in enumerate(texts)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def found_in(output: str | Path) -> list[list[str]]:
    text = output.read_text("utf-8") if isinstance(output, Path) else output
    return [[one["text"] for one in json.loads(line)["mentions"]] for line in text.splitlines()]


@pytest.mark.usefixtures("made")
class TestOutput:
    def test_standard_input_to_standard_output_is_jsonl(self):
        result = run("-", stdin="Aspirin and an ulcer.")
        assert result.exit_code == 0
        (document,) = map(json.loads, result.stdout.splitlines())
        assert document["text"] == "Aspirin and an ulcer."
        assert [
            (one["start"], one["end"], one["label"], one["confidence"])
            for one in document["mentions"]
        ] == [(0, 7, "Chemical", 0.75), (15, 20, "Disease", 0.75)]

    def test_no_path_reads_what_is_piped_in(self):
        assert found_in(run(stdin="Gout.").stdout) == [["Gout"]]

    def test_several_files_and_a_folder_keep_their_order(self, tmp_path):
        (tmp_path / "folder").mkdir()
        jsonl(tmp_path / "folder" / "b.jsonl", ["gout 1", "ulcer 2"])
        (tmp_path / "folder" / "a.txt").write_text("lithium")
        jsonl(tmp_path / "last.jsonl", ["aspirin"])
        result = run(tmp_path / "folder", tmp_path / "last.jsonl")
        assert found_in(result.stdout) == [["lithium"], ["gout"], ["ulcer"], ["aspirin"]]

    @pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.xml", "out.pubtator", "o.conll"])
    def test_suffix_of_out_chooses_the_format(self, tmp_path, name):
        source = jsonl(tmp_path / "in.jsonl", ["aspirin for gout"])
        result = run(source, "-o", tmp_path / "new" / name)
        assert (result.exit_code, result.stdout) == (0, "")
        (document,) = read_documents(tmp_path / "new" / name)
        assert [mention.text for mention in document.mentions] == ["aspirin", "gout"]

    def test_to_overrules_the_suffix(self, tmp_path):
        source = jsonl(tmp_path / "in.jsonl", ["aspirin"])
        assert run(source, "--to", "html", "-o", tmp_path / "out.txt").exit_code == 0
        assert "<html" in (tmp_path / "out.txt").read_text("utf-8")

    def test_folder_gets_shards(self, tmp_path):
        source = jsonl(tmp_path / "in.jsonl", [f"gout {n}" for n in range(5)])
        out = tmp_path / "out"
        assert run(source, "-o", out, "--shard-size", 2).exit_code == 0
        assert {path.name: len(found_in(path)) for path in out.iterdir()} == {
            "part-00000.jsonl": 2,
            "part-00001.jsonl": 2,
            "part-00002.jsonl": 1,
        }

    def test_shards_of_an_earlier_run_are_not_mixed_with_new_ones(self, tmp_path):
        source = jsonl(tmp_path / "in.jsonl", ["gout"])
        assert run(source, "-o", tmp_path / "out").exit_code == 0
        again = run(source, "-o", tmp_path / "out")
        assert again.exit_code == 2
        assert "earlier run" in again.stderr

    def test_a_file_cannot_become_a_folder_of_shards(self, tmp_path, made):
        source = jsonl(tmp_path / "in.jsonl", ["gout"])
        (tmp_path / "notes").write_text("mine")
        for out in ("notes", "notes/out.jsonl"):
            result = run(source, "-o", tmp_path / out)
            assert result.exit_code == 2
            assert str(tmp_path / "notes") + " is a file" in result.stderr
        assert (tmp_path / "notes").read_text() == "mine"
        assert not made  # said before anything is loaded

    def test_a_folder_with_a_files_suffix_gets_shards(self, tmp_path):
        source = jsonl(tmp_path / "in.jsonl", ["gout"])
        (tmp_path / "out.jsonl").mkdir()
        assert run(source, "-o", tmp_path / "out.jsonl").exit_code == 0
        assert found_in(tmp_path / "out.jsonl" / "part-00000.jsonl") == [["gout"]]

    def test_brat_folder_has_files_for_each_document(self, tmp_path):
        source = jsonl(tmp_path / "in.jsonl", ["gout", "ulcer"])
        assert run(source, "--to", "brat", "-o", tmp_path / "out").exit_code == 0
        names = {path.name for path in (tmp_path / "out").iterdir()}
        assert {"d0.txt", "d0.ann", "d1.txt", "d1.ann"} <= names

    def test_losses_are_said_once_each(self, tmp_path):
        source = jsonl(tmp_path / "in.jsonl", ["gout", "ulcer", "lithium"])
        result = run(source, "-o", tmp_path / "out", "--to", "pubtator", "--shard-size", 2)
        (note,) = [line for line in result.stderr.splitlines() if "confidences" in line]
        assert "3 documents" in note

    def test_labels_are_handed_on(self, tmp_path, made):
        source = jsonl(tmp_path / "in.jsonl", ["aspirin for gout"])
        result = run(source, "--labels", "Disease", "--mode", "recall")
        assert found_in(result.stdout) == [["gout"]]
        assert [(one.labels, one.mode) for one in made] == [(("Disease",), "recall")]


@pytest.mark.usefixtures("made")
class TestReport:
    def test_json_goes_to_standard_output_beside_a_file(self, tmp_path):
        source = jsonl(tmp_path / "in.jsonl", ["aspirin for gout", "gout"])
        report = json.loads(run(source, "-o", tmp_path / "out.jsonl", "--json").stdout)
        assert report["documents"] == 2
        assert report["labels"] == {"Chemical": 1, "Disease": 2}
        assert report["characters"] == 20
        assert report["failed"] == []

    def test_json_leaves_standard_output_to_the_documents(self):
        result = run("-", "--json", stdin="gout")
        assert found_in(result.stdout) == [["gout"]]
        assert json.loads(result.stderr.splitlines()[0])["mentions"] == 1

    def test_summary_counts_what_was_found(self):
        result = run("-", stdin="gout, gout and aspirin")
        assert "1 document, 3 mentions (Chemical 1, Disease 2)" in result.stderr

    def test_lines_tell_of_progress_where_there_is_no_terminal(self, tmp_path, monkeypatch):
        monkeypatch.setattr("bioweave.cli.bar_or_lines.SECONDS_BETWEEN_LINES", -1.0)
        result = run(jsonl(tmp_path / "in.jsonl", ["gout", "ulcer"]))
        assert "1 document, 1 mention, " in result.stderr
        assert "\x1b" not in result.stderr


@pytest.mark.usefixtures("made")
class TestFailures:
    def test_bad_lines_are_listed_and_the_others_go_on(self, tmp_path):
        source = tmp_path / "in.jsonl"
        lines = [b'{"id": "a", "text": "gout"}', b"{broken", b'{"id": "b", "txt": ""}']
        source.write_bytes(
            b"\n".join([*lines, b'{"text": "\xff"}', b'{"id": "c", "text": "ulcer"}'])
        )
        result = run(source, "-o", tmp_path / "out.jsonl", "--json")
        assert result.exit_code == 1
        assert found_in(tmp_path / "out.jsonl") == [["gout"], ["ulcer"]]
        failed = json.loads(result.stdout)["failed"]
        assert [one["line"] for one in failed] == [2, 3, 4]
        assert {one["source"] for one in failed} == {str(source)}
        listed = [line for line in result.stderr.splitlines() if line.startswith("failed: ")]
        assert all(f"{source}, line {n}" in line for n, line in zip((2, 3, 4), listed, strict=True))

    def test_broken_file_does_not_stop_the_next_one(self, tmp_path):
        (tmp_path / "a.xml").write_text("<collection><document>")
        (tmp_path / "b.txt").write_bytes(b"")
        (tmp_path / "c.txt").write_text("gout")
        result = run(tmp_path)
        assert result.exit_code == 1
        assert found_in(result.stdout) == [["gout"]]
        assert "a.xml" in result.stderr
        assert "b.txt" in result.stderr

    @pytest.mark.parametrize("place", [0, 1, 70, 129])
    def test_document_that_the_annotator_chokes_on_spoils_no_other(self, tmp_path, place):
        texts = [f"gout {n}" for n in range(130)]
        texts[place] = "CHOKE"
        result = run(jsonl(tmp_path / "in.jsonl", texts))
        assert result.exit_code == 1
        assert len(found_in(result.stdout)) == 129
        assert f"document 'd{place}': ValueError: cannot swallow this" in result.stderr

    def test_nothing_read_is_bad_input_and_replaces_no_file(self, tmp_path):
        (tmp_path / "in.jsonl").write_text("{broken\n")
        (tmp_path / "out.jsonl").write_text("earlier work")
        result = run(tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl")
        assert result.exit_code == 2
        assert (tmp_path / "out.jsonl").read_text() == "earlier work"

    def test_document_that_the_format_cannot_hold_fails_alone(self, tmp_path):
        source = jsonl(tmp_path / "in.jsonl", ["gout", "ulcer"])
        result = run(source, "-o", tmp_path / "out.txt")
        assert result.exit_code == 1
        assert (tmp_path / "out.txt").read_text() == "gout"
        assert "document 'd1'" in result.stderr

    def test_interrupt_keeps_what_was_written(self, tmp_path):
        texts = ["gout"] * DOCUMENTS_IN_CHUNK + ["INTERRUPT", "ulcer"]
        result = run(jsonl(tmp_path / "in.jsonl", texts), "-o", tmp_path / "out.jsonl")
        assert result.exit_code == 130
        assert found_in(tmp_path / "out.jsonl") == [["gout"]] * DOCUMENTS_IN_CHUNK
        assert "interrupted: what was written stays" in result.stderr
        assert "Traceback" not in result.stderr

    def test_a_broken_file_among_those_named_does_not_stop_the_others(self, tmp_path):
        texts = {
            "good.txt": b"Aspirin helps.",
            "binary.txt": b"Asp\0irin",
            "odd.xyz": b"what is this",
            "empty.json": b"",
            "last.txt": b"Lithium treats mania.",
        }
        for name, content in texts.items():
            (tmp_path / name).write_bytes(content)
        paths = [tmp_path / name for name in texts]
        result = run(*paths, "--to", "jsonl")
        assert result.exit_code == 1, result.stderr
        assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["good", "last"]
        for name, reason in [
            ("binary.txt", "NUL byte"),
            ("odd.xyz", "'.xyz' belongs to no format"),
            ("empty.json", "the file is empty"),
        ]:
            assert re.search(rf"failed: .*{name}.*{reason}", result.stderr)


@pytest.mark.usefixtures("made")
class TestUsage:
    def test_text_instead_of_a_path_gets_a_hint(self):
        result = run("Aspirin for gout")
        assert result.exit_code == 2
        assert "echo 'some text' | bioweave annotate -" in result.stderr

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["in.pdf"], "'.pdf'"),
            (["in.jsonl", "--to", "docx"], "docx"),
            (["in.jsonl", "--from", "docx"], "docx"),
            (["in.jsonl", "--from", "html"], "html"),
            (["in.jsonl", "--to", "terminal", "-o", "out"], "--to terminal"),
            (["in.jsonl", "-o", "in.jsonl"], "also read from"),
            (["-", "-"], "once"),
            (["in.jsonl", "--model", "missing"], "no bundle"),
            (["in.jsonl", "--workers", "0"], "--workers"),
            (["in.jsonl", "--mode", "guess"], "--mode"),
            (["empty"], "no documents"),
        ],
    )
    def test_wrong_usage_is_said_in_a_line(self, tmp_path, monkeypatch, arguments, said):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "in.pdf").write_bytes(b"%PDF-1.7\n\0")
        (tmp_path / "empty").mkdir()
        jsonl(tmp_path / "in.jsonl", ["gout"])
        before = (tmp_path / "in.jsonl").read_text()
        result = run(*arguments, stdin="gout")
        assert result.exit_code == 2
        assert said in result.stderr
        assert "Traceback" not in result.stderr
        assert (tmp_path / "in.jsonl").read_text() == before

    def test_help_names_every_option_and_format(self):
        shown = run("--help").stdout
        for name in (
            "--from",
            "--to",
            "-o",
            "--model",
            "--labels",
            "--mode",
            "--workers",
            "--json",
        ):
            assert name in shown
        for name in ("bioc-xml", "pubmed-xml", "parquet"):
            assert name in shown


def sourced(*texts: str) -> list[SourcedDocument]:
    return [SourcedDocument("s", Document(f"d{n}", text)) for n, text in enumerate(texts)]


class TestStreaming:
    def test_reading_does_not_run_far_ahead_of_writing(self, tiny_bundle):
        n_read = 0

        def documents() -> Iterator[SourcedDocument]:
            nonlocal n_read
            for item in sourced(*[invented_text(seed=1, n_sentences=2)] * 1000):
                n_read += 1
                yield item

        outcomes = annotate_all(documents(), AnnotatorSettings(str(tiny_bundle)))
        ahead = [n_read - n_done for n_done, _ in enumerate(outcomes, start=1)]
        assert len(ahead) == 1000
        assert max(ahead) < 700

    def test_what_the_reader_raises_is_raised(self):
        def documents() -> Iterator[SourcedDocument]:
            yield from sourced("gout")
            raise ZeroDivisionError

        outcomes = annotate_stream(documents(), WordListAnnotator(None))
        assert next(outcomes).document.text == "gout"
        with pytest.raises(ZeroDivisionError):
            next(outcomes)

    @given(st.lists(st.sampled_from(["gout", "ulcer", "CHOKE"]), max_size=30), st.integers(1, 7))
    def test_every_document_comes_out_once_and_in_order(self, texts, n_ahead):
        class Ahead(WordListAnnotator):
            """Takes several documents before it hands the first one back."""

            def pipe(self, documents: Iterable[Document]) -> Iterator[Document]:
                documents = iter(documents)
                while taken := list(islice(documents, n_ahead)):
                    yield from [self(document) for document in taken]

        outcomes = list(annotate_stream(sourced(*texts), Ahead(None)))
        ids = [one.document if isinstance(one, Failure) else one.document.id for one in outcomes]
        assert ids == [f"d{n}" for n in range(len(texts))]
        assert [isinstance(one, Failure) for one in outcomes] == [text == "CHOKE" for text in texts]

    def test_chunks_for_workers_are_bounded(self):
        long = "x" * (workers.CHARACTERS_IN_CHUNK // 2)
        assert [len(chunk) for chunk in workers.cut_chunks(sourced(*[long] * 5))] == [2, 2, 1]
        many = sourced(*["x"] * (workers.DOCUMENTS_IN_CHUNK + 1))
        assert [len(chunk) for chunk in workers.cut_chunks(many)] == [len(many) - 1, 1]


class TestView:
    DOCUMENT = Document(
        "d1",
        "Aspirin [sic] for\x1b[31m gout, a gout.",
        (
            Mention(0, 7, "Aspirin", "Chemical"),
            Mention(23, 27, "gout", "Disease"),
            Mention(31, 35, "gout", "Disease"),
        ),
    )

    def test_plain_view_puts_mentions_in_brackets_and_disarms_escapes(self):
        text = marked_text(self.DOCUMENT, is_plain=True).plain
        assert text == "[Aspirin] [sic] for\ufffd[31m [gout], a [gout]."

    def test_colours_cover_exactly_the_mentions(self):
        marked = marked_text(self.DOCUMENT)
        covered = [(marked.plain[span.start : span.end], str(span.style)) for span in marked.spans]
        assert covered == [("Aspirin", "bold blue"), ("gout", "bold red"), ("gout", "bold red")]

    def test_nested_mentions_are_shown_by_the_outermost(self):
        nested = Document(
            "d",
            "gout drug",
            (Mention(0, 9, "gout drug", "Chemical"), Mention(0, 4, "gout", "Disease")),
        )
        assert marked_text(nested, is_plain=True).plain == "[gout drug]"

    def test_findings_are_counted_by_label(self):
        console = Console(file=io.StringIO(), width=60)
        show(self.DOCUMENT, console)
        shown = console.file.getvalue()
        assert re.search(r"Chemical +Aspirin *\n", shown)
        assert re.search(r"Disease +gout ×2 *\n", shown)


def test_rules_for_labels_that_the_model_lacks_are_told_once(tiny_bundle, tmp_path):
    rules = tmp_path / "mine.toml"
    rules.write_text(
        "".join(
            f'[[rules]]\nname = "r{n}"\nkind = "drop"\npattern = "x"\n'
            f'labels = ["Disease", "Disorder"]\n'
            for n in range(2)
        )
    )
    result = run("-", "--model", tiny_bundle, "--rules", rules, stdin="gout " * 50)
    assert result.exit_code == 0
    (warning,) = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
    assert warning.startswith(
        f"warning: {rules}: the model does not find Disorder, which the rules 'r0', 'r1' are for; "
        "its labels are "
    )


def test_device_that_is_not_there_is_said_in_a_line(tiny_bundle):
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this ONNX Runtime knows CUDA")
    result = run("-", "--model", tiny_bundle, "--device", "cuda", stdin="gout")
    assert result.exit_code == 2
    assert "onnxruntime-gpu" in result.stderr


class TestWorkers:
    """With a tagger of random weights, since a worker process makes its own annotator."""

    TEXTS = tuple(invented_text(seed, n_sentences=1, longest=20) for seed in range(150))

    def test_order_and_mentions_are_those_of_one_process(self, tmp_path, tiny_bundle):
        source = jsonl(tmp_path / "in.jsonl", self.TEXTS)
        outputs = []
        for n_workers in (1, 2):
            out = tmp_path / f"{n_workers}.jsonl"
            result = run(source, "-o", out, "--model", tiny_bundle, "--workers", n_workers)
            assert result.exit_code == 0, result.stderr
            outputs.append([json.loads(line) for line in out.read_text("utf-8").splitlines()])
        alone, together = outputs
        assert len(self.TEXTS) > 2 * DOCUMENTS_IN_CHUNK
        assert [one["id"] for one in alone] == [f"d{n}" for n in range(len(self.TEXTS))]
        for left, right in zip(alone, together, strict=True):
            for one, other in zip(left.pop("mentions"), right.pop("mentions"), strict=True):
                assert one.pop("confidence") == pytest.approx(other.pop("confidence"), abs=1e-5)
                assert one == other
            assert left == right

    def test_error_in_a_worker_is_said_in_a_line(self, tmp_path):
        source = jsonl(tmp_path / "in.jsonl", ["gout"])
        result = run(source, "--workers", 2, "--model", tmp_path / "nowhere")
        assert result.exit_code == 2
        assert "nowhere" in result.stderr

    @pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
    @pytest.mark.parametrize("n_workers", [1, 2])
    def test_ctrl_c_leaves_whole_lines(self, tmp_path, tiny_bundle, n_workers):
        texts = self.TEXTS * 200
        source, out = jsonl(tmp_path / "in.jsonl", texts), tmp_path / "out.jsonl"
        command = [sys.executable, "-m", "bioweave.cli", "annotate", str(source), "-o", str(out)]
        process = subprocess.Popen(
            [*command, "--model", str(tiny_bundle), "--workers", str(n_workers)],
            stderr=subprocess.PIPE,
            text=True,
            # Where the suite itself runs in the background, SIGINT is ignored and inherited so.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        while process.poll() is None and not (out.exists() and out.stat().st_size):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 130, said
        assert "interrupted" in said
        assert "Traceback" not in said
        assert 0 < len(found_in(out)) < len(texts)

    @pytest.mark.skipif(shutil.which("head") is None, reason="needs head")
    def test_closed_pipe_ends_quietly(self, tmp_path, tiny_bundle):
        source = jsonl(tmp_path / "in.jsonl", self.TEXTS)
        annotate = f"'{sys.executable}' -m bioweave.cli annotate '{source}' --model '{tiny_bundle}'"
        finished = subprocess.run(
            ["bash", "-c", f"{annotate} | head -n 1"],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert len(found_in(finished.stdout)) == 1
        assert "Traceback" not in finished.stderr
        assert "Broken pipe" not in finished.stderr
