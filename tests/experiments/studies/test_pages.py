"""Pages of studies from committed summaries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from invented_summaries import ablation, explanation_check, folds, search
from typer.testing import CliRunner

from bioweave.cli.main import app

BETTER, WORSE = (0.85, 0.86, 0.85), (0.70, 0.72, 0.71)


def scores(hits: int) -> dict[str, object]:
    return {
        "mentions": {"strict": {"f1": 2 * hits / (10 + hits)}},
        "tokens": {"accuracy": 0.9},
        "by_document": [[hits, 0, 10 - hits]] * 10,
    }


def fusion(seed: int) -> dict[str, object]:
    rows = {"members": {f"a-{seed}": scores(5), f"b-{seed}": scores(4)}}
    rows["methods"] = {"mean": scores(7)}
    return {
        "command": "fuse",
        "members": [f"a-{seed}", f"b-{seed}"],
        "dev": {"corpora": {"sample": rows}},
    }


def report(*arguments: object, status: int = 0) -> str:
    done = CliRunner().invoke(app, ["report", *map(str, arguments)])
    assert done.exit_code == status, done.output
    return done.output


def page_of(folder: Path, *summaries: dict[str, Any]) -> str:
    files = [folder / f"{number}.json" for number in range(len(summaries))]
    for path, summary in zip(files, summaries, strict=True):
        path.write_text(json.dumps(summary))
    (written,) = report(*files, "-o", folder / "pages").splitlines()
    return Path(written).read_text()


def augmented(share: float, **changes: Any) -> dict[str, Any]:
    settings = {"recipe": "augmentation", "study": "augmentation", "called": "none", **changes}
    kinds = {"words": (BETTER, 0.001), "greek": ((0.80, 0.82, 0.81), 1.0)}
    return ablation(kinds, share=share, **settings)


def test_summaries_of_seeds_become_one_page(tmp_path: Path) -> None:
    page = page_of(tmp_path, fusion(13), fusion(29))
    assert "2 seeds; members: a, b." in page
    assert "| mean | method | 82.35 | 0.00 | 90.00 |" in page


def test_an_ablation_says_plainly_what_is_sure_and_what_is_open(tmp_path: Path) -> None:
    variants = {
        "vectors": (WORSE, 0.0001),
        "pos": (BETTER, 0.01),
        "crf": ((0.80, 0.84, 0.80), 0.01),  # sure by documents, but not with every seed
        "characters": ((0.79, 0.81, 0.80), 0.2),
    }
    page = page_of(tmp_path, ablation(variants))
    assert "| with vectors | invented | 71.00 | 1.00 | -10.00 | -11.00 to -9.00 | < 0.001 |" in page
    assert page.index("with vectors") < page.index("with characters") < page.index("with pos")
    plain = page.split("## In plain words")[1]
    assert "- Surely worse: with vectors (-10.00)." in plain
    assert "- Surely better: with pos (+4.33)." in plain
    assert "- Open: with characters (-1.00) and with crf (+0.33)." in plain
    assert "![Difference of each switch, with its interval](ablation.png)" in page
    assert (tmp_path / "pages" / "ablation.png").read_bytes().startswith(b"\x89PNG")


def test_an_ablation_that_finds_nothing_says_so(tmp_path: Path) -> None:
    page = page_of(tmp_path, ablation({"pos": ((0.79, 0.81, 0.80), 0.2)}))
    assert "- Surely worse: nothing." in page
    assert "- Surely better: nothing." in page


def test_ablations_of_many_sizes_become_one_page(tmp_path: Path) -> None:
    adapted = [
        ablation(
            {"default": (BETTER, 0.001)},
            documents=n,
            recipe="adaptation",
            study="adaptation",
            called="the bare encoder",
        )
        for n in (50, 10)
    ]
    # A kind may be missing somewhere.
    smallest = augmented(0.05)
    smallest["variants"] = smallest["variants"][:1]
    page = page_of(tmp_path, augmented(1.0), adapted[0], smallest, adapted[1])
    assert "| F1 | 5% | 100% |" in page
    assert "| none | 81.00 ± 1.00 | 81.00 ± 1.00 |" in page
    assert "| with greek |  | 81.00 ± 1.00 |" in page
    assert "| with words | +4.33 (p 0.001) | +4.33 (p 0.001) |" in page
    assert "| none | 1.5 | 1.5 |" in page
    assert (
        "- **with words** is surely better than none: +4.33 with 5% and +4.33 with 100%.\n"
        "- **with greek** is not surely different from none: +0.00 with 100%.\n"
    ) in page
    assert "- crf with 5%: the recipe is so already" in page
    assert "| F1 | 10 documents | 50 documents |" in page
    assert page.index("## Augmentation") < page.index("## Rapid adaptation")
    for name in ("augmentation", "adaptation"):
        picture = tmp_path / "pages" / f"{name}.png"
        assert f"({picture.name})" in page
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_page_of_a_study_alone_has_no_other_part(tmp_path: Path) -> None:
    page = page_of(tmp_path, augmented(1.0), augmented(0.25))
    assert "## Rapid adaptation" not in page
    assert "| F1 | 25% | 100% |" in page


def test_a_search_shows_what_was_found_and_what_mattered(tmp_path: Path) -> None:
    page = page_of(tmp_path, search())
    assert "4 trials on dev of sample: 2 came to their end, 1 were given up early" in page
    assert "The best is trial 2: strict F1 83.00." in " ".join(page.split())
    row = "| `training.head_learning_rate` | 0.0001 to 0.1 (log) | 0.002 | 0.003 | 0.97 |"
    assert row in page
    assert "| `model.decoder` | crf, softmax | softmax | crf | 0.03 |" in page
    rows = [line for line in page.splitlines() if line.startswith(("| 0 ", "| 1 ", "| 2 ", "| 3 "))]
    assert rows == [
        "| 2 |  | 83.00 | 0.003 | crf |",
        "| 0 |  | 80.00 | 0.001 | crf |",
        "| 1 | given up | 60.00 | 0.1 | crf |",
        "| 3 | no recipe |  | 1 | crf |",
    ]
    words = (
        "What mattered, by 2 trials that came to their end: `training.head_learning_rate` (0.97)."
    )
    assert words in " ".join(page.split())
    assert "a search's best flatters" in page
    assert (tmp_path / "pages" / "tuning.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("best", "p", "words"),
    [
        (BETTER, 0.01, "is surely better than the recipe as it was, with 3 seeds: +4.33 points"),
        (WORSE, 0.01, "is surely worse"),
        (BETTER, 0.2, "is better than the recipe as it was is open"),
    ],
)
def test_a_confirmed_search_says_how_sure_it_is(
    tmp_path: Path, best: tuple[float, ...], p: float, words: str
) -> None:
    compared = ablation({"best": (best, p)})
    confirmed = {
        "seeds": [1, 2, 3],
        "resamples": 10_000,
        "recipe": compared["whole"],
        "best": compared["variants"][0],
        "trials": {},
    }
    page = " ".join(page_of(tmp_path, search(confirmed=confirmed)).split())
    assert words in page
    assert "## The best against the recipe" in page
    assert "a search's best flatters" not in page


def test_a_search_of_too_few_trials_has_no_importance(tmp_path: Path) -> None:
    page = page_of(tmp_path, search(importance={}))
    assert "Too few trials came to their end" in page
    assert "importance |" not in page


def test_folds_become_a_page(tmp_path: Path) -> None:
    page = page_of(tmp_path, folds(), folds(recipe="other", seed=1))
    assert "| 1 | 50 | 60.00 | 60.00 | 60.00 | 98.00 |" in page
    assert "| deviation |  | 10.00 | 10.00 | 14.14 | 0.00 |" in page
    assert "lies with 95% between 65.00 and 79.00" in " ".join(page.split())
    assert page.index("## invented, sample") < page.index("## other, sample")


def test_a_check_of_explanations_says_plainly_what_beats_what(tmp_path: Path) -> None:
    page = page_of(tmp_path, explanation_check())
    said = " ".join(page.split())
    assert (
        "30 mentions (30 Disease) of 90 that invented finds in 12 documents of sample dev" in said
    )
    assert "The model learned from these documents" in said
    assert "1 mention of them had less than a half" in said
    assert "- Surely better than random: lime in every measure; occlusion in nothing." in page
    assert "- Surely better than mention first: lime in nothing; occlusion in nothing." in page
    cell = "+0.400 (+0.300 to +0.500)"
    less = "-0.400 (-0.500 to -0.300)"
    assert f"| lime | {cell} | {less} | {less} | {cell} |" in page
    assert "| mention first | 0.500 | 0.500 | 0.500 | 0.500 |" in page
    assert "| lime and occlusion | 30 | 0.80 (0.70 to 0.90) | 0.60 (0.50 to 0.70) |" in page
    assert "| lime twice | 8 |" in page
    assert "| lime | 1.25 s | 40 | 0.80 |" in page
    picture = tmp_path / "pages" / "explanations.png"
    assert f"({picture.name})" in page and picture.read_bytes().startswith(b"\x89PNG")


def test_a_check_of_few_documents_is_sure_of_nothing(tmp_path: Path) -> None:
    page = page_of(tmp_path, explanation_check(documents=4, saw_split=False))
    assert "Of 4 documents intervals are too narrow to be sure of anything." in page
    assert "Surely better" not in page and "learned from these" not in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "no summary of fuse, ablate, cross-validate, tune"),
        ('{"command": "evaluate"}', "is of evaluate; pages are made of fuse"),
        ('{"command": "tune", "space": []}', "the summary of tune has no 'trials'"),
        ('{"command": "ablate", "seeds": []}', "make it anew by calling the command again"),
        (None, "there is no such file"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "summary.json"
    if text is not None:
        path.write_text(text)
    assert words in " ".join(report(path, "-o", tmp_path / "pages", status=2).split())
    assert not (tmp_path / "pages").exists()


@pytest.mark.parametrize(
    ("summaries", "words"),
    [
        ([ablation({}), ablation({})], "a page is made of one ablation"),
        ([search(), search()], "a page is made of one search"),
        ([explanation_check()] * 2, "a page is made of one check of explanations"),
        ([augmented(0.5), augmented(0.5)], "of one size: there are 50%, 50%"),
        ([augmented(0.5), augmented(0.25, seeds=[1])], "of different corpora, seeds"),
        ([augmented(0.5), augmented(1.0, documents=9)], "kinds of size (shares, documents)"),
    ],
)
def test_summaries_that_do_not_belong_together_are_refused(
    tmp_path: Path, summaries: list[dict[str, Any]], words: str
) -> None:
    files = [tmp_path / f"{number}.json" for number in range(len(summaries))]
    for path, summary in zip(files, summaries, strict=True):
        path.write_text(json.dumps(summary))
    assert words in " ".join(report(*files, "-o", tmp_path / "pages", status=2).split())
    assert not (tmp_path / "pages").exists()
