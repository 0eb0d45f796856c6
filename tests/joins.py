"""Counts how many tables PostgreSQL must order at once when it plans a statement.

Up to `join_collapse_limit` tables (8 by default) PostgreSQL plans them together. With more tables it plans them in
parts, and may apply a condition in a sub-select last, after all rows of the city were joined.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(r'\(|\)|\b(?:FROM|JOIN) "|\bUNION\b|\bORDER BY\b|\'(?:[^\']|\'\')*\'')
FIRST = re.compile(r'FROM "(\w+)"')


@dataclass
class _Level:
    """The text between two brackets; `semi` is True for a sub-select that PostgreSQL joins to the outer statement."""

    semi: bool = True
    tables: int = 0
    union: bool = False
    select: bool = True
    ordering: bool = False


def tables_at_once(sql: str) -> int:
    """The most tables of one join; sub-selects of IN and EXISTS count in the join that PostgreSQL makes of them."""
    most, levels = 0, [_Level()]
    for found in TOKEN.finditer(sql):
        token = found[0]
        if token == "(":
            before, after = sql[: found.start()].rstrip(), sql[found.end() :]
            select = after.startswith("SELECT")
            # PostgreSQL joins a sub-select only if it is part of a condition, not of a value, a column or the order.
            alone = select and (not before.endswith((" IN", "EXISTS")) or _is_no_condition(levels))
            levels.append(_Level(semi=not alone, select=select))
        elif token == ")":
            inner = levels.pop()
            most = max(most, inner.tables)
            levels[-1].tables += (1 if inner.union else inner.tables) if inner.semi else 0
        elif token == "ORDER BY":
            levels[-1].ordering = True
        elif token == "UNION":
            levels[-1].union = True
            most, levels[-1].tables = max(most, levels[-1].tables), 0
        elif token[0] != "'":
            levels[-1].tables += 1
    return max(most, levels[0].tables)


def _is_no_condition(levels: list[_Level]) -> bool:
    """Whether this position is before the FROM of its statement, or after its ORDER BY."""
    statement = next(level for level in reversed(levels) if level.select)
    return statement.tables == 0 or statement.ordering


def begins_with_its_row(sql: str) -> bool:
    """Whether the statement gives the keys of the rows of its first table; the plan then begins with that table."""
    first = FIRST.search(sql)
    key = rf'"{first[1]}"\."(?:id|assignment_id)" (?:= \d|IN \(\d)' if first else "$."
    return re.search(key, sql) is not None
