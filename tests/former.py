"""Rows as earlier releases could write them, written by SQL without today's checks."""

import json
from typing import Any

from django.db import connection, models

from programmes.models import RuleSet

MISSPELT = {"month_min_vists": 1}


def write(row: models.Model, **columns: Any) -> None:
    """Write any values as JSON into columns of a row."""
    table, key = row._meta.db_table, row._meta.pk
    assert key is not None
    with connection.cursor() as cursor:
        for name, value in columns.items():
            statement = f'UPDATE "{table}" SET "{name}" = %s WHERE "{key.column}" = %s'
            cursor.execute(statement, [json.dumps(value), row.pk])
    row.refresh_from_db()


def bad_rules(code: str = "old", data: Any = MISSPELT) -> RuleSet:
    """The next version of the rule set with this code, with rules that cannot be read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO programmes_ruleset (code, version, name, data, created_at)"
            " SELECT %s, count(*) + 1, '旧规则', %s, now() FROM programmes_ruleset WHERE code = %s RETURNING id",
            [code, json.dumps(data), code],
        )
        (key,) = cursor.fetchone()
    return RuleSet.objects.get(pk=key)
