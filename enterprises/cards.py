"""A need as lists and cards show it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from enterprises.models import Need
from ui.templatetags.ui_format import wan


@dataclass(frozen=True)
class Card:
    """What the need card reads; nothing here is closed to the public."""

    pk: int
    number: str
    title: str
    kind_label: Any
    status: str
    status_label: Any
    summary: str
    enterprise: str
    district: str
    industry_label: str
    budget: str
    expires_on: date | None
    url: str

    def get_status_display(self) -> str:
        return str(self.status_label)


def card_of(need: Need) -> Card:
    """The card of a need whose enterprise and district are at hand."""
    return Card(
        pk=need.pk,
        number=need.number,
        title=need.title,
        kind_label=need.get_kind_display(),
        status=need.status,
        status_label=need.get_status_display(),
        summary=need.problem,
        enterprise=need.enterprise.name,
        district=need.enterprise.district.name,
        industry_label=need.enterprise.industry_name,
        budget=budget_of(need),
        expires_on=need.expires_on,
        url=need.get_absolute_url(),
    )


def budget_of(need: Need) -> str:
    """30 万元 – 50 万元, one end where only one is known."""
    low, high = need.budget_low, need.budget_high
    if low is not None and high is not None and low != high:
        return f"{wan(low)} – {wan(high)}"
    return wan(high if low is None else low)
