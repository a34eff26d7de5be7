"""The chain of `make default-model`: its order, its stamps, and that it goes on where it stopped.

The commands are stand-ins that write down how they were called; what each really does has tests of
its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bioweave.training.recipe_file import load_recipe

ROOT = Path(__file__).parents[1]

STAND_IN = """#!{python}
import os, sys
from pathlib import Path

call = " ".join(sys.argv[1:])
with open({log!r}, "a") as log:
    print(call, file=log)
if os.environ.get("BREAK_AT") and os.environ["BREAK_AT"] in call:
    sys.exit("stand-in: broken, as asked")
if "-o" in sys.argv:
    out = Path(sys.argv[sys.argv.index("-o") + 1])
    if out.suffix:
        out.write_text("made")
    else:
        out.mkdir(parents=True, exist_ok=True)
        (out / "made-by").write_text(call)
"""

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or not (ROOT / "Makefile").is_file(),
    reason="needs make and the checkout's Makefile",
)


class Chain:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "calls.txt"
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in ("bioweave", "python"):
            program = self.bin / name
            program.write_text(STAND_IN.format(python=sys.executable, log=str(self.log)))
            program.chmod(0o755)
        (folder / "text.txt").write_text("One passage.\n")

    def make(self, *settings: str, break_at: str = "") -> subprocess.CompletedProcess[str]:
        self.log.write_text("")
        assignments = [
            f"BIN={self.bin}",
            f"RUNS={self.folder / 'runs'}",
            f"TEXT={self.folder / 'text.txt'}",
            f"DEFAULT_BUNDLE={self.folder / 'shipped'}",
            f"DEFAULT_CARD={self.folder / 'card' / 'default.md'}",
            "STUDENT_SEEDS=5 6",
            "TEACHER_SEEDS=1 2",
            *settings,
        ]
        return subprocess.run(
            ["make", f"{self.folder / 'runs'}/steps/card", *assignments],
            cwd=ROOT,
            env={**os.environ, "BREAK_AT": break_at, "MAKEFLAGS": ""},
            capture_output=True,
            text=True,
            timeout=120,
        )

    @property
    def calls(self) -> list[str]:
        return [
            call.replace(str(self.folder) + "/", "") for call in self.log.read_text().splitlines()
        ]

    def first(self, start: str) -> int:
        return next(i for i, call in enumerate(self.calls) if call.startswith(start))


@pytest.fixture
def chain(tmp_path: Path) -> Chain:
    return Chain(tmp_path)


def test_every_step_follows_what_it_is_made_from(chain: Chain) -> None:
    done = chain.make()
    assert done.returncode == 0, done.stderr
    assert chain.first("encoders") < chain.first("train") < chain.first("distil")
    assert chain.first("-m bioweave.training.vectors") < chain.first("train")
    students = [call for call in chain.calls if call.startswith("distil")]
    assert len(students) == 2
    for seed, call in zip((5, 6), students, strict=True):
        assert f"-o runs/student-{seed} --resume --text text.txt" in call
        assert "--teacher runs/teacher-1 --teacher runs/teacher-2" in call
        assert f"--set seed={seed} --set distillation.labels=runs/labels" in call
    assert [call for call in chain.calls if call.startswith("export")] != []
    assert chain.first("export") < chain.first("train-linker")
    assert chain.first("train-linker") < chain.first("reference") < chain.first("card")
    linker = chain.calls[chain.first("train-linker")]
    assert "runs/bundle-5 --corpus ncbi-disease:train+dev --corpus bc5cdr:train+dev" in linker
    assert "--lexicon runs/terminologies.lexicon --vectors runs/vectors.bin" in linker
    card = chain.calls[-1]
    assert "--figures runs/figures/links-lexicon-bc5cdr.json" in card
    assert card.startswith("card shipped --in-bundle -o card/default.md")
    assert "--seed runs/figures/int8-5.json --seed runs/figures/int8-6.json" in card
    # The seed that is named first ships, in int8.
    assert "export" in (chain.folder / "shipped" / "made-by").read_text()
    assert "student-5" in (chain.folder / "shipped" / "made-by").read_text()


def test_every_step_says_how_long_it_took(chain: Chain) -> None:
    chain.make()
    times = (chain.folder / "runs" / "times.txt").read_text().splitlines()
    stamps = {path.name for path in (chain.folder / "runs" / "steps").iterdir()}
    assert {line.split(":")[0] for line in times} == stamps
    assert {"teacher-1", "student-6", "fp32", "figures-5", "benchmark", "card"} <= stamps
    assert all(line.endswith(" s") for line in times)


def test_a_broken_step_stops_the_chain_which_then_goes_on_there(chain: Chain) -> None:
    broken = chain.make(break_at="student-6")
    assert broken.returncode != 0
    assert chain.first("distil")  # the other student was made
    assert not any(call.startswith("card") for call in chain.calls)
    assert not (chain.folder / "shipped").exists()

    again = chain.make()
    assert again.returncode == 0, again.stderr
    assert not any(call.startswith(("train ", "encoders", "-m")) for call in chain.calls)
    assert [call.count("student-6") for call in chain.calls if call.startswith("distil")] == [1]

    chain.make()
    assert chain.calls == []


def test_a_missing_text_is_named_with_a_remedy(chain: Chain) -> None:
    done = chain.make("TEXT=nowhere/abstracts.txt")
    assert done.returncode != 0
    assert "nowhere/abstracts.txt: not there. Set BIOWEAVE_CORPORA" in done.stdout


def test_the_recipes_of_the_chain_belong_together() -> None:
    teacher, student = (
        load_recipe(ROOT / "recipes" / name) for name in ("teacher.toml", "default.toml")
    )
    assert student.labels == teacher.labels
    assert student.distillation is not None
    assert teacher.vectors.path == Path("runs/vectors.bin")
    # What a teacher saw of dev would be no measure of its student's choices.
    reported = ("ncbi-disease", "bc5cdr")
    assert all(
        choice.train_on == ("train",) for choice in teacher.corpora if choice.name in reported
    )
