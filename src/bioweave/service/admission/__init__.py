"""Who may do how much: keys, rates, room for bodies and for uploads."""

from bioweave.service.admission.arriving import Arriving
from bioweave.service.admission.clients import Admission, Client
from bioweave.service.admission.rates import Rates, Standing
from bioweave.service.admission.shares import Shares
from bioweave.service.admission.uploads import Upload, Uploads

__all__ = ["Admission", "Arriving", "Client", "Rates", "Shares", "Standing", "Upload", "Uploads"]
