"""The enterprise, university or office for which an account acts, and the name proposed for signing in with it."""

from collections.abc import Iterator
from typing import Any

from accounts.models import User
from accounts.names import look_of
from officedata.pinyin import pinyin_of

# The fields in which a member, a liaison or a doctor names the body that the account acts for.
BODIES = ("enterprise", "university")
# Roles whose accounts are made together with the row that says for whom they act.
BOUND = {User.Role.ENTERPRISE.value, User.Role.UNIVERSITY.value, User.Role.DOCTOR.value}


def body_paths(prefix: str = "") -> list[str]:
    """The paths by which a query fetches the body of each account together with the account."""
    links = [relation for relation in User._meta.related_objects if relation.one_to_one]
    found = [f"{link.get_accessor_name()}__{name}" for link in links for name in BODIES if _names(link, name)]
    return [f"{prefix}{path}" for path in (*found, "office")]


def _names(link: Any, name: str) -> bool:
    return any(field.name == name and field.many_to_one for field in link.related_model._meta.get_fields())


def bodies_of(user: User) -> Iterator[Any]:
    """The enterprise or university for which an account acts."""
    links = (relation for relation in user._meta.related_objects if relation.one_to_one)
    people = (getattr(user, link.get_accessor_name() or "", None) for link in links)
    named = (getattr(person, name, None) for person in people for name in BODIES)
    return (body for body in named if body is not None)


def body_words(user: User) -> str:
    """The name of the office, enterprise or university for which an account acts; empty if there is none."""
    return "、".join([str(user.office)] if user.office is not None else [str(body) for body in bodies_of(user)])


def who(user: User) -> str:
    """A user with the body for which he acts, as it stands in a sentence."""
    body = body_words(user)
    return f"{body} {user}" if body else str(user)


def propose_username(name: str) -> str:
    """A name for signing in that nobody has and that looks like no other: the pinyin of the name, with a number."""
    whole = pinyin_of(name).partition(" ")[0]
    plain = "".join(sign for sign in whole if sign.isascii() and sign.isalnum())[:40] or "user"
    start = look_of(plain)[:20]
    taken = {key.partition("#")[0] for key in _keys(start)}
    numbers = iter(range(2, 100_000))
    proposed = plain
    while look_of(proposed) in taken:
        proposed = f"{plain}{next(numbers)}"
    return proposed


def _keys(start: str) -> Iterator[str]:
    return iter(User.objects.filter(name_key__startswith=start).values_list("name_key", flat=True))
