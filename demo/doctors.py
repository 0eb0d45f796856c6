"""The two invented universities and their enrolled doctors."""
# ruff: noqa: E501  (tables)

from demo.doctors_chemistry import CHEMISTRY
from demo.doctors_farming import FARMING
from demo.doctors_machines import MACHINES
from demo.doctors_materials import MATERIALS
from demo.doctors_mining import MINING
from demo.doctors_others import OTHERS
from demo.enterprises import BY_KEY
from demo.texts import DoctorText, InterestText, UniversityText, WorkText

# short name: university, full name
_COLLEGES: dict[str, tuple[str, str]] = {
    "矿安": ("fy", "矿业与安全工程学院"),
    "材料": ("fy", "材料科学与工程学院"),
    "化工": ("fy", "化学与化工学院"),
    "机车": ("fy", "机械与车辆工程学院"),
    "电能": ("fy", "电气与能源动力学院"),
    "计控": ("fy", "计算机与自动化学院"),
    "环境": ("fy", "环境与市政工程学院"),
    "土测": ("fy", "土木与测绘工程学院"),
    "经管": ("fy", "经济管理学院"),
    "数理": ("fy", "数理学院"),
    "人文": ("fy", "人文与法律学院"),
    "农学": ("th", "农学院"),
    "园艺": ("th", "园艺学院"),
    "植保": ("th", "植物保护学院"),
    "资环": ("th", "资源与环境学院"),
    "动科": ("th", "动物科学与兽医学院"),
    "食品": ("th", "食品科学与工程学院"),
    "农工": ("th", "农业工程学院"),
    "林药": ("th", "林学与中药资源学院"),
    "农经": ("th", "农村发展与管理学院"),
    "文理": ("th", "文理学院"),
}

_DISCIPLINES: dict[str, str] = {
    "110": "数学", "140": "物理学", "15015": "无机化学", "15025": "分析化学", "160": "天文学", "17020": "固体地球物理学",
    "17045": "地理学", "18031": "遗传学", "18051": "植物学", "18061": "微生物学", "21020": "农业基础学科", "21030": "农艺学",
    "21040": "园艺学", "21045": "农产品贮藏与加工", "21050": "土壤学", "21060": "植物保护学", "22030": "森林保护学",
    "22045": "经济林学", "23020": "畜牧学", "23030": "兽医学", "24020": "水产养殖学", "360": "中医学与中药学",
    "41310": "控制科学与技术", "41620": "光学工程", "41650": "农业工程", "42020": "摄影测量与遥感技术", "43015": "材料表面与界面",
    "43020": "材料失效与保护", "43040": "金属材料", "43045": "无机非金属材料", "43050": "有机高分子材料", "43055": "复合材料",
    "43070": "纳米材料", "44010": "矿山地质学", "44030": "井巷工程", "44035": "采矿工程", "44040": "选矿工程",
    "44050": "油气田井开发工程", "44060": "矿山机械工程", "44065": "矿山电气工程", "44075": "矿山安全", "44080": "矿山综合利用工程",
    "45025": "冶金热能工程", "45030": "冶金技术", "45035": "钢铁冶金", "45045": "轧制", "46015": "机械学", "46020": "机械设计",
    "46025": "机械制造工艺与设备", "46045": "流体传动与控制", "46050": "机械制造自动化", "47010": "工程热物理", "47020": "热工学",
    "47030": "动力机械工程", "47035": "制冷与低温工程", "47040": "电气工程", "48040": "储能技术", "48050": "节能技术",
    "48080": "能源系统工程", "51010": "电子技术", "51040": "信息处理技术", "52020": "人工智能", "52040": "计算机软件",
    "52060": "计算机应用", "53017": "化工传递过程", "53021": "化学分离工程", "53024": "化学反应工程", "53034": "无机化学工程",
    "53041": "电化学工程", "53044": "高聚物工程", "53047": "煤化学工程", "53054": "精细化学工程", "53064": "制药工程",
    "53510": "仪器仪表技术", "55020": "食品加工技术", "55030": "食品包装与储藏", "55040": "食品机械",
    "55070": "食品工程与粮油工程", "55010": "食品科学技术基础学科", "56025": "建筑材料", "58070": "交通运输系统工程",
    "61020": "环境学", "61030": "环境工程学", "62040": "安全卫生工程技术", "63040": "企业管理", "63050": "管理工程",
    "740": "语言学", "750": "文学", "770": "历史学", "790": "经济学", "820": "法学", "880": "教育学", "890": "体育科学",
}  # fmt: skip

UNIVERSITIES: tuple[UniversityText, ...] = tuple(
    UniversityText(
        key, name, place, contact, phone, latitude, longitude, tuple(n for u, n in _COLLEGES.values() if u == key)
    )
    for key, name, place, contact, phone, latitude, longitude in (
        ("fy", "汾源理工大学", "汾源市", "邱卓然", "19900000201", 37.78, 112.42),
        ("th", "太行农业科技大学", "太行市", "穆青", "19900000202", 36.71, 112.98),
    )
)

_WORK_KINDS = ("paper", "patent", "project", "product")


def _doctor(index: int, paragraph: str) -> DoctorText:
    head, about, *lines = paragraph.split("\n")
    name, sex, born, college, discipline, title, hats, serves = head.split("|")
    directions, keywords, fields, wishes = about.split("|")
    rows = [line.split("|") for line in lines]
    days, hosts, *far = serves.split("/")
    university, college_name = _COLLEGES[college]
    return DoctorText(
        index=index,
        name=name,
        sex=sex,
        born=born,
        university=university,
        college=college_name,
        discipline=discipline,
        discipline_name=_DISCIPLINES[discipline],
        title=title,
        hats=tuple(hats.split()),
        directions=tuple(directions.split("；")),
        keywords=tuple(keywords.split()),
        works=tuple(WorkText(kind, t, int(year), text) for kind, year, t, text in _of_kinds(rows)),
        fields=tuple(fields.split()),
        wishes=tuple(wishes.split()),
        adjustable=index % 5 != 3,
        days=int(days),
        max_hosts=int(hosts),
        most_km=int(far[0]) if far else None,
        postings=tuple(row[1] for row in rows if row[0] == "posting"),
        interests=tuple(InterestText(BY_KEY[row[1]].index, row[2]) for row in rows if row[0] == "interest"),
        phone=f"1990001{1003 + index * 23:04d}",
    )


def _of_kinds(rows: list[list[str]]) -> list[list[str]]:
    return [row for row in rows if row[0] in _WORK_KINDS]


def _all(*blocks: str) -> tuple[DoctorText, ...]:
    paragraphs = [p for block in blocks for p in block.strip().split("\n\n")]
    return tuple(_doctor(index, paragraph) for index, paragraph in enumerate(paragraphs))


DOCTORS: tuple[DoctorText, ...] = _all(MINING, MATERIALS, CHEMISTRY, MACHINES, FARMING, OTHERS)
BY_NAME: dict[str, DoctorText] = {d.name: d for d in DOCTORS}
