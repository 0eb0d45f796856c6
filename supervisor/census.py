"""What a database holds, in figures that two servers can compare: rows of each table, and a sum over their content."""

from typing import Any

# The text of a row must not depend on the settings of a session.
SESSION = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; "
    "SET extra_float_digits = 1; SET statement_timeout = 0; SET lock_timeout = 0; "
    "SET idle_in_transaction_session_timeout = 0; SET search_path = public"
)
TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                      AND d.deptype = 'e')
    ORDER BY 1
"""
# What stands around the rows and is lost without a word when a restore goes wrong.
AROUND = """
    SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),
           (SELECT count(*) FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
            WHERE n.nspname = 'public' AND k.contype <> 'n'),
           (SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'),
           (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'public' AND NOT EXISTS (
                SELECT 1 FROM pg_depend d
                WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'))
"""
AROUND_NAMES = ("triggers", "constraints", "indexes", "functions")
Census = dict[str, list[str]]


def of_table(table: str) -> str:
    """Asks for the number of rows and the sum of a hash over each; the order of the rows does not matter."""
    each = "('x' || left(md5(census_row::text), 16))::bit(64)::bigint"
    return f"SELECT count(*)::text, coalesce(sum({each}), 0)::text FROM {table} AS census_row"  # noqa: S608


def take(cursor: Any) -> Census:
    """The census of the transaction that the cursor is in."""
    cursor.execute(SESSION)
    cursor.execute(TABLES)
    found: Census = {}
    for (table,) in cursor.fetchall():
        cursor.execute(of_table(table))
        found[table] = list(cursor.fetchone())
    cursor.execute(AROUND)
    found |= {name: [str(number), ""] for name, number in zip(AROUND_NAMES, cursor.fetchone(), strict=True)}
    return found


def rows(census: Census) -> int:
    return sum(int(number) for name, (number, _sum) in census.items() if name not in AROUND_NAMES)


def differences(before: Census, after: Census) -> list[str]:
    """What is not the same, one phrase a table."""
    found = []
    for name in sorted({*before, *after}):
        was, now = before.get(name, ["-", ""]), after.get(name, ["-", ""])
        if was[0] != now[0]:
            found.append(f"{name}: {was[0]} → {now[0]}")
        elif was != now:
            found.append(f"{name}: {was[0]}, ≠")
    return found
