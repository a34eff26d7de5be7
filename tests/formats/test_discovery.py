from __future__ import annotations

from pathlib import Path

import pytest

from bioweave.errors import FormatError
from bioweave.formats import discover


def write(folder: Path, **contents: str) -> None:
    for name, content in contents.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def test_folders_are_walked_in_order_and_pairs_come_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        b_txt="text", b_ann="", a_jsonl='{"text": "x"}', sub__c_a1="", sub__c_a2="", sub__c_txt="x",
        sub__d_pubtator="1|t|x", page_html="<html>", table_xlsx="", README_txt="no", lone_ann="",
        z_txt="plain",
    )  # fmt: skip
    (tmp_path / ".hidden.txt").write_text("x")
    found = [(str(path.relative_to(tmp_path)), format) for path, format in discover([tmp_path])]
    assert found == [
        ("a.jsonl", "jsonl"),
        ("b.txt", "brat"),
        ("lone.ann", "brat"),
        ("sub/c.txt", "brat"),
        ("sub/d.pubtator", "pubtator"),
        ("z.txt", "text"),
    ]


def test_named_files_come_in_the_order_given(tmp_path: Path) -> None:
    write(tmp_path, b_txt="text", a_jsonl="{}")
    paths = [tmp_path / "b.txt", tmp_path / "a.jsonl"]
    assert [path for path, _ in discover(paths)] == paths


def test_a_broken_file_does_not_end_the_walk(tmp_path: Path) -> None:
    write(tmp_path, a_xml="<oh", b_json="", c_txt="text")
    assert [format for _, format in discover([tmp_path])] == ["bioc-xml", "bioc-json", "text"]


def test_nothing_to_be_found_is_an_error_that_names_the_suffixes(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no documents found; .*\.jsonl"):
        list(discover([tmp_path]))
    with pytest.raises(FormatError, match=r"missing: there is no such file or folder"):
        list(discover([tmp_path / "missing"]))
    write(tmp_path, a_xlsx="")
    with pytest.raises(FormatError, match=r"the suffix '\.xlsx' belongs to no format"):
        list(discover([tmp_path / "a.xlsx"]))
