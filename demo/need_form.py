"""How the need modules write a need down: a short constructor, resolved to NeedText at the end."""

from dataclasses import dataclass
from functools import partial

from demo.enterprises import BY_KEY
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


@dataclass(frozen=True, slots=True)
class Draft:
    """A need with the short name of its enterprise; `keywords` parted by blanks."""

    of: str
    title: str
    problem: str
    target: str
    basis: str
    money: tuple[int, int] | None
    months: int
    way: str
    discipline: str
    keywords: str
    field: str
    theme: str
    kind: str = "technology"
    days: int | None = None
    most_km: int | None = None


def drafting(theme: str) -> partial[Draft]:
    return partial(Draft, theme=theme)


def resolved(drafts: tuple[Draft, ...]) -> tuple[NeedText, ...]:
    return tuple(_resolve(index, draft) for index, draft in enumerate(drafts))


def _resolve(index: int, draft: Draft) -> NeedText:
    return NeedText(
        index=index,
        enterprise=BY_KEY[draft.of].index,
        theme=draft.theme,
        kind=draft.kind,
        title=draft.title,
        problem=draft.problem,
        target=draft.target,
        basis=draft.basis,
        budget=draft.money,
        months=draft.months,
        way=_WAYS[draft.way],
        discipline=draft.discipline,
        keywords=tuple(draft.keywords.split()),
        field=draft.field,
        days=draft.days,
        most_km=draft.most_km,
    )
