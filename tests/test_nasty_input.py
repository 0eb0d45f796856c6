"""No key, parameter or field makes a page, table or list fail, whatever is typed there and whoever types it."""

import pytest

from tests.nasty import Walk, every, some
from tests.test_routes import PEOPLE, ROLES, World

pytestmark = pytest.mark.django_db
# Requests of one role in the usual run; `--whole-walk` sends each value at each place.
MOST = {"city": 350}
MOST_OF_OTHERS = 150


@pytest.mark.parametrize("role", ["", *ROLES])
def test_nothing_typed_is_an_error_of_ours(role: str, request: pytest.FixtureRequest) -> None:
    """The tables are alike for all offices, so that the usual run asks the city's."""
    whole = request.config.getoption("--whole-walk")
    world = World()
    user = None if not role else world.people.get(role) or PEOPLE[role]()
    walk = Walk(user, world, tables=whole or role == "city")
    asks = walk.asks()
    assert walk.fails(every(asks) if whole else some(asks, MOST.get(role, MOST_OF_OTHERS))) == []
