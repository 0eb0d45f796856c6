"""Needs posted through the web form in the last weeks, beside those of the survey."""

from dataclasses import dataclass

from demo.reading import read


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshNeed:
    """`enterprise` is the short name; `state` is how far the need has come: draft, submitted, returned or published."""

    enterprise: str
    title: str
    state: str
    days_ago: int
    kind: str = "technology"
    problem: str
    target: str = ""
    basis: str = ""
    budget: tuple[int, int] | None = None
    discipline: str = ""
    keywords: tuple[str, ...] = ()
    field: str = ""
    days: int | None = None
    most_km: int | None = None


@dataclass(frozen=True, slots=True)
class FreshFile:
    needs: tuple[FreshNeed, ...]


FRESH: tuple[FreshNeed, ...] = read("new_needs", FreshFile).needs
