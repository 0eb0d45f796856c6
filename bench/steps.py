"""The steps of a measurement, each run in a process of its own so that its memory is its own."""

from collections.abc import Callable
from datetime import date

from bench import copying, fill, lists, many, matches, months, pages, plans, presets, records, rule_pages
from bench.fill import Plan
from bench.measure import Figure, say, seconds
from bench.rounds import rounds
from bench.size import Size


def fill_tables(plan: Plan) -> None:
    with seconds() as spent:
        copying.clear()
        fill.fill(plan.size, plan.today, rounds)
    size = plan.size
    note = f"{size.doctors:,} doctors, {size.needs:,} needs, {size.assignments:,} assignments, {size.visits:,} visits"
    say(Figure("fill", "Fill the database, history included", spent(), "s", note=note))


# The most important first: steps for which no time is left are left out.
STEPS: dict[str, Callable[[Plan], None]] = {
    "fill": fill_tables,
    "plain_close": lambda plan: months.plain_close(),
    "close": lambda plan: months.close(),
    "standings": lambda plan: months.standing(),
    "rest": lambda plan: pages.rest(),
    "pages": pages.pages,
    "rules": lambda plan: rule_pages.rules(),
    "presets": lambda plan: presets.presets(),
    "ledger": lambda plan: pages.ledger_entries(),
    "records": records.records,
    "matching": lambda plan: matches.matching(),
    "many": lambda plan: many.many(),
    "plans": lambda plan: plans.plans(),
    "lists": lambda plan: lists.lists(),
}


def run(name: str, size: Size, today: date) -> None:
    STEPS[name](Plan(size, today))
