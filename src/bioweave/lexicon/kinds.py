"""What a name is to its concept. What a table calls otherwise (`xref:CHEBI`) keeps its own word."""

from __future__ import annotations

from typing import Final

PREFERRED: Final = "preferred"
SYNONYM: Final = "synonym"
PERMUTED: Final = "permuted"  # words in another order: "Carcinoma, Renal Cell"
SYMBOL: Final = "symbol"  # of a gene
FULL_NAME: Final = "name"  # of a gene
RELATED: Final = "related"  # broader, narrower, or said to be related only
VARIANT: Final = "variant"  # made by us from another name
