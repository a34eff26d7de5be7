"""Where in a TOML file something stands, for whoever has to mend it.

The standard library's parser tells the place of broken syntax alone, not that of a table or a key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TomlTable:
    """One `[[name]]` of a file: the tables of that name are counted from 0."""

    source: str
    text: str
    name: str
    position: int

    def where(self, key: str | None = None) -> str:
        r"""The file, and the line of a key or else of the table, as far as it can be told.

        >>> table = TomlTable("rules.toml", "[[rules]]\n\n[[rules]]\nkind = 1\n", "rules", 1)
        >>> table.where(), table.where("kind")
        ('rules.toml, line 3', 'rules.toml, line 4')
        """
        line = self._line(key)
        return self.source if line is None else f"{self.source}, line {line}"

    def _line(self, key: str | None) -> int | None:
        header = re.compile(rf"^\s*\[\[\s*{re.escape(self.name)}\s*\]\]", re.MULTILINE)
        starts = [found.end() - 1 for found in header.finditer(self.text)]
        # Tables that are written as an inline list have no header to be found by.
        if self.position >= len(starts):
            return None
        start, following = starts[self.position], len(self.text)
        if self.position + 1 < len(starts):
            following = starts[self.position + 1]
        if key is not None:
            pattern = re.compile(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", re.MULTILINE)
            # A match begins with the line breaks before it.
            found = pattern.search(self.text, start, following)
            start = found.end() - 1 if found else start
        return self.text.count("\n", 0, start) + 1
