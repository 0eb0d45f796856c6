"""Actions: one transaction, one history context; and the guard that keeps writers at the edges to them."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.models import ApiToken, District, User
from core import jobs
from core.action import ACTS, By, acting, action
from core.edges import EdgeCommand, EdgeMiddleware, WrittenOutsideAction, edge, written_tables
from core.errors import Refused
from core.status import move
from enterprises.models import Need
from programmes.models import Programme
from tests.factories import CityUserFactory, NeedFactory, ProgrammeFactory, ProgramUserFactory, UserFactory, moment

DAY = date(2025, 5, 6)


@action("renamed for a test")
def rename_in_test(programme: Programme, *, by: By, name: str, reason: str = "") -> Programme:
    programme.name = name
    programme.save()
    return programme


@action("renamed twice for a test")
def rename_twice_in_test(programme: Programme, *, by: By, why: str) -> Programme:
    rename_in_test(programme, by=None, name="一", reason="内层")
    return rename_in_test(programme, by=None, name="二", reason="内层")


@action("refused in a test")
def refuse_in_test(programme: Programme, *, by: By) -> None:
    rename_in_test(programme, by=by, name="不成")
    raise Refused("no", code="no")


@action("withdrawn in a test")
def withdraw_in_test(need: Need, *, by: By, reason: str) -> Need:
    return move(need, Need.Status.WITHDRAWN, by=by, at=moment(DAY), why="移动自己的")


def last(row: Model) -> Any:
    return row.events.order_by("pgh_id").select_related("pgh_context").last()


def facts(row: Model) -> dict[str, Any]:
    return dict(last(row).pgh_context.metadata)


# -- The context -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_action_says_who_did_what_why_and_where() -> None:
    programme, by = ProgrammeFactory(), CityUserFactory()
    with edge("/programmes/"):
        rename_in_test(programme, by=by, name="新名", reason=" 更名 ")
    assert facts(programme) == {
        "act": "tests.rename_in_test",
        "by": by.pk,
        "who": "person",
        "reason": "更名",
        "address": "/programmes/",
    }


@pytest.mark.django_db
def test_a_program_and_the_calendar_are_named_as_what_they_are() -> None:
    programme, program = ProgrammeFactory(), ProgramUserFactory()
    rename_in_test(programme, by=program, name="甲")
    said = {"act": "tests.rename_in_test", "reason": "", "address": ""}
    assert facts(programme) == {**said, "by": program.pk, "who": "program"}
    rename_in_test(programme, by=None, name="乙")
    assert facts(programme) == {**said, "by": None, "who": "calendar"}


@pytest.mark.django_db
def test_the_outermost_action_owns_the_context() -> None:
    programme, by = ProgrammeFactory(), CityUserFactory()
    rename_twice_in_test(programme, by=by, why="外层")
    one, two = list(programme.events.order_by("pgh_id"))[1:]
    assert one.pgh_context_id == two.pgh_context_id
    assert facts(programme) == {
        "act": "tests.rename_twice_in_test", "by": by.pk, "who": "person", "reason": "外层", "address": "",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_move_changes_nothing_of_the_context() -> None:
    need, by = NeedFactory(), CityUserFactory()
    withdraw_in_test(need, by=by, reason="重复")
    assert (facts(need)["act"], facts(need)["reason"]) == ("tests.withdraw_in_test", "重复")


@pytest.mark.django_db(transaction=True)
def test_two_actions_have_two_contexts_in_one_request_and_in_one_transaction() -> None:
    programme = ProgrammeFactory()
    with edge("/x/"):
        rename_in_test(programme, by=None, name="甲", reason="一")
        rename_in_test(programme, by=None, name="乙", reason="二")
        with transaction.atomic():
            rename_in_test(programme, by=None, name="丙", reason="三")
            rename_in_test(programme, by=None, name="丁", reason="四")
    events = list(programme.events.order_by("pgh_id").select_related("pgh_context"))[1:]
    assert [event.pgh_context.metadata["reason"] for event in events] == ["一", "二", "三", "四"]
    assert len({event.pgh_context_id for event in events}) == 4


@pytest.mark.django_db
def test_what_is_written_after_an_action_is_not_ascribed_to_it() -> None:
    programme = ProgrammeFactory()
    rename_in_test(programme, by=None, name="甲")
    Programme.objects.update(name="乙")
    assert last(programme).pgh_context is None


@pytest.mark.django_db(transaction=True)
def test_an_action_is_one_transaction() -> None:
    programme = ProgrammeFactory(name="旧")
    with pytest.raises(Refused):
        refuse_in_test(programme, by=None)
    assert Programme.objects.get().name == "旧"
    assert programme.events.count() == 1
    assert acting() is False


def test_an_action_takes_by_as_a_keyword_and_has_a_name_of_its_own() -> None:
    with pytest.raises(TypeError, match="does not take `by`"):

        @action("x")
        def without_by() -> None: ...

    with pytest.raises(TypeError, match="does not take `by`"):

        @action("x")
        def by_position(by: By) -> None: ...

    with pytest.raises(TypeError, match="two actions named rename_in_test"):

        @action("x")
        def rename_in_test(*, by: By) -> None: ...

    assert ACTS["rename_twice_in_test"] == "renamed twice for a test"


# -- The rows of history -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_row_of_history_carries_its_transaction() -> None:
    with transaction.atomic():
        programme = ProgrammeFactory()
        rename_in_test(programme, by=None, name="甲")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            (xid,) = cursor.fetchone()
    rename_in_test(programme, by=None, name="乙")
    xids = list(programme.events.order_by("pgh_id").values_list("xid", flat=True))
    assert xids[:2] == [xid, xid]
    assert xids[2] > xid


# Tables without a history, and why.
UNTRACKED = {
    "accounts": set(),
    # Operation: the rows are the log.
    "core": {
        "Alarm", "Backup", "Epoch", "Heartbeat", "HistoryMark", "Job", "LedgerDay", "LedgerEntry", "LedgerTally",
        "Period", "Notice", "SetAside",
    },
    "outbox": {"Mail"},
    "programmes": set(),
    "enterprises": set(),
    "experts": set(),
    # Working papers of the engine, made anew by every run; feedback and weights are written once, with who and when.
    "matching": {
        "MatchRun", "MatchShare", "Suggestion", "PlanLine", "SnapshotRecord", "Vector", "Feedback", "FactorWeights",
    },
    # Worked out of rows that have a history; a reminder is written once, with who and when.
    "service": {"Standing", "Reminder"},
}  # fmt: skip


def test_every_table_of_the_domain_has_a_history_written_once() -> None:
    for label, without in UNTRACKED.items():
        models = [model for model in apps.get_app_config(label).get_models() if not hasattr(model, "pgh_obj")]
        tracked = {model.pgh_tracked_model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
        assert {model.__name__ for model in models if model not in tracked} == without, label


@pytest.mark.django_db
def test_one_insert_is_one_row_of_history_in_every_table() -> None:
    """The triggers of every tracked table exist once: else a row would be written twice, or not at all."""
    wanted = {"insert_insert": 1, "update_update": 1, "delete_delete": 1}
    for model in [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [model.pgh_tracked_model._meta.db_table],
            )
            names = [name.removeprefix("pgtrigger_").rpartition("_")[0] for (name,) in cursor.fetchall()]
        assert {name: names.count(name) for name in wanted} == wanted, model
    district = District.objects.create(code="140501", name="一区")
    assert list(district.events.values_list("pgh_label", "code")) == [("insert", "140501")]


@pytest.mark.django_db
def test_that_a_password_was_set_is_kept_and_the_hash_is_not() -> None:
    user = UserFactory()
    user.set_password("correct horse staple")
    user.save()
    event = last(user)
    assert (event.pgh_label, event.password_changed_at) == ("update", user.password_changed_at)
    assert event.password_changed_at is not None
    assert not hasattr(event, "password")


# -- The guard ---------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(settings: Any) -> None:
    settings.GUARD_WRITES = True


@pytest.mark.django_db
@pytest.mark.usefixtures("guarded")
def test_at_an_edge_only_actions_write() -> None:
    programme = ProgrammeFactory(name="旧")
    table = Programme._meta.db_table

    def raw(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    writers = [
        lambda: Programme(name="新").save(),
        programme.save,
        programme.delete,
        lambda: Programme.objects.update(name="新"),
        lambda: Programme.objects.bulk_create([Programme(name="新")]),
        lambda: Programme.objects.bulk_update([programme], ["name"]),
        lambda: Programme.objects.all()._raw_delete("default"),
        lambda: raw(f"update {table} set name = 'x'"),
        lambda: raw(f"SELECT 1; DELETE FROM {table}"),
        lambda: raw(f'WITH old AS (SELECT 1) INSERT INTO public."{table}" (name) VALUES (1)'),
        lambda: raw(f"TRUNCATE TABLE {table}"),
        lambda: raw(f"COPY {table} FROM stdin"),
    ]
    with edge("/x/"):
        for write in writers:
            with pytest.raises(WrittenOutsideAction), transaction.atomic():
                write()
        rename_in_test(programme, by=None, name="新")
        assert list(Programme.objects.select_for_update().values_list("name", flat=True)) == ["新"]
    Programme.objects.update(name="在边外")  # as factories do
    assert Programme.objects.get().name == "在边外"


@pytest.mark.django_db
@pytest.mark.usefixtures("guarded")
def test_admin_forms_are_seen() -> None:
    table = admin.site._registry[District]
    request = RequestFactory().post("/")
    with edge("/x/"), pytest.raises(WrittenOutsideAction), transaction.atomic():
        ModelAdmin.save_model(table, request, District(code="140501", name="一区"), None, False)


@pytest.mark.django_db
@pytest.mark.usefixtures("guarded")
def test_a_sign_in_and_the_use_of_a_token_are_no_writes_of_the_domain() -> None:
    user = UserFactory()
    with edge("/login/"):
        user.last_login = moment(DAY)
        user.save(update_fields=["last_login"])
        ApiToken.objects.update(last_used_on=DAY)
        user.check_password("correct horse battery")
        for fields in (["last_login", "phone"], ["password", "password_changed_at"]):
            with pytest.raises(WrittenOutsideAction), transaction.atomic():
                user.save(update_fields=fields)
    assert User.objects.get().last_login == moment(DAY)


@pytest.mark.django_db
def test_without_the_setting_nothing_is_refused(settings: Any) -> None:
    settings.GUARD_WRITES = False
    with edge("/x/"):
        ProgrammeFactory(name="新")
    assert Programme.objects.get().name == "新"


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ('SELECT "x" FROM programmes_programme FOR UPDATE', []),
        ('INSERT INTO "core_job" ("kind") VALUES (%s)', []),
        ('INSERT INTO "programmes_programme" ("name") VALUES (%s)', ["programmes_programme"]),
        ("  delete from only Programmes_Programme", ["programmes_programme"]),
        ('UPDATE "accounts_user" SET "last_login" = %s WHERE "accounts_user"."id" = %s', []),
        ('UPDATE "accounts_user" SET "last_login" = %s, "name" = %s WHERE "id" = %s', ["accounts_user"]),
        ('UPDATE "accounts_apitoken" SET "last_used_on" = %s', []),
        ('UPDATE "accounts_apitoken" SET "digest" = %s', ["accounts_apitoken"]),
        ('DELETE FROM "accounts_user" WHERE "last_login" = %s', ["accounts_user"]),
        ("WITH a AS (DELETE FROM enterprises_need RETURNING 1) SELECT 1", ["enterprises_need"]),
        ("SAVEPOINT x", []),
    ],
)
def test_which_statements_write_to_the_domain(statement: str, tables: list[str]) -> None:
    assert written_tables(statement) == tables


# -- The edges ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("guarded")
def test_a_request_is_an_edge() -> None:
    programme = ProgrammeFactory()

    def view(request: HttpRequest) -> HttpResponse:
        rename_in_test(programme, by=None, name="新")
        with pytest.raises(WrittenOutsideAction), transaction.atomic():
            Programme.objects.update(name="另")
        return HttpResponse("")

    EdgeMiddleware(view)(RequestFactory().post("/programmes/7/"))
    assert facts(programme)["address"] == "/programmes/7/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("guarded")
def test_a_job_is_an_edge() -> None:
    programme = ProgrammeFactory()
    kind, key = f"test-{uuid4()}"[:40], "7"

    def handler(run: jobs.Run) -> dict[str, Any]:
        rename_in_test(programme, by=run.job.asked_by, name="新")
        with pytest.raises(WrittenOutsideAction), transaction.atomic():
            Programme.objects.update(name="另")
        return {}

    jobs.HANDLERS[kind] = handler
    try:
        job = jobs.enqueue(kind, key, by=None, at=moment(DAY))
        assert jobs.run(job.pk) == "done"
    finally:
        del jobs.HANDLERS[kind]
    assert facts(programme)["address"] == f"job {kind} 7"
    Programme.objects.update(name="外")


@pytest.mark.django_db
@pytest.mark.usefixtures("guarded")
def test_a_command_is_an_edge() -> None:
    programme = ProgrammeFactory()

    class Command(EdgeCommand):
        requires_system_checks: list[str] = []

        def handle(self, *args: Any, **options: Any) -> None:
            rename_in_test(programme, by=None, name="新")
            with pytest.raises(WrittenOutsideAction), transaction.atomic():
                Programme.objects.update(name="另")

    command: BaseCommand = Command()
    command.execute(no_color=True, force_color=False, skip_checks=True)
    assert facts(programme)["address"] == "command test_action"
