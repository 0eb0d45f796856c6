"""After a test whose transactions were committed no row is left, and nothing that Django fills in is missing."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests import emptying
from tests import factories as f

pytestmark = pytest.mark.django_db(transaction=True)


def flush() -> None:
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


def with_rows() -> set[str]:
    with connection.cursor() as cursor:
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
        cursor.execute(" UNION ALL ".join(asked))
        return {name for (name,) in cursor.fetchall()}


def filled() -> tuple[set[str], set[str]]:
    return set(map(str, ContentType.objects.all())), set(Permission.objects.values_list("codename", flat=True))


def nothing() -> None:
    """The rows of the test stay small."""


def grow() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_session SELECT n, repeat('x', 200), now() FROM generate_series(1, 30000) n")


@pytest.mark.parametrize("also", [nothing, grow])
def test_no_row_is_left(also: Callable[[], None]) -> None:
    f.AssignmentFactory()
    also()
    assert len(with_rows()) > 12
    flush()
    assert with_rows() == emptying.FILLED


@pytest.mark.parametrize("gone", [ContentType, Permission])
def test_what_a_test_took_from_what_django_fills_in_is_there_again(gone: type[ContentType] | type[Permission]) -> None:
    before = filled()
    gone.objects.order_by("pk")[5].delete()
    assert filled() != before
    flush()
    assert filled() == before
