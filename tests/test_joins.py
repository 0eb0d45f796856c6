"""No page joins more tables in a statement than PostgreSQL plans together (see tests/joins.py)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import START, moment
from tests.joins import begins_with_its_row, tables_at_once
from tests.test_routes import PEOPLE, ROUTES, QuickClient, Route, World, address

pytestmark = pytest.mark.django_db
MOST = 8
# Lists that still join more tables. None may be added; one that is corrected must be removed here.
WIDE = {
    "enterprise": {"dispatch_list", "order_list", "visit_list"},
    "university": {"dispatch_list", "order_list", "visit_list"},
    "doctor": {"dispatch_list"},
    "county": set(),
    "city": {"dispatch_list", "waivers"},
}
# The admin's forms and histories are left out, because they are about one row.
ASKED = re.compile(r"^(?!office/\w+/\w+/.*(add|history|delete|password)/$)")


@pytest.mark.parametrize(
    ("sql", "most"),
    [
        ('SELECT 1 FROM "a" INNER JOIN "b" ON ("a"."id" = "b"."id")', 2),
        ('SELECT 1 FROM "a" WHERE "a"."id" IN (SELECT U0."id" FROM "b" U0 INNER JOIN "c" U1 ON (1 = 1))', 3),
        ('SELECT 1 FROM "a" WHERE EXISTS(SELECT 1 FROM "b" U0 WHERE U0."id" = ("a"."id"))', 2),
        ('SELECT (SELECT 1 FROM "b" U0 INNER JOIN "c" U1 ON (1 = 1)) FROM "a"', 2),
        ('SELECT 1 FROM "a" WHERE "a"."id" IN ((SELECT "x" FROM "b") UNION (SELECT "x" FROM "c"))', 2),
        ('SELECT CASE WHEN ("a"."id" IN (SELECT "x" FROM "b" JOIN "c" ON (1 = 1))) THEN 1 END FROM "a"', 2),
        ('SELECT 1 FROM "a" ORDER BY CASE WHEN ("a"."id" IN (SELECT "x" FROM "b")) THEN 1 END', 1),
        ('SELECT 1 FROM "a" WHERE "a"."name" = \'FROM "b" JOIN "c"\'', 1),
    ],
)
def test_tables_are_counted_as_postgresql_puts_them_together(sql: str, most: int) -> None:
    assert tables_at_once(sql) == most


@pytest.mark.parametrize(
    ("sql", "so"),
    [
        ('SELECT 1 FROM "a" INNER JOIN "b" ON (1 = 1) WHERE ("b"."x" = 2 AND "a"."id" = 7)', True),
        ('SELECT 1 FROM "a" WHERE "a"."id" IN (7, 8)', True),
        ('SELECT 1 FROM "a" INNER JOIN "b" ON (1 = 1) WHERE "b"."id" = 7', False),
        ('SELECT 1 FROM "a" WHERE "a"."id" IN (SELECT 1 FROM "b")', False),
    ],
)
def test_a_statement_begins_with_its_row_where_the_key_is_named(sql: str, so: bool) -> None:
    assert begins_with_its_row(sql) is so


def statements(client: QuickClient, route: Route, world: World) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        client.get(address(route, world))
    return [each["sql"] for each in queries]


@pytest.mark.parametrize("role", sorted(WIDE))
def test_no_page_joins_more_than_is_planned_as_a_whole(role: str) -> None:
    world, client = World(), QuickClient(raise_request_exception=False)
    client.force_login(world.people.get(role) or PEOPLE[role]())
    wide = {
        route.name
        for route in ROUTES
        if ASKED.match(route.path)
        for sql in statements(client, route, world)
        if tables_at_once(sql) > MOST and not begins_with_its_row(sql)
    }
    assert wide == WIDE[role]


def test_the_form_of_a_visit_joins_few_tables_whatever_it_names() -> None:
    with time_machine.travel(moment(START + timedelta(days=20)), tick=False):
        world, client = World(), QuickClient()
        client.force_login(world.people["doctor"])
        route = next(route for route in ROUTES if route.name == "visit_new")
        asked = [(sql, tables_at_once(sql)) for sql in statements(client, route, world)]
    # Two services at one host are told apart by their programmes.
    assert [count for sql, count in asked if 'FROM "matching_project"' in sql] == [MOST]
    assert max(count for _sql, count in asked) == MOST
