"""The 202 invented enterprises of the survey."""
# ruff: noqa: E501  (tables)

from demo import enterprise_rows as rows
from demo.texts import EnterpriseText, QualificationText

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

_DISTRICT = {
    "东": "149902",
    "西": "149903",
    "南": "149911",
    "开": "149971",
    "盂": "149921",
    "平": "149922",
    "石": "149923",
}
_CATEGORY = {"技": "technology", "农": "agriculture", "其": "other"}
_SIZE = {"大": "large", "中": "medium", "小": "small", "微": "micro"}

# token: kind, name, level, months it holds (None: until withdrawn), prefix of the certificate
_QUALIFICATION: dict[str, tuple[str, str, str, int | None, str]] = {
    "规上": ("above_scale", "规上工业企业", "municipal", None, "YQGS"),
    "高新": ("high_tech", "高新技术企业", "national", 36, "GR1499"),
    "专精": ("specialised", "专精特新中小企业", "provincial", 36, "ZJTX14"),
    "小巨人": ("little_giant", "专精特新“小巨人”企业", "national", 36, "XJR"),
    "科小": ("other", "科技型中小企业", "provincial", 12, "KJX1499"),
    "龙头省": ("agri_leader", "农业产业化龙头企业", "provincial", 24, "LT14"),
    "龙头市": ("agri_leader", "农业产业化龙头企业", "municipal", 24, "LT1499"),
    "示范社": ("other", "农民合作社示范社", "municipal", 24, "SFS1499"),
}

# Departments that visit the enterprises of a theme, in turn.
_THEMES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("coal", rows.COAL, ("en", "gz", "kj")),
    ("refractory", rows.REFRACTORY, ("gx", "kj", "xq", "sc")),
    ("chemical", rows.CHEMICAL, ("gx", "hb", "kj")),
    ("carbonate", rows.CARBONATE, ("gx", "xq")),
    ("equipment", rows.EQUIPMENT, ("gx", "kj", "gz", "sc")),
    ("energy", rows.ENERGY, ("en", "kj")),
    ("digital", rows.DIGITAL, ("kj", "sw")),
    ("farming", rows.FARMING, ("ny", "kj")),
    ("food", rows.FOOD, ("ny", "sc", "sw")),
)

INDUSTRY_NAMES: dict[str, str] = {
    "0113": "玉米种植", "0119": "其他谷物种植", "0123": "薯类种植", "0141": "蔬菜种植", "0142": "食用菌种植",
    "0143": "花卉种植", "0151": "仁果类和核果类水果种植", "0161": "坚果种植", "0163": "香料作物种植", "0171": "中草药种植",
    "0311": "牛的饲养", "0313": "猪的饲养", "0314": "羊的饲养", "0321": "鸡的饲养", "0392": "蜜蜂饲养",
    "0412": "内陆养殖", "0511": "种子种苗培育活动", "0512": "农业机械活动", "0513": "灌溉活动", "0515": "农作物病虫害防治活动",
    "0610": "烟煤和无烟煤开采洗选", "0721": "陆地天然气开采", "1011": "石灰石、石膏开采", "1013": "耐火土石开采", "1312": "小麦加工",
    "1314": "杂粮加工", "1329": "其他饲料加工", "1331": "食用植物油加工", "1353": "肉制品及副产品加工", "1371": "蔬菜加工",
    "1373": "水果和坚果加工", "1391": "淀粉及淀粉制品制造", "1392": "豆制品制造", "1411": "糕点、面包制造", "1432": "速冻食品制造",
    "1441": "液体乳制造", "1462": "酱油、食醋及类似制品制造", "1492": "保健食品制造", "1512": "白酒制造", "1529": "茶饮料及其他饮料制造",
    "2521": "炼焦", "2613": "无机盐制造", "2614": "有机化学原料制造", "2619": "其他基础化学原料制造", "2624": "复混肥料制造",
    "2625": "有机肥料及微生物肥料制造", "2641": "涂料制造", "2651": "初级形态塑料及合成树脂制造", "2661": "化学试剂和助剂制造",
    "2662": "专项化学用品制造", "2671": "炸药及火工产品制造", "2681": "肥皂及洗涤剂制造",
    "2710": "化学药品原料药制造", "2730": "中药饮片加工", "2913": "橡胶零件制造", "2922": "塑料板、管、型材制造",
    "3011": "水泥制造", "3012": "石灰和石膏制造", "3021": "水泥制品制造", "3022": "砼结构构件制造", "3024": "轻质建筑材料制造",
    "3031": "粘土砖瓦及建筑砌块制造", "3032": "建筑用石加工", "3034": "隔热和隔音材料制造", "3039": "其他建筑材料制造",
    "3073": "特种陶瓷制品制造", "3089": "耐火陶瓷制品及其他耐火材料制造", "3091": "石墨及碳素制品制造", "3099": "其他非金属矿物制品制造",
    "3252": "铝压延加工", "3311": "金属结构制造", "3360": "金属表面处理及热处理加工", "3391": "黑色金属铸造", "3393": "锻件及粉末冶金制品制造",
    "3411": "锅炉及辅助设备制造", "3434": "连续搬运设备制造", "3441": "泵及真空设备制造", "3443": "阀门和旋塞制造",
    "3444": "液压动力机械及元件制造", "3451": "滚动轴承制造", "3453": "齿轮及齿轮减、变速箱制造", "3461": "烘炉、熔炉及电炉制造",
    "3462": "风机、风扇制造", "3464": "制冷、空调设备制造", "3482": "紧固件制造", "3484": "机械零部件加工", "3491": "工业机器人制造",
    "3511": "矿山机械制造", "3516": "冶金专用设备制造", "3525": "模具制造", "3572": "机械化农业及园艺机具制造",
    "3591": "环境保护专用设备制造", "3812": "电动机制造", "3821": "变压器、整流器和电感器制造", "3823": "配电开关控制设备制造",
    "3824": "电力电子元器件制造", "3825": "光伏设备及元器件制造", "3831": "电线、电缆制造", "3849": "其他电池制造", "3921": "通信系统设备制造",
    "3985": "电子专用材料制造", "4011": "工业自动控制系统装置制造", "4016": "供应用仪器仪表制造", "4019": "其他通用仪器制造",
    "4220": "非金属废料和碎屑加工处理", "4330": "专用设备修理", "4411": "火力发电", "4415": "风力发电", "4416": "太阳能发电",
    "4419": "其他电力生产", "4420": "电力供应", "4430": "热力生产和供应", "4520": "生物质燃气生产和供应业", "4620": "污水处理及其再生利用",
    "4999": "其他建筑安装", "5161": "煤炭及制品批发", "5165": "建材批发", "5810": "多式联运", "5930": "低温仓储", "5951": "谷物仓储",
    "6513": "应用软件开发", "6531": "信息系统集成服务", "6550": "信息处理和存储支持服务", "6579": "其他数字内容服务",
    "7441": "遥感测绘服务", "7452": "检测服务", "7514": "节能技术推广服务", "7724": "危险废物治理",
}  # fmt: skip


def credit_code(district: str, serial: int) -> str:
    """A unified social credit code with a valid check digit (GB 32100-2015) for an invented body.

    The organisation part starts with YQ and carries its own check digit (GB 11714), as real ones do.
    """
    body = f"YQ{(serial * 7919) % 1_000_000:06d}"
    body += _organisation_check(body)
    head = f"91{district}{body}"
    total = sum(_ALPHABET.index(c) * w for c, w in zip(head, _WEIGHTS, strict=True))
    return head + _ALPHABET[-total % 31]


def _organisation_check(body: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c, 36) * w for c, w in zip(body, weights, strict=True))
    return "0123456789X"[(11 - total % 11) % 11]


def _qualification(token: str, index: int) -> QualificationText:
    """Terms differ by enterprise; an expired one ended some months ago."""
    kind, name, level, term, prefix = _QUALIFICATION[token.rstrip("!")]
    number = f"{prefix}{index + 1:05d}"
    if term is None:
        return QualificationText(kind, name, level, number, 24 + index % 60, None)
    if token.endswith("!"):
        ended = 2 + index % 9
        return QualificationText(kind, name, level, number, term + ended, -ended)
    held = index % (term - 3)
    return QualificationText(kind, name, level, number, held, term - held)


def _enterprise(index: int, row: str, surveyor: str) -> EnterpriseText:
    key, name, district, industry, category, size, products, contact, quals = row.split("|")
    code = _DISTRICT[district]
    return EnterpriseText(
        index=index,
        key=key,
        name=name,
        credit_code=credit_code(code, index + 1),
        district=code,
        industry=industry,
        industry_name=INDUSTRY_NAMES[industry],
        category=_CATEGORY[category],
        size=_SIZE[size],
        products=products,
        contact=contact,
        phone=f"1990000{2003 + index * 17:04d}",
        surveyor=surveyor,
        qualifications=tuple(_qualification(token, index) for token in quals.split()),
    )


def _all() -> tuple[EnterpriseText, ...]:
    found: list[EnterpriseText] = []
    for _, block, departments in _THEMES:
        for turn, row in enumerate(block.split("\n")[1:-1]):
            found.append(_enterprise(len(found), row, departments[turn % len(departments)]))
    return tuple(found)


ENTERPRISES: tuple[EnterpriseText, ...] = _all()
BY_KEY: dict[str, EnterpriseText] = {e.key: e for e in ENTERPRISES}
