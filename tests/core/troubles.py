"""Pages whose work ends in trouble with the database, in every way; they stand beside those of the site."""

from collections.abc import Callable
from contextlib import suppress

import psycopg2
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from core.models import Notice
from core.waits import limits
from talentlink import urls

handler500 = urls.handler500


def tell(request: HttpRequest) -> None:
    Notice.objects.create(user=request.user, kind="trial", key="1", created_at=timezone.now())


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
        return pid


def lose_the_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def lose_it_unseen() -> None:
    """End our session from beside; the next statement meets a connection that is gone."""
    beside = psycopg2.connect(**{**connection.get_connection_params(), "cursor_factory": None})
    beside.autocommit = True
    with beside.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [backend()])
    beside.close()


def slow(request: HttpRequest) -> HttpResponse:
    with limits(statement_timeout="50ms"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    raise AssertionError


def lost_in_an_action(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        tell(request)
        lose_the_connection()
    raise AssertionError


def lost_at_commit(request: HttpRequest) -> HttpResponse:
    """Nobody on this side knows how the commit ended."""
    with transaction.atomic():
        tell(request)
        lose_it_unseen()
    raise AssertionError


def lost_after_a_commit(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        tell(request)
    lose_the_connection()
    raise AssertionError


def lost_after_a_statement(request: HttpRequest) -> HttpResponse:
    tell(request)
    lose_the_connection()
    raise AssertionError


def lost_after_a_savepoint(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), suppress(ZeroDivisionError), transaction.atomic():
        tell(request)
        raise ZeroDivisionError
    lose_the_connection()
    raise AssertionError


def deadlock_at_commit(request: HttpRequest) -> HttpResponse:
    """A trigger that is put off until the commit finds a circle of waiting."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE late (n int)")
        cursor.execute(
            "CREATE FUNCTION pg_temp.fails() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'circle' USING ERRCODE = '40P01'; END $$"
        )
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION pg_temp.fails()"
        )
        cursor.execute("INSERT INTO late VALUES (1)")
    raise AssertionError


def no_such_table(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM no_such_table")
    raise AssertionError


VIEWS: list[Callable[[HttpRequest], HttpResponse]] = [
    *(slow, lost_in_an_action, lost_at_commit, lost_after_a_commit, lost_after_a_statement, lost_after_a_savepoint),
    *(deadlock_at_commit, no_such_table),
]
urlpatterns = [
    *(path(f"{where}trial/{view.__name__}/", view) for view in VIEWS for where in ("", "api/")),
    *urls.urlpatterns,
]
