"""Databases of earlier releases migrate to the present code: no row is lost, none is left over, every page opens.

These tests also apply to future migrations. Columns that a migration changes on purpose are listed in CHANGED.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pgtrigger.registry
import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from accounts.models import ApiToken, User
from assignments.models import Assignment
from core.models import PhoneShown, Proposal
from enterprises.host_rules import as_rows
from enterprises.models import Need
from experts.models import Doctor
from identity.actions import issue_token
from identity.models import AccountLink, Invitation
from matching.models import Override, PlanQuota
from outbox.models import Channel, Preference
from privacy.models import Consent, PersonalRequest, PrivacyNotice
from programmes.models import Batch, RuleDraft
from programmes.rulebook import rules_in
from service.as_of import as_of_moment
from service.models import Check, Given, Reopening, SharedVisit, Visit
from tests.factories import START, InvitationFactory, ReopeningFactory, RuleDraftFactory, moment
from tests.releases import DUMPS, Release, rows, standing_on
from tests.test_routes import ROUTES, QuickClient

pytestmark = pytest.mark.django_db

# Tables of Django itself, which have their own tests; and columns that a migration rewrote, by table.
BOOKS = {"django_migrations", "django_content_type", "auth_permission"}
CHANGED: dict[str, set[str]] = {
    # Since 0.2 the field `pinyin`, by which a name is searched, ends with the folded name.
    table: {"pinyin"}
    for table in ("accounts_user", "enterprises_enterprise", "experts_doctor", "experts_university")
} | {
    "core_historymark": {"table"},  # a history table has another name
    "programmes_batch": {"eligibility"},  # said in the language of rules (test_conditions_of_hosts_ask_for_the_same)
}
# Tables that moved to another app with their rows, content type and permissions, and the name of that app.
MOVED = {
    ("matching", f"{model}{event}"): "assignments"
    for model in ("order", "orderchoice", "dispatch", "assignment", "project")
    for event in ("", "event")
}
# Tables and models that have another name, with their rows, content types and permissions.
RENAMED = {"service_monthlycheck": "service_check", "service_monthlycheckevent": "service_checkevent"}
# Tables of an app that was removed; sign-ins in them are entries of the ledger (identity/test_sign_ins_kept.py).
GONE = {"axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog"}


# Every run migrates the last release, from which a site is updated; the long run migrates the older ones, too.
RELEASES = [*(pytest.param(dump, marks=pytest.mark.long) for dump in DUMPS[:-1]), DUMPS[-1]]


@pytest.fixture(scope="module", params=RELEASES, ids=lambda dump: dump.name, autouse=True)
def release(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Release]:
    """The tests of this file run on a release's database after `migrate`; what they write is rolled back."""
    release = Release(request.param)
    with django_db_blocker.unblock():
        release.prepare()
        with standing_on(release.after):
            yield release


# -- rows ---------------------------------------------------------------------------------------------------


def tables_of(database: str) -> dict[str, set[str]]:
    """The tables of a database with their columns."""
    found: dict[str, set[str]] = {}
    question = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    for table, column in rows(database, question):
        found.setdefault(table, set()).add(column)
    return found


def contents(database: str, tables: dict[str, list[str]]) -> dict[str, tuple[int, str]]:
    """For each table the number of rows, and a checksum of the named columns of all rows."""
    asked = [
        f"""SELECT '{table}', count(*), md5(coalesce(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), ''))
        FROM (SELECT ROW({", ".join(f'"{column}"' for column in columns)})::text AS line FROM "{table}") AS lines"""
        for table, columns in tables.items()
    ]
    return {table: (count, checksum) for table, count, checksum in rows(database, " UNION ALL ".join(asked))}


def test_every_row_is_there_with_all_it_said(release: Release) -> None:
    """Rows of the domain and of its history are compared in the columns that both databases have."""
    before, after = tables_of(release.before), tables_of(release.after)
    assert before.keys() - after.keys() == GONE | RENAMED.keys()
    shared = {
        table: sorted((columns & after[RENAMED.get(table, table)]) - CHANGED.get(table, set()))
        for table, columns in before.items()
        if table not in BOOKS | GONE
    }
    told = contents(release.before, shared)
    named = {RENAMED.get(table, table): columns for table, columns in shared.items()}
    assert contents(release.after, named) == {RENAMED.get(table, table): found for table, found in told.items()}
    # The dump is of the whole demo, not of an empty database.
    assert [count for table, (count, _) in told.items() if table == "service_visit"] > [100]


def test_content_types_keep_their_keys_and_none_is_stale(release: Release) -> None:
    before = rows(release.before, "SELECT id, app_label, model FROM django_content_type WHERE app_label <> 'axes'")
    kept = {(key, MOVED.get((app, model), app), model.replace("monthlycheck", "check")) for key, app, model in before}
    after = set(ContentType.objects.values_list("pk", "app_label", "model"))
    assert kept - after == set()
    assert {(app, model) for _, app, model in after} == {
        (model._meta.app_label, model._meta.model_name) for model in apps.get_models()
    }


def test_permissions_keep_their_keys(release: Release) -> None:
    before = rows(
        release.before,
        "SELECT id, content_type_id, codename, name FROM auth_permission WHERE codename !~ '_access(att|log|fail)'",
    )
    kept = {
        (key, table, codename.replace("monthlycheck", "check"), name.replace("monthly check", "check"))
        for key, table, codename, name in before
    }
    assert kept - set(Permission.objects.values_list("pk", "content_type_id", "codename", "name")) == set()
    fresh = """SELECT app_label, model, codename FROM auth_permission
        JOIN django_content_type ON django_content_type.id = content_type_id"""
    assert Counter(rows(release.after, fresh)) == Counter(rows(release.fresh, fresh))


def test_every_verdict_is_what_it_was() -> None:
    """Each check that an earlier release judged, judged anew as of that moment by its version of the rules."""
    checks = list(Check.objects.select_related("assignment__batch").order_by("pk"))
    assert len(checks) > 100
    for check in checks:
        rules = rules_in(check.assignment.batch, check.rule_set_id)
        anew = as_of_moment(check, check.judged_at, rules)
        old = check.facts
        assert (check.pk, check.rule, check.window, check.verdict, check.locks_on, check.locked_at is not None) == (
            check.pk, "month-visits", old["month"], anew.state, anew.locks_on, anew.final
        )  # fmt: skip
        assert (check.verdict, check.value, check.asks) == (old["verdict"], anew.value, anew.asks.value)
        assert (old["used"], old["awaiting"]) == (list(anew.used), list(anew.awaiting))
        assert (str(check.first), str(check.last)) == (str(anew.window.first), str(anew.window.last))


def test_conditions_of_hosts_ask_for_the_same(release: Release) -> None:
    """A list of qualifications of an earlier release is a rule that asks for any of the same ones."""
    asked = dict(rows(release.before, "SELECT id, eligibility FROM programmes_batch"))
    assert any(asked.values())
    assert {batch.pk: as_rows(batch.eligibility) for batch in Batch.objects.all()} == asked


# -- the schema ---------------------------------------------------------------------------------------------

# After a dump and a restore the same expression has its casts and brackets in other positions.
PLAIN = "regexp_replace({}, '::(character varying|text)(\\[\\])?|[()]', '', 'g')"
PARTS = {
    "columns": """SELECT table_name, column_name, udt_name, character_maximum_length, numeric_precision, numeric_scale,
        is_nullable, column_default, is_identity, identity_generation, is_generated, generation_expression
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": f"""SELECT conrelid::regclass::text, conname, contype, condeferrable, condeferred, convalidated,
        {PLAIN.format("pg_get_constraintdef(oid)")} FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": f"""SELECT tablename, indexname, {PLAIN.format("indexdef")} FROM pg_indexes
        WHERE schemaname = 'public'""",
    "triggers": """SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """SELECT proname, pg_get_functiondef(pg_proc.oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')""",
    "sequences": "SELECT sequencename, data_type::text, start_value, increment_by FROM pg_sequences",
    "extensions": "SELECT extname FROM pg_extension",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
}


# Written as SQL in a migration, because they may not be ignored as those of pgtrigger.
OF_THE_LEDGER = [
    *(("core_ledgerentry", f"core_ledger_{name}") for name in ("stamp", "guard", "whole_days", "no_truncate")),
    *(("core_ledgerday", f"core_ledger_{name}") for name in ("seal", "day_guard", "day_stays", "day_no_truncate")),
]


@pytest.mark.parametrize("part", PARTS)
def test_a_migrated_database_is_made_as_a_fresh_one(release: Release, part: str) -> None:
    """The order of columns may differ, because no code depends on it."""
    assert Counter(rows(release.after, PARTS[part])) == Counter(rows(release.fresh, PARTS[part]))


def test_no_trigger_is_wanting_or_left_over() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
        installed = Counter(cursor.fetchall())
    of_models = Counter(
        (model._meta.db_table, trigger.get_pgid(model)) for model, trigger in pgtrigger.registry.registered()
    )
    assert installed == of_models + Counter(OF_THE_LEDGER)


def test_no_sequence_is_behind_its_table() -> None:
    behind = []
    with connection.cursor() as cursor:
        cursor.execute("""SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND is_identity = 'YES'""")
        for table, column in cursor.fetchall():
            cursor.execute(f"""SELECT max("{column}"), (SELECT last_value FROM pg_sequences
                WHERE format('%I.%I', schemaname, sequencename) = pg_get_serial_sequence('{table}', '{column}'))
                FROM "{table}" """)
            highest, last = cursor.fetchone()
            if (highest or 0) > (last or 0):
                behind.append((table, highest, last))
    assert behind == []


def test_migrate_again_does_nothing() -> None:
    """The first migrations, which were made for a fresh database, count as applied too."""
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    squashed = {key for key, migration in executor.loader.disk_migrations.items() if migration.replaces}
    assert {app for app, _ in squashed} >= {"accounts", "assignments", "matching", "service"}
    assert squashed - MigrationRecorder(connection).applied_migrations().keys() == set()
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# -- history ------------------------------------------------------------------------------------------------

TRACKED = sorted(
    {model.pgh_tracked_model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")},
    key=lambda model: model._meta.label,
)


NOW = moment(START)


def somebody() -> User:
    return User.objects.get(username="office")


def notice() -> PrivacyNotice:
    return PrivacyNotice.objects.create(role="office", version=1, text_zh="说明", published_at=NOW)


def any_service() -> Assignment:
    return Assignment.objects.order_by("pk")[0]


def two_accounts() -> dict[str, User]:
    return dict(zip(("first", "second"), User.objects.order_by("pk")[:2], strict=True))


# How a row is made of each model of which the demo of an earlier release has none.
MADE: dict[type[models.Model], Callable[[], object]] = {
    PlanQuota: lambda: PlanQuota.objects.create(batch=Batch.objects.all()[0], enterprise_class="technology", most=10),
    Override: lambda: Override.objects.create(
        batch=Batch.objects.all()[0], need=Need.objects.all()[0], doctor=Doctor.objects.all()[0], kind="pin",
        reason="企业点名", made_by=somebody(), made_at=NOW,
    ),
    PhoneShown: lambda: PhoneShown.objects.create(by=somebody(), kind="experts.doctor", key="1", whose="博士", at=NOW),
    Channel: lambda: Channel.objects.create(user=somebody(), medium="mail", address="a@example.org", asked_at=NOW),
    Preference: lambda: Preference.objects.create(user=somebody(), kind="offer_waiting", mail=True, sms=False),
    Invitation: lambda: InvitationFactory(sent_by=somebody()),
    AccountLink: lambda: AccountLink.objects.create(**two_accounts(), linked_at=NOW),
    Proposal: lambda: Proposal.objects.create(
        kind="many_phones", decides="operator", office=somebody().office, proposed_by=somebody(), proposed_at=NOW,
        lapses_at=NOW + timedelta(days=7), reason="下午要用",
    ),
    PersonalRequest: lambda: PersonalRequest.objects.create(
        kind="correct", subject="accounts.user", key=somebody().pk, user=somebody(), text="改名", asked_at=NOW,
        due_on=START,
    ),
    PrivacyNotice: notice,
    Consent: lambda: Consent.objects.create(user=somebody(), notice=notice(), given_at=NOW),
    ApiToken: lambda: issue_token(somebody(), by=somebody(), label="x"),
    RuleDraft: lambda: RuleDraftFactory(written_by=somebody()),
    Reopening: lambda: ReopeningFactory(assignment=any_service(), by=somebody()),
    Given: lambda: Given.objects.create(
        assignment=any_service(), indicator="score", value="90", on=START, by=somebody(), known_at=NOW
    ),
    SharedVisit: lambda: SharedVisit.objects.create(
        visit=Visit.objects.all()[0], assignment=any_service(), added_by=somebody(), added_at=NOW
    ),
}  # fmt: skip


@contextmanager
def undone() -> Iterator[Any]:
    """A cursor whose changes are rolled back, also those that foreign keys would not allow at a commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        yield cursor
        transaction.set_rollback(True)


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model._meta.label)
def test_a_change_is_written_down_once(model: type[models.Model]) -> None:
    """A row is deleted, inserted again, and given another key, all by SQL."""
    if not model._default_manager.exists():
        MADE[model]()
    table, key = model._meta.db_table, model._meta.pk.column
    events = model._meta.get_field("events").related_model._default_manager
    before, done = set(events.values_list("pk", flat=True)), []
    with undone() as cursor, pgtrigger.ignore("programmes.RuleSet:ruleset_is_never_changed"):
        cursor.execute(f"CREATE TEMPORARY TABLE one ON COMMIT DROP AS SELECT * FROM {table} ORDER BY {key} LIMIT 1")
        for change in (
            f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM one)",
            f"INSERT INTO {table} SELECT * FROM one",
            f"UPDATE {table} SET {key} = {next_key(model)} WHERE {key} IN (SELECT {key} FROM one)",
        ):
            cursor.execute(change)
            done.append(cursor.rowcount)
        written = events.exclude(pk__in=before).order_by("pk").values_list("pgh_label", flat=True)
        assert (done, [*written]) == ([1, 1, 1], ["delete", "insert", "update"])


def next_key(model: type[models.Model]) -> str:
    is_number = isinstance(model._meta.pk, models.AutoField | models.BigAutoField | models.OneToOneField)
    return f"{model._meta.pk.column} + 1000000" if is_number else "'000000'"


# -- pages --------------------------------------------------------------------------------------------------

PEOPLE = ["office", "county", "department", "enterprise", "university", "doctor"]


def client_of(name: str) -> Client:
    client = QuickClient(raise_request_exception=False)
    client.force_login(User.objects.get(username=name))
    return client


def answers(client: Client, addresses: list[str]) -> dict[str, int]:
    return {address: client.get(address).status_code for address in addresses}


@pytest.mark.parametrize("name", PEOPLE)
def test_every_list_opens(name: str) -> None:
    """All addresses without a key open, or are refused to this role, without an error; the home page opens.

    404 is right where there is nothing to show: no token of `/metrics`, no opened link, no service for signing in, no
    list that led to the page on which a large export is proposed. Pages of the second factor lead on to its set-up.
    """
    asked = [f"/{route.path}" for route in ROUTES if not re.search(r"[<(^]|logout", route.path)]
    told = answers(client_of(name), asked)
    assert {address: code for address, code in told.items() if code not in (200, 301, 302, 400, 403, 405)} == {
        "/metrics": 404,
        "/account/service/confirm/": 404,
        "/invitation/": 404,
        "/approvals/export/": 404,
    }
    home = "/home/" if name in ("enterprise", "university", "doctor") else "/office/"
    assert told[home] == 200


def seen_by(user: User) -> Iterator[str]:
    """The page of the latest row of every kind that a user sees."""
    for model in apps.get_models():
        visible_to = getattr(model._default_manager, "visible_to", None)
        if visible_to and hasattr(model, "get_absolute_url"):
            for thing in visible_to(user).order_by("-pk")[:1]:
                yield thing.get_absolute_url()


@pytest.mark.parametrize("name", PEOPLE)
def test_a_page_of_every_kind_opens(name: str) -> None:
    """Some kinds are only in lists, and only the office has a page of a round."""
    told = Counter(answers(client_of(name), list(seen_by(User.objects.get(username=name)))).values())
    assert (told.keys() - {200, 403}, told[200] >= 5) == (set(), True)


def test_every_table_of_the_office_opens_with_a_row_and_its_history() -> None:
    client = client_of("office")
    opened: Counter[tuple[str, int]] = Counter()
    for route in ROUTES:
        if route.name.endswith("_changelist"):
            page = client.get(f"/{route.path}")
            opened["list", page.status_code] += 1
            # The first row of the list, by the address of its link.
            for row in re.findall(rf"(/{route.path}[^/\"]+/)change/", page.content.decode())[:1]:
                opened["row", client.get(f"{row}change/", follow=True).status_code] += 1  # some lead to their form
                opened["history", client.get(f"{row}history/").status_code] += 1
    assert {code for _, code in opened} == {200}
    assert (opened["list", 200] > 25, opened["row", 200] > 20) == (True, True)
