"""The invented city of Yunquan: districts, the talent offices and the departments that visit enterprises."""

from dataclasses import dataclass

from demo.reading import read
from demo.texts import DistrictText, OfficeText


@dataclass(frozen=True, slots=True)
class CityFile:
    districts: tuple[DistrictText, ...]
    offices: tuple[OfficeText, ...]


_FILE = read("city", CityFile)

DISTRICTS: tuple[DistrictText, ...] = _FILE.districts
OFFICES: tuple[OfficeText, ...] = _FILE.offices
