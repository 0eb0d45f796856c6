"""Needs posted through the web form in the last weeks, beside those of the survey."""
# ruff: noqa: E501  (one text, one line)

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FreshNeed:
    """`host` is the number of a host's story, else `enterprise` the short name of an enterprise."""

    title: str
    problem: str
    target: str
    state: str
    days_ago: int
    host: int | None = None
    enterprise: str = ""
    basis: str = ""
    keywords: str = ""
    discipline: str = ""
    field: str = ""
    kind: str = "technology"
    budget: tuple[int, int] | None = None
    days: int | None = None
    most_km: int | None = None


FRESH: tuple[FreshNeed, ...] = (
    FreshNeed(
        "隧道窑余热用于坯体干燥的分段调湿",
        "新窑投产后坯体干燥用的是窑尾余热，冬季进风温度低、湿度变化大，大规格砖坯边角裂纹从3%涨到9%。现在靠老师傅看表调风门，夜班和白班差别很大。",
        "大规格坯体干燥裂纹率降到3%以下；干燥周期由96小时缩短到72小时；风门和湿度能按坯型自动给定。",
        "published",
        11,
        host=0,
        basis="两条干燥道已装温湿度测点24个，近一年曲线可提供。",
        keywords="隧道窑 余热 干燥 裂纹 湿度控制",
        discipline="43045",
        field="新材料",
        budget=(60, 90),
        days=3,
        most_km=120,
    ),
    FreshNeed(
        "低碳镁碳砖抗氧化剂替代方案",
        "客户要求碳含量降到5%以下，原来用的金属铝粉加多了砖发脆，加少了脱碳层能到6 mm。试过碳化硼，成本一吨多出四百多元，接受不了。",
        "碳含量≤5%时脱碳层≤3 mm；1400℃高温抗折强度≥10 MPa；每吨原料成本增加不超过150元。",
        "published",
        9,
        host=1,
        keywords="镁碳砖 低碳 抗氧化剂 脱碳层",
        discipline="43045",
        field="新材料",
        budget=(40, 60),
    ),
    FreshNeed(
        "矿井水处理站药剂投加自动控制",
        "来水浊度一天里从200到2000 NTU来回跳，混凝剂靠人工调，出水时好时坏，药剂费每月多花四五万。",
        "出水浊度稳定在3 NTU以下；药剂用量下降20%；无人值守连续运行30天。",
        "published",
        7,
        host=2,
        keywords="矿井水 混凝 自动控制 浊度",
        discipline="61030",
        field="资源与环境",
        budget=(30, 50),
    ),
    FreshNeed(
        "纳米碳酸钙表面改性剂国产化",
        "现用的改性剂依赖外购，供货周期六周，吸油值批次间波动大，下游胶料客户投诉两次。希望找到能在本厂碳化釜直接加入的替代配方。",
        "吸油值≤26 g/100 g且批次偏差≤1；活化度≥98%；成本不高于现用品的85%。",
        "submitted",
        3,
        enterprise="净岚",
        keywords="纳米碳酸钙 表面改性 吸油值",
        discipline="53034",
        field="新材料",
        budget=(50, 80),
    ),
    FreshNeed(
        "谷子联合收获损失大、含杂高",
        "合作社今年种了4200亩谷子，联合收割机割台掉穗、清选带壳，测下来总损失7%到11%，含杂超过5%，粮站要扣秤。驾驶员说是转速和筛片的事，怎么调没有准数。",
        "总损失率≤4%，含杂率≤2%；给出不同含水率下的转速、风量、筛孔组合表，驾驶员能照着调。",
        "submitted",
        2,
        host=11,
        keywords="谷子 联合收获 损失率 清选",
        most_km=80,
        discipline="41650",
        field="现代农业",
    ),
    FreshNeed(
        "连翘叶茶杀青后苦涩味重",
        "去年试做连翘叶茶两吨，杀青温度高了发焦，低了青草气和苦味压不住，客商退了一半。",
        "感官评分≥85分，苦涩味明显降低，有效成分保留80%以上，形成一份操作规程。",
        "submitted",
        2,
        host=12,
        keywords="连翘叶 杀青 苦涩味",
        days=2,
        discipline="55020",
        field="现代农业",
        budget=(10, 20),
    ),
    FreshNeed(
        "液压支架立柱激光熔覆层剥落分析",
        "去年修复的立柱里有17根在井下半年就起皮，送检说是结合面有气孔，但同一批参数的另一些用了两年没事。想弄清原因，把工艺窗口定下来。",
        "给出失效原因报告；熔覆层结合强度≥380 MPa，盐雾≥96 h；一次合格率由88%提高到97%。",
        "submitted",
        1,
        enterprise="泉西安信",
        keywords="激光熔覆 立柱 剥落 结合强度",
        discipline="43020",
        field="先进制造",
        budget=(30, 45),
    ),
    FreshNeed(
        "想请专家来讲讲安全",
        "想请懂行的老师来给工人讲讲安全方面的东西。",
        "",
        "submitted",
        1,
        enterprise="聚泰",
        kind="training",
    ),
    FreshNeed(
        "铝矾土均化堆场取料成分波动",
        "三个矿点的铝矾土混着进场，取料时Al₂O₃含量一天能差6个点，后面压砖密度跟着跑。",
        "",
        "returned",
        6,
        host=0,
        keywords="铝矾土 均化 取料",
        discipline="44040",
        field="新材料",
    ),
    FreshNeed(
        "窑车下部密封改造",
        "窑车砂封漏风严重，窑内负压不稳，煤气消耗比同行高。",
        "单位产品煤气消耗下降8%。",
        "draft",
        4,
        host=0,
        field="新能源与高效节能",
    ),
)
