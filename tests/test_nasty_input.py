"""No value of a key, parameter or field makes a page, table or list fail, or shows a row of others to anybody."""

from typing import Any

import pytest

from accounts.models import District, User
from programmes.models import Batch, Programme
from tests.marked import all_keys, unseen_by, write
from tests.nasty import Walk, every, some
from tests.test_routes import PEOPLE, ROLES, World

pytestmark = pytest.mark.django_db
# How many requests each role sends in a usual run; the long test sends each value in each place.
MOST = {"city": 350}
MOST_OF_OTHERS = 150
MARK = "zqOthers"
# Their names stand on pages for everybody: the front page, the page of a round, the choices of filters.
SHOWN_TO_ALL = (Programme, Batch, District)


def walk_of(role: str, *, tables: bool) -> Walk:
    """The walk of one user in a world of two tenants; the rows of the other one that he must not see are marked."""
    world = World()
    user = None if not role else world.people.get(role) or PEOPLE[role]()
    if role != "city":  # who sees all rows
        mark_others(user)
    return Walk(user, world, tables=tables, mark=MARK if role != "city" else "")


def mark_others(user: User | None) -> None:
    before = all_keys()
    World()
    people = [user] if user is not None else []
    unseen = unseen_by(people, before)

    def rows(model: Any) -> list[Any]:
        return [] if model in SHOWN_TO_ALL else unseen(model)

    # An operator sees all rows of the business, so that few texts are hidden from him.
    assert write(rows, lambda field, key: f"{MARK}_{field.model._meta.model_name}_{key}") > 10


@pytest.mark.parametrize("role", ["", *ROLES])
def test_nothing_typed_is_an_error_of_ours(role: str) -> None:
    """The tables are the same for all offices, so a usual run sends requests to tables only as the city office."""
    walk = walk_of(role, tables=role == "city")
    assert walk.fails(some(walk.asks(), MOST.get(role, MOST_OF_OTHERS))) == []


@pytest.mark.long
@pytest.mark.parametrize("role", ["", *ROLES])
def test_nothing_typed_anywhere_is_an_error_of_ours(role: str) -> None:
    walk = walk_of(role, tables=True)
    assert walk.fails(every(walk.asks())) == []
