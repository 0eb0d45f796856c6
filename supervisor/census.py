"""Counts and checksums of a database, to compare two databases: rows of each table, and a checksum over them."""

from typing import Any

# These settings make the text of a row the same in every session.
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
# Numbers of what is no row, and might be missing after a failed restore without any error.
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
    """The query for the number of rows and the sum of their hashes; the order of the rows does not matter."""
    each = "('x' || left(md5(census_row::text), 16))::bit(64)::bigint"
    return f"SELECT count(*)::text, coalesce(sum({each}), 0)::text FROM {table} AS census_row"  # noqa: S608


def take(cursor: Any) -> Census:
    """The census, as the transaction of the cursor sees the database."""
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
    """A phrase for each table or number that differs."""
    found = []
    for name in sorted({*before, *after}):
        was, now = before.get(name, ["-", ""]), after.get(name, ["-", ""])
        if was[0] != now[0]:
            found.append(f"{name}: {was[0]} → {now[0]}")
        elif was != now:
            found.append(f"{name}: {was[0]}, ≠")
    return found
