"""The invented city of Yunquan: districts, the talent offices and the departments that visit enterprises."""

from demo.texts import DistrictText, OfficeText

NAME = "云泉市"

# No real division of the country has a code that starts with 1499.
# Where they lie is as invented as their names: a basin in the hills, some seventy kilometres from north to south.
DISTRICTS: tuple[DistrictText, ...] = (
    DistrictText("149902", "东城区", 2, 1, 37.31, 113.32),
    DistrictText("149903", "西矿区", 1, 1, 37.32, 113.19),
    DistrictText("149911", "南郊区", 2, 2, 37.18, 113.31),
    DistrictText("149971", "云泉经济技术开发区", 3, 1, 37.30, 113.43),
    DistrictText("149921", "盂阳县", 1, 0, 37.61, 113.16),
    DistrictText("149922", "平河县", 2, 3, 36.97, 113.36),
    DistrictText("149923", "石堰县", 1, 2, 37.13, 113.11),
)

_COUNTIES = (
    ("149902", "东城区人才工作办公室", "贾文静"),
    ("149903", "西矿区人才工作办公室", "樊志勇"),
    ("149911", "南郊区人才工作办公室", "侯晓燕"),
    ("149971", "经济技术开发区人才工作办公室", "秦海涛"),
    ("149921", "盂阳县人才工作办公室", "武丽芳"),
    ("149922", "平河县人才工作办公室", "梁国栋"),
    ("149923", "石堰县人才工作办公室", "段秀珍"),
)

_DEPARTMENTS = (
    ("kj", "云泉市科技局", "邢卫东"),
    ("gx", "云泉市工信局", "郝敏"),
    ("ny", "云泉市农业农村局", "任拴柱"),
    ("sc", "云泉市市场监管局", "阎春梅"),
    ("en", "云泉市能源局", "冀建军"),
    ("gz", "云泉市国资委", "乔立新"),
    ("hb", "云泉市生态环境局", "温雪莲"),
    ("sw", "云泉市商务局", "祁伟"),
    ("xq", "云泉市小企业发展促进中心", "苗永强"),
)


def _offices() -> tuple[OfficeText, ...]:
    rows = [("city", "city", "云泉市人才工作办公室", "", "申慧敏")]
    rows += [(f"county-{code}", "county", name, code, contact) for code, name, contact in _COUNTIES]
    rows += [(key, "department", name, "", contact) for key, name, contact in _DEPARTMENTS]
    return tuple(OfficeText(*row, phone=f"1990000{i:04d}") for i, row in enumerate(rows, start=101))


OFFICES: tuple[OfficeText, ...] = _offices()
