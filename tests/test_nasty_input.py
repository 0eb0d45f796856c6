"""No value of a key, parameter or field makes a page, table or list fail, whichever user sends it."""

import pytest

from tests.nasty import Walk, every, some
from tests.test_routes import PEOPLE, ROLES, World

pytestmark = pytest.mark.django_db
# How many requests each role sends in a usual run; the long test sends each value in each place.
MOST = {"city": 350}
MOST_OF_OTHERS = 150


def walk_of(role: str, *, tables: bool) -> Walk:
    world = World()
    user = None if not role else world.people.get(role) or PEOPLE[role]()
    return Walk(user, world, tables=tables)


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
