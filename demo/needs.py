"""The 215 needs found by the survey, in the order of their themes."""

from dataclasses import dataclass

from demo.enterprises import BY_KEY, THEMES
from demo.reading import look_up, read
from demo.texts import NeedText

# What an enterprise writes under 合作方式, and what the need table calls it.
_WAYS = {
    "合作开发": "joint",
    "委托开发": "commissioned",
    "技术咨询": "consulting",
    "技术转让": "transfer",
    "人才引进与培养": "other",
    "培训服务": "other",
    "共建平台": "other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """A need as its file has it, with the short name of its enterprise."""

    enterprise: str
    title: str
    kind: str = "technology"
    problem: str
    target: str
    basis: str = ""
    budget: tuple[int, int] | None = None
    months: int
    way: str
    discipline: str
    keywords: tuple[str, ...]
    field: str
    days: int | None = None
    most_km: int | None = None


@dataclass(frozen=True, slots=True)
class NeedFile:
    needs: tuple[NeedRow, ...]


def _need(index: int, theme: str, row: NeedRow) -> NeedText:
    where = f"needs/{theme}.toml, “{row.title}”"
    return NeedText(
        index=index,
        enterprise=look_up(BY_KEY, row.enterprise, f"{where}: the enterprise").index,
        theme=theme,
        kind=row.kind,
        title=row.title,
        problem=row.problem,
        target=row.target,
        basis=row.basis,
        budget=row.budget,
        months=row.months,
        way=look_up(_WAYS, row.way, f"{where}: the way"),
        discipline=row.discipline,
        keywords=row.keywords,
        field=row.field,
        days=row.days,
        most_km=row.most_km,
    )


def _all() -> tuple[NeedText, ...]:
    rows = [(theme.key, row) for theme in THEMES for row in read(f"needs/{theme.key}", NeedFile).needs]
    return tuple(_need(index, theme, row) for index, (theme, row) in enumerate(rows))


NEEDS: tuple[NeedText, ...] = _all()
