"""For which enterprise, university or office an account acts, who else does, and the name proposed for signing in."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from accounts.models import User
from accounts.names import look_of
from officedata.pinyin import pinyin_of

# The fields in which a member, a liaison or a doctor names the body that the account acts for.
BODIES = ("enterprise", "university")
# The models whose rows join an account to the body it acts for, and the field that names the body.
ACTING = {"member": "enterprise", "liaison": "university"}
# Roles whose accounts are made together with the row that says for whom they act.
BOUND = {User.Role.ENTERPRISE.value, User.Role.UNIVERSITY.value, User.Role.DOCTOR.value}


def body_paths(prefix: str = "") -> list[str]:
    """The paths by which a query fetches the body of each account together with the account."""
    links = [relation for relation in User._meta.related_objects if relation.one_to_one]
    found = [f"{link.get_accessor_name()}__{name}" for link in links for name in BODIES if _names(link, name)]
    return [f"{prefix}{path}" for path in (*found, "office")]


def _names(link: Any, name: str) -> bool:
    return any(field.name == name and field.many_to_one for field in link.related_model._meta.get_fields())


def bodies_of(user: User) -> list[Any]:
    """The enterprise or university for which an account acts."""
    links = (relation for relation in user._meta.related_objects if relation.one_to_one)
    people = (getattr(user, link.get_accessor_name() or "", None) for link in links)
    named = (getattr(person, name, None) for person in people for name in BODIES)
    return [body for body in named if body is not None]


def links_of(user: User) -> Iterator[tuple[models.Model, str]]:
    """The rows that join an account to a body, each with the name of the field that names the body.

    A doctor's row names his university, too, but he does not act for it.
    """
    for relation in user._meta.related_objects:
        name = ACTING.get(relation.related_model._meta.model_name or "") if relation.one_to_one else None
        link: Any = getattr(user, relation.get_accessor_name() or "", None) if name else None
        if name is not None and link is not None:
            yield link, name


def colleagues_of(user: User) -> list[User]:
    """The active accounts that act for the same enterprise or university, with this one."""
    found = {user.pk: user} if user.is_active else {}
    for link, name in links_of(user):
        same: Any = type(link)._default_manager.filter(**{name: getattr(link, name)}).select_related("user")
        found |= {row.user.pk: row.user for row in same if row.user.is_active}
    return list(found.values())


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
