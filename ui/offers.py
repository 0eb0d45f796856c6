"""The acts that the page of a row offers: those the rules allow its reader now, each a button with its question."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import Model
from django.forms import BaseForm
from django.urls import reverse

from accounts.models import User
from core.permissions import may
from ui.act_page import Ask, Words


@dataclass(frozen=True)
class Offer:
    """An act on a row: its verb in the rules, the word on the button, and the question asked before it is done.

    The question is asked in a dialog with the fields of `form`; without scripts the button leads to the page of the
    same question, at the address named `<model>_<verb>` or at `url`. Without a question the button leads there, and
    one that acts `at_once` does it at one tap.
    """

    verb: str
    label: Words
    ask: Ask | None = None
    form: Callable[..., BaseForm] | None = None
    url: str = ""
    icon: str = ""
    tone: str = ""  # "primary", "danger" or nothing
    at_once: bool = False


class ShownOffer(TypedDict):
    """An act as ui/offers.html reads it: its form is made and its address is known."""

    verb: str
    label: Words
    ask: Ask | None
    form: BaseForm | None
    url: str
    icon: str
    tone: str
    at_once: bool


def offers_of(user: User, row: Model, offers: Iterable[Offer]) -> list[ShownOffer]:
    """The acts that `user` may do now."""
    return [_shown(row, offer) for offer in offers if may(user, offer.verb, row)]


def _shown(row: Model, offer: Offer) -> ShownOffer:
    return {
        "verb": offer.verb,
        "label": offer.label,
        "ask": offer.ask,
        "form": offer.form(auto_id=f"{offer.verb}_%s") if offer.form else None,
        "url": offer.url or reverse(f"{row._meta.model_name}_{offer.verb}", args=[row.pk]),
        "icon": offer.icon,
        "tone": offer.tone,
        "at_once": offer.at_once,
    }
