"""The 215 needs found by the survey, in the order of their themes."""

from demo.need_form import resolved
from demo.needs_carbonate import CARBONATE
from demo.needs_chemical import CHEMICAL
from demo.needs_coal import COAL
from demo.needs_energy import DIGITAL, ENERGY
from demo.needs_equipment import EQUIPMENT
from demo.needs_farming import FARMING
from demo.needs_food import FOOD
from demo.needs_refractory import REFRACTORY
from demo.texts import NeedText

NEEDS: tuple[NeedText, ...] = resolved(
    (*COAL, *REFRACTORY, *CHEMICAL, *CARBONATE, *EQUIPMENT, *ENERGY, *DIGITAL, *FARMING, *FOOD)
)
