"""Kinds of messages: what each is about, who may be sent it, and what comes without having been chosen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import User
from outbox.models import Medium, Preference

GIVEN_UP_AFTER = timedelta(days=4)


@dataclass(frozen=True)
class Kind:
    """A kind of message; `name` is also the name of its template in templates/mail and templates/sms."""

    name: str
    words: Any
    for_whom: Callable[[User], bool]
    default: frozenset[str]
    # Given up when it could not be sent for so long.
    useful_for: timedelta = GIVEN_UP_AFTER
    # The text is emptied as soon as it is sent or of no use.
    secret: bool = False

    def wanted_by(self, user: User, medium: str, chosen: dict[tuple[int, str], Preference]) -> bool:
        """Whether the person wants this kind by mail or SMS, as `chosen` (by person and kind) or by default."""
        preference = chosen.get((user.pk, self.name))
        if preference is None:
            return medium in self.default
        return preference.mail if medium == Medium.MAIL else preference.sms


KINDS: dict[str, Kind] = {}


def kind(
    name: str,
    words: Any,
    *,
    for_whom: Callable[[User], bool],
    default: tuple[str, ...] = (Medium.MAIL,),
    useful_for: timedelta = GIVEN_UP_AFTER,
    secret: bool = False,
) -> str:
    """Declare a kind of message, in words for the page where people choose; a second one of the name is a mistake."""
    if name in KINDS:
        raise KeyError(name)
    KINDS[name] = Kind(name, words, for_whom, frozenset(default), useful_for, secret)
    return name


def secret_kinds() -> list[str]:
    return [name for name, each in KINDS.items() if each.secret]


def kinds_for(user: User) -> list[Kind]:
    """What this person can be sent, in the order in which it was declared."""
    return [each for each in KINDS.values() if each.for_whom(user)]
