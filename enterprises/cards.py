"""A need as lists and cards show it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from enterprises.models import Need
from ui.templatetags.ui_format import wanspan


@dataclass(frozen=True)
class Card:
    """The values that the need card shows; all of them are public."""

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
    """30万～50万元; 30万元以上 or 50万元以内 where only one end is known."""
    return wanspan(need.budget_low, need.budget_high)
