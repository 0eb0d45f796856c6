"""What programs read by their tokens: counted by day, token, list and address, and one entry of the ledger a day.

The worker that writes the entries does not load `rest`, so this stands in `core`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, User
from core import ledger, tallies
from core.clients import counted_as
from core.models import LedgerTally

REST_READ = ledger.kind("rest_read", _("read by a program"))


def note(token: ApiToken, *, by: User, address: str, model: type[models.Model], rows: int) -> None:
    """Count a read of rows of a model by a token."""
    mark = f"{model._meta.label_lower}/{token.pk}/{counted_as(address)}"
    tallies.count(REST_READ, by=by, mark=mark, rows=rows)


def told(row: LedgerTally) -> tuple[str, int, str]:
    """The model, the key of the token and the network of a count."""
    label, token, network = row.mark.split("/", 2)
    return label, int(token), network


def _fold(row: LedgerTally, by: User | None) -> None:
    """The entry of the reads of a day."""
    label, token, network = told(row)
    about = (label, "")
    ledger.record(
        REST_READ, by=by, about=about, rows=row.rows, token=token, times=row.times, of=str(row.day), network=network
    )


tallies.FOLDS[REST_READ] = _fold
