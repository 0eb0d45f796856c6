"""Kinds of messages: their words, who can receive each kind, and by which media it is sent by default."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts.models import User
from outbox.models import Medium, Preference

GIVEN_UP_AFTER = timedelta(days=4)


@dataclass(frozen=True)
class Kind:
    """A kind of message; `name` is also the name of its templates in templates/mail and templates/sms."""

    name: str
    words: Any
    for_whom: Callable[[User], bool]
    default: frozenset[str]
    # A message that has waited longer than this is given up.
    useful_for: timedelta = GIVEN_UP_AFTER
    # The text is emptied as soon as the message is sent or has waited longer than `useful_for`.
    secret: bool = False

    def wanted_by(self, user: User, medium: str, chosen: dict[tuple[int, str], Preference]) -> bool:
        """Whether the user wants this kind by this medium: as in `chosen` (by user and kind), else as in `default`."""
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
    """Declare a kind of message; `words` name it on the page where users choose.

    Raises KeyError if the name was declared before.
    """
    if name in KINDS:
        raise KeyError(name)
    KINDS[name] = Kind(name, words, for_whom, frozenset(default), useful_for, secret)
    return name


def secret_kinds() -> list[str]:
    return [name for name, each in KINDS.items() if each.secret]


def kinds_for(user: User) -> list[Kind]:
    """The kinds that this user can receive, in the order in which they were declared."""
    return [each for each in KINDS.values() if each.for_whom(user)]
