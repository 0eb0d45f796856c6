"""The 215 needs found by the survey, in the order of their themes."""

from talentlink.demo.need_form import resolved
from talentlink.demo.needs_coal import COAL
from talentlink.demo.texts import NeedText

NEEDS: tuple[NeedText, ...] = resolved((*COAL,))
