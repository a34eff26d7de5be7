"""What pictures have in common: panels, one legend, a PNG."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from bioweave.errors import MissingExtraError
from bioweave.whole_files import write_whole

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def panels_of(
    rows: int, columns: int, *, width: float = 4.4, height: float = 3.8
) -> tuple[Figure, Sequence[Axes]]:
    """An empty figure and its panels, row by row; sizes are inches of one panel."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError("matplotlib", extra="train", needed_for="a picture") from error

    figure = Figure(figsize=(width * columns, height * rows), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def with_legend(figure: Figure) -> Figure:
    """The figure with one legend below, of whatever some panel shows."""
    shown: dict[str, Artist] = {}
    for panel in figure.axes:
        for handle, name in zip(*panel.get_legend_handles_labels(), strict=True):
            shown.setdefault(name, handle)
    figure.legend(
        list(shown.values()), list(shown), loc="outside lower center", ncols=4, fontsize="small"
    )
    return figure


def saved(figure: Figure, path: Path) -> str:
    """Write the PNG, whole or not at all; gives its name."""
    picture = BytesIO()
    # Without the version of the library: the same scores give the same file.
    figure.savefig(picture, format="png", dpi=110, metadata={"Software": None})
    write_whole(path, picture.getvalue())
    return path.name
