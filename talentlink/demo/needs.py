"""The 215 needs found by the survey, in the order of their themes."""

from talentlink.demo.need_form import resolved
from talentlink.demo.needs_carbonate import CARBONATE
from talentlink.demo.needs_chemical import CHEMICAL
from talentlink.demo.needs_coal import COAL
from talentlink.demo.needs_energy import DIGITAL, ENERGY
from talentlink.demo.needs_equipment import EQUIPMENT
from talentlink.demo.needs_farming import FARMING
from talentlink.demo.needs_food import FOOD
from talentlink.demo.needs_refractory import REFRACTORY
from talentlink.demo.texts import NeedText

NEEDS: tuple[NeedText, ...] = resolved(
    (*COAL, *REFRACTORY, *CHEMICAL, *CARBONATE, *EQUIPMENT, *ENERGY, *DIGITAL, *FARMING, *FOOD)
)
