"""The studies' make targets: what each calls, in which order, and that their recipes fit.

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

from bioweave.experiments.runs import load_switches
from bioweave.training import load_recipe

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "recipes"

STAND_IN = """#!{python}
import os, sys

call = " ".join(sys.argv[1:])
with open({log!r}, "a") as log:
    print(call, file=log)
if os.environ.get("BREAK_AT") and os.environ["BREAK_AT"] in call:
    print("half a summ", end="")
    sys.exit("stand-in: broken, as asked")
print("{{}}")
"""
SEEDS = "--seeds 5,6"

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or not (ROOT / "Makefile").is_file(),
    reason="needs make and the checkout's Makefile",
)


class Studies:
    """A checkout's targets, with stand-ins for the commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "calls.txt"
        self.log.write_text("")
        (folder / "bin").mkdir()
        for name in ("bioweave", "python"):
            program = folder / "bin" / name
            program.write_text(STAND_IN.format(python=sys.executable, log=str(self.log)))
            program.chmod(0o755)
        (folder / "text.txt").write_text("One passage.\n")
        # Set up already.
        (folder / "venv" / "bin").mkdir(parents=True)
        (folder / "venv" / "bin" / "python").write_text("")

    def make(self, *arguments: str, break_at: str = "") -> subprocess.CompletedProcess[str]:
        self.log.write_text("")
        # What is set up is no older than what it is set up from.
        (self.folder / "venv" / ".all").write_text("")
        settings = [
            f"BIN={self.folder / 'bin'}",
            f"VENV={self.folder / 'venv'}",
            f"RUNS={self.folder / 'runs'}",
            f"TEXT={self.folder / 'text.txt'}",
            f"SUMMARIES={self.folder / 'summaries'}",
            "STUDY_SEEDS=5 6",
        ]
        return subprocess.run(
            ["make", *arguments, *settings],
            cwd=ROOT,
            env={**os.environ, "BREAK_AT": break_at, "MAKEFLAGS": ""},
            capture_output=True,
            text=True,
            timeout=120,
        )

    @property
    def calls(self) -> list[str]:
        return [call.replace(f"{self.folder}/", "") for call in self.log.read_text().splitlines()]

    @property
    def summaries(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "summaries").iterdir())


@pytest.fixture
def studies(tmp_path: Path) -> Studies:
    return Studies(tmp_path)


def test_an_ablation_has_its_embeddings_and_its_lexicon_first(studies: Studies) -> None:
    done = studies.make("ablation-study")
    assert done.returncode == 0, done.stderr
    encoders, vectors, lexicon, ablate, report = studies.calls
    assert encoders.startswith("encoders fetch")
    assert vectors.endswith("text.txt runs/vectors.bin")
    assert lexicon.startswith("lexicon build recipes/lexicons/terminologies.toml")
    assert ablate.startswith(
        f"ablate recipes/ablation.toml -o runs/ablation --brief --jobs 2 {SEEDS}"
    )
    assert "--set vectors.path=runs/vectors.bin" in ablate
    assert "--set dictionary.lexicon=runs/terminologies.lexicon" in ablate
    assert report == "report summaries/ablation.json -o docs/results"


def test_augmentation_is_measured_on_every_share(studies: Studies) -> None:
    assert studies.make("augmentation-study").returncode == 0
    calls = [call for call in studies.calls if call.startswith("ablate recipes/augmentation.toml")]
    assert [call.split("ncbi-disease.share=")[1].split()[0] for call in calls] == [
        "0.05",
        "0.25",
        "1",
    ]
    assert all(
        f"--switches recipes/studies/augmentation-switches.toml {SEEDS}" in call for call in calls
    )
    names = [f"augmentation-{share}.json" for share in ("0.05", "0.25", "1")]
    assert studies.summaries == names
    assert (
        studies.calls[-1] == f"report {' '.join(f'summaries/{n}' for n in names)} -o docs/results"
    )


def test_adaptation_is_measured_on_every_corpus_and_size(studies: Studies) -> None:
    assert studies.make("adaptation-study", "ADAPTATION_SIZES=10:8:30 50:8:12").returncode == 0
    calls = [call for call in studies.calls if call.startswith("ablate")]
    assert len(calls) == 4
    assert (
        "ablate recipes/adaptation-s800.toml -o runs/adaptation-s800-10 --brief "
        f"--switches recipes/studies/adaptation-switches.toml {SEEDS} "
        "--set corpora.s800.documents=10 --set training.batch_size=8 --set training.epochs=30"
    ) in calls


def test_a_search_is_confirmed(studies: Studies) -> None:
    settings = ("TUNING_TRIALS=3", "TUNING_SEEDS=7 8")
    assert studies.make("tuning-study", *settings).returncode == 0
    assert studies.calls[-2:] == [
        "tune recipes/tuning.toml -o runs/tuning --brief --trials 3 "
        "--space recipes/studies/tuning-space.toml --confirm 7,8",
        "report summaries/tuning.json -o docs/results",
    ]


def test_explanations_are_checked_on_what_ships(studies: Studies) -> None:
    assert studies.make("explanations-study", "EXPLAINED_MENTIONS=7").returncode == 0
    assert studies.calls == [
        "explain --check ncbi-disease --mentions 7 -o runs/explanations --json",
        "report summaries/explanations.json -o docs/results",
    ]


def test_members_are_trained_with_every_seed_and_fused(studies: Studies) -> None:
    assert studies.make("fusion-study", "FUSION_MEMBERS=minilm feature-crf").returncode == 0
    trained = [call for call in studies.calls if call.startswith("train")]
    assert len(trained) == 4
    fused = [call for call in studies.calls if call.startswith("fuse")]
    assert fused[0].startswith("fuse runs/members/minilm-5 runs/members/feature-crf-5 --corpus")
    assert studies.summaries == ["fusion-5.json", "fusion-6.json"]


def test_an_interrupted_study_leaves_no_half_summary_and_goes_on(studies: Studies) -> None:
    broken = studies.make("augmentation-study", break_at="share=0.25")
    assert broken.returncode != 0
    assert studies.summaries == ["augmentation-0.05.json"]
    assert not any(call.startswith("report") for call in studies.calls)

    assert studies.make("augmentation-study").returncode == 0
    assert len(studies.summaries) == 3
    assert not any("share=0.05" in call for call in studies.calls)
    # Nothing but the page is made again.
    assert studies.make("augmentation-study").returncode == 0
    assert [call.split()[0] for call in studies.calls] == ["report"]


def test_all_studies_are_one_target_and_a_dry_run_does_nothing(studies: Studies) -> None:
    done = studies.make("-n", "studies")
    assert done.returncode == 0, done.stderr
    for command in ("fuse ", "ablate recipes/ablation.toml", "tune ", "explain ", "report "):
        assert command in done.stdout
    for name in ("augmentation", "adaptation-s800", "adaptation-jnlpba"):
        assert f"ablate recipes/{name}.toml" in done.stdout
    assert studies.calls == []
    assert not (studies.folder / "runs").exists()


def test_the_recipes_of_the_studies_are_what_they_say() -> None:
    whole = load_recipe(RECIPES / "ablation.toml")
    model = whole.model
    assert (model.characters, model.context, model.decoder) == ("bilstm", "bilstm", "crf")
    assert model.vectors
    assert model.pos
    assert model.dictionary
    # In turn, diseases are learned last, and each head has the same share.
    assert [head.name for head in whole.head_choices] == ["Chemical", "Disease"]
    assert whole.training.epochs % 2 == 0
    assert [one.name for one in whole.corpora if one.evaluate] == ["ncbi-disease"]

    kinds = load_switches(RECIPES / "studies/augmentation-switches.toml")
    assert (kinds.study, kinds.whole) == ("augmentation", "none")
    plain = load_recipe(RECIPES / "augmentation.toml")
    assert not plain.augmentation.is_on
    for switch in kinds.switches:
        augmentation = load_recipe(RECIPES / "augmentation.toml", switch.set).augmentation
        assert not augmentation.grows_epochs
        methods = ("mentions", "words", "shuffling", "case", "greek", "templates")
        thrown = [name for name in methods if getattr(augmentation, name) is not None]
        assert thrown == (list(methods) if switch.name == "all" else [switch.name])

    begins = load_switches(RECIPES / "studies/adaptation-switches.toml")
    assert begins.study == "adaptation"
    default = load_recipe(RECIPES / "default.toml")
    for corpus in ("s800", "jnlpba"):
        adapted = load_recipe(RECIPES / f"adaptation-{corpus}.toml", begins.switches[0].set)
        assert adapted.start_from == Path("default")
        assert (adapted.model, adapted.windows) == (default.model, default.windows)
        # What the default learned from would be no adaptation.
        assert corpus not in {one.name for one in default.corpora}
