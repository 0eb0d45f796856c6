"""The judge's codes as sentences in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from service.compliance import Reason

SENTENCES: dict[str, Any] = {
    "ends_before_start": gettext_lazy("The last day (%(ends_on)s) lies before the first (%(starts_on)s)."),
    "future_days": gettext_lazy("The visit ends on %(ends_on)s, which is in the future; log it when it has been made."),
    "before_term": gettext_lazy("The visit starts before the term, which begins on %(term_starts_on)s."),
    "after_term": gettext_lazy("The visit ends after the term, which ends on %(term_ends_on)s."),
    "duplicate": gettext_lazy("This visit is already logged."),
    "overlap": gettext_lazy("These days overlap another visit at the same enterprise."),
    "month_locked": gettext_lazy(
        "%(month)s was locked on %(locked_on)s; ask the talent office to re-open it, with a reason."
    ),
}


def sentence(reason: Reason | Mapping[str, Any]) -> str:
    """The sentence of a reason, or of its stored form; a code without one stands for itself."""
    code = reason.code if isinstance(reason, Reason) else reason["code"]
    params = reason.params if isinstance(reason, Reason) else reason.get("params", {})
    text = SENTENCES.get(code)
    return str(text) % params if text is not None else _("Reason: %(code)s") % {"code": code}
