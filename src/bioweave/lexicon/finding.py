"""Which compiled file a name or a path means."""

from __future__ import annotations

from pathlib import Path

MESH = "mesh"


def find_lexicon(lexicon: str | Path) -> Path:
    """The compiled file: the path itself, or for `mesh` the headings of the extra `mesh`.

    A file that is called `mesh` goes before the name. Raises what `mesh_headings` raises.
    """
    path = Path(lexicon)
    if str(lexicon) != MESH or path.exists():
        return path
    # Imported here: only this name builds anything.
    from bioweave.lexicon.mesh_headings import mesh_headings

    return mesh_headings()
