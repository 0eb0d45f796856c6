"""The tables at the end: each figure beside its target, and beside what a user would take instead."""

from collections.abc import Iterator, Sequence

from bench.measure import Figure, number
from bench.whole import Sheet

# The most a figure may be at province size.
TARGETS = {
    "close": 60.0,
    "close_memory": 300.0,
    "behind": 500.0,
    "behind_last": 500.0,
    "behind_filter": 500.0,
    "behind_county": 500.0,
    "rules_preview": 300.0,
    "eligible": 300.0,
    "preset_year": 5.0,
    "rest_assignments": 50.0,
    "rest_assignments_middle": 50.0,
    "rest_visits": 50.0,
    "rest_visits_middle": 50.0,
    "rest_monthly-checks": 50.0,
    "rest_monthly-checks_middle": 50.0,
    "rest_standings": 50.0,
    "rest_standings_middle": 50.0,
    "snapshot": 60.0,
    "snapshot_peak": 1500.0,
    "snapshot_changed": 1.0,
    "shortlist": 50.0,
    "shortlist_memory": 1500.0,
    "match_batch": 30.0,
    "match_many": 20.0,
    "plan_ours_memory": 300.0,
}
# Ours, theirs.
RIVALS = [
    ("close", "plain_close"),
    ("rest_assignments", "plain_same"),
    ("rest_assignments", "plain_own"),
    ("snapshot", "bm25s_index"),
    ("shortlist", "bm25s_query"),
    ("match_many", "bm25s_many"),
    ("plan_ours", "plan_flow"),
    ("plan_ours", "plan_matching"),
    ("plan_ours", "plan_greedy"),
    ("plan_ours_part", "plan_linear"),
]
# Judged by their 95th percentile.
BY_P95 = {"shortlist"}
THEIRS = {theirs for _ours, theirs in RIVALS}


def report(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The lines of the report, in Markdown."""
    names = [sheet.size.name for sheet in sheets]
    yield f"| | {' | '.join(names)} | target | |"
    yield "|---|" + "---:|" * len(names) + "---:|---|"
    known = [{figure.key: figure for figure in sheet.figures} for sheet in sheets]
    for key, what in _lines(sheets):
        cells = [str(figures[key]) if key in figures else "–" for figures in known]
        target = f"≤ {number(TARGETS[key])}" if key in TARGETS else ""
        yield f"| {what} | {' | '.join(cells)} | {target} | {verdict(key, sheets)} |"
    yield ""
    yield from _rivals(sheets)
    yield from _remarks(sheets)


def _lines(sheets: Sequence[Sheet]) -> dict[tuple[str, str], None]:
    """Key and words of every figure of ours, in the order of their first appearance."""
    found = ((figure.key, figure.what) for sheet in sheets for figure in sheet.figures)
    return {pair: None for pair in found if pair[0] not in THEIRS}


def verdict(key: str, sheets: Sequence[Sheet]) -> str:
    """What is wrong with a figure: over its target, or more queries at the province than at the city."""
    figures = {sheet.size.name: figure for sheet in sheets for figure in sheet.figures if figure.key == key}
    wrong = []
    province = figures.get("province")
    if province and key in TARGETS:
        judged = province.p95 if key in BY_P95 and province.p95 is not None else province.value
        wrong.append("ok" if judged <= TARGETS[key] else "MISSED")
    city = figures.get("city")
    if province and city and (province.queries or 0) > (city.queries or 0):
        wrong.append("QUERIES GROW")
    return ", ".join(wrong)


def _rivals(sheets: Sequence[Sheet]) -> Iterator[str]:
    yield "| size | ours | | instead | | ours takes |"
    yield "|---|---|---:|---|---:|---:|"
    for sheet in sheets:
        figures = {figure.key: figure for figure in sheet.figures}
        for ours, theirs in RIVALS:
            if ours in figures and theirs in figures and figures[theirs].value:
                yield _pair(sheet.size.name, figures[ours], figures[theirs])
    yield ""


def _pair(size: str, ours: Figure, theirs: Figure) -> str:
    note = f" ({theirs.note})" if theirs.note else ""
    share = f"{ours.value / theirs.value:.2f} ×"
    return f"| {size} | {ours.what} | {ours} | {theirs.what}{note} | {theirs} | {share} |"


def _remarks(sheets: Sequence[Sheet]) -> Iterator[str]:
    """Notes of figures, what was reduced, and what is missing."""
    for sheet in sheets:
        if sheet.share < 1:
            yield f"- {sheet.size.name}: {sheet.share:.0%} of the rows"
        for figure in sheet.figures:
            if figure.note and figure.key not in THEIRS:
                yield f"- {sheet.size.name}: {figure.what}: {figure.note}"
        for step, why in sheet.missing.items():
            yield f"- {sheet.size.name}: NOT MEASURED: {step}: {why}"
