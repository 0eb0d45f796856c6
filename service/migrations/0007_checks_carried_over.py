"""Each check of a month becomes a check of each rule on months that its rule set had; what was decided stays.

The old verdict was on all rules of the month together: where it was not met, waived or pending, a rule that was kept is
met, and the other has the verdict of the month. Re-openings, also those that later ones overwrote, become rows.
"""

import json

from django.db import migrations
from django.db.migrations.exceptions import IrreversibleError

VISITS, DAYS = "month-visits", "month-days"
# Where the days of a month that were served are not stored, all of them.
FIRST = "CASE WHEN {days} THEN (facts->'window'->>'first')::date ELSE month END"
LAST = "CASE WHEN {days} THEN (facts->'window'->>'last')::date ELSE (month + interval '1 month - 1 day')::date END"
HAS_DAYS = "coalesce(facts->'window'->>'first' <= facts->'window'->>'last', false)"
HAS = {
    VISITS: "CASE WHEN facts ? 'qualifying' THEN jsonb_array_length(facts->'qualifying') END",
    DAYS: "coalesce((facts->>'days')::numeric, days_counted)",
}
DECIDED = f"CASE WHEN verdict IN ('met', 'exempt') OR coalesce(value < asks, true) THEN verdict ELSE 'met' END"


def rules_on_months(data):
    """The rules on months of an old rule set, each with what it asks for."""
    data = data if isinstance(data, dict) else {}
    asked = {VISITS: data.get("month_min_visits", 1), DAYS: data.get("month_min_days", 0)}
    found = {rule: number for rule, number in asked.items() if isinstance(number, int) and number > 0}
    return found or {VISITS: None}


def carry_over(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, data FROM programmes_ruleset ORDER BY id")
        asked = {key: rules_on_months(_read(data)) for key, data in cursor.fetchall()}
        _fill("service_check", cursor, asked)
        with_events(cursor, "service_checkevent", lambda: _fill("service_checkevent", cursor, asked))
        for key, rules in asked.items():
            if len(rules) > 1:
                _part(cursor, key, rules[DAYS])
        _reopenings(cursor)
        cursor.execute("UPDATE service_waiver SET \"window\" = to_char(month, 'YYYY-MM')")
        fill = "UPDATE service_waiverevent SET \"window\" = to_char(month, 'YYYY-MM')"
        with_events(cursor, "service_waiverevent", lambda: cursor.execute(fill))
        _names(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _read(data):
    return json.loads(data) if isinstance(data, str) else data


def with_events(cursor, table, write):
    """Write to a history table, which its trigger refuses otherwise."""
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    write()
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _fill(table, cursor, asked):
    """The columns of rules and windows, by the rule set of each row."""
    first, last = FIRST.format(days=HAS_DAYS), LAST.format(days=HAS_DAYS)
    for key, rules in asked.items():
        rule, least = next(iter(rules.items()))
        cursor.execute(
            f"UPDATE {table} SET rule = %s, \"window\" = to_char(month, 'YYYY-MM'), first = {first}, last = {last},"
            f" value = {HAS[rule]}, asks = %s WHERE rule_set_id = %s",
            [rule, least, key],
        )


COPIED = (
    "assignment_id, \"window\", first, last, month, verdict, days_counted, days_awaiting, rule_set_id, facts, judged_at,"
    " locks_on, locked_at, reopened_at, reopened_until, reopened_reason, reason, reason_at, reason_by_id"
)
OF_EVENTS = "pgh_created_at, pgh_label, pgh_context_id, xid"


def _part(cursor, rule_set, days):
    """A row for the rule on days beside the one for the rule on visits, with the same history."""
    cursor.execute(
        f"INSERT INTO service_check ({COPIED}, rule, value, asks)"
        f" SELECT {COPIED}, %s, {HAS[DAYS]}, %s FROM service_check WHERE rule = %s AND rule_set_id = %s",
        [DAYS, days, VISITS, rule_set],
    )
    cursor.execute(f"UPDATE service_check SET verdict = {DECIDED} WHERE rule_set_id = %s", [rule_set])
    ours = ", ".join(f"e.{name.strip()}" for name in COPIED.split(","))
    theirs = ", ".join(f"e.{name.strip()}" for name in OF_EVENTS.split(","))
    value = HAS[DAYS].replace("facts", "e.facts").replace("days_counted", "e.days_counted")

    def write():
        cursor.execute(
            f"INSERT INTO service_checkevent ({COPIED}, {OF_EVENTS}, id, pgh_obj_id, rule, value, asks)"
            f" SELECT {ours}, {theirs}, new.id, new.id, %s, {value}, %s FROM service_checkevent e"
            " JOIN service_check old ON old.id = e.pgh_obj_id JOIN service_check new"
            " ON new.assignment_id = old.assignment_id AND new.\"window\" = old.\"window\" AND new.rule = %s"
            " WHERE old.rule = %s AND old.rule_set_id = %s ORDER BY e.pgh_id",
            [DAYS, days, DAYS, VISITS, rule_set],
        )
        cursor.execute(f"UPDATE service_checkevent SET verdict = {DECIDED} WHERE rule_set_id = %s", [rule_set])

    with_events(cursor, "service_checkevent", write)


def _reopenings(cursor):
    """One row for each moment at which a month was opened again; by whom, where the history tells it."""
    cursor.execute(
        """
        INSERT INTO service_reopening (assignment_id, month, at, until, reason, by_id)
        SELECT DISTINCT ON (said.assignment_id, said.month, said.reopened_at)
            said.assignment_id, said.month, said.reopened_at, said.reopened_until, said.reopened_reason, who.id
        FROM (
            SELECT assignment_id, month, reopened_at, reopened_until, reopened_reason, pgh_context_id, pgh_id
            FROM service_checkevent
            UNION ALL
            SELECT assignment_id, month, reopened_at, reopened_until, reopened_reason, NULL, NULL FROM service_check
        ) said
        JOIN matching_assignment a ON a.id = said.assignment_id
        LEFT JOIN pghistory_context c ON c.id = said.pgh_context_id
        LEFT JOIN accounts_user who ON who.id::text = c.metadata->>'by'
        WHERE said.reopened_at IS NOT NULL AND said.reopened_reason <> ''
        ORDER BY said.assignment_id, said.month, said.reopened_at, said.pgh_id NULLS LAST
        """
    )


def _names(cursor):
    """The permissions of the table have its name; the marks of the history name its table."""
    cursor.execute(
        "UPDATE auth_permission p SET codename = replace(codename, 'monthlycheck', 'check'),"
        " name = replace(name, 'monthly check', 'check') FROM django_content_type t"
        " WHERE t.id = p.content_type_id AND t.app_label = 'service' AND codename LIKE '%monthlycheck%'"
        " AND NOT EXISTS (SELECT FROM auth_permission o WHERE o.content_type_id = p.content_type_id"
        " AND o.codename = replace(p.codename, 'monthlycheck', 'check'))"
    )
    cursor.execute(
        "UPDATE core_historymark SET \"table\" = 'service_checkevent' WHERE \"table\" = 'service_monthlycheckevent'"
    )


def refuse(apps, schema_editor):
    """Rules and re-openings of a month would become one row again, and other windows have none there: nothing could
    carry them back. Without checks there is nothing to carry."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM service_check)")
        (has_checks,) = cursor.fetchone()
    if has_checks:
        raise IrreversibleError(
            "The checks of this database are of rules and windows; the release before knows only months. To go back, "
            "restore the backup that was made before the upgrade."
        )


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0013_ledger_by_address"),
        ("service", "0006_checks_of_windows"),
    ]
    operations = [migrations.RunPython(carry_over, refuse, elidable=True)]
