"""The texts of the service year: the hosts' stories, and what is said when things go otherwise."""

from demo.doctors import BY_NAME
from demo.enterprises import BY_KEY
from demo.needs import NEEDS
from demo.texts import HostStory, OutcomeText, StopText, VisitText
from demo.visits_agriculture import AGRICULTURE
from demo.visits_technology import TECHNOLOGY

_NEED_BY_TITLE = {n.title: n for n in NEEDS}


def _story(paragraph: str) -> HostStory:
    head, *lines = paragraph.split("\n")
    key, title, doctors, project = head.split("|")
    host, need, names = BY_KEY[key], _NEED_BY_TITLE[title], tuple(doctors.split())
    unknown = [name for name in names if name not in BY_NAME]
    if need.enterprise != host.index or unknown:
        raise ValueError(f"{key}: the need is another's, or nobody knows {unknown}")
    rows = [line.split("|") for line in lines]
    return HostStory(
        enterprise=host.index,
        need=need.index,
        category=host.category,
        theme=need.theme,
        doctors=names,
        project=project,
        visits=tuple(VisitText(*row[1:]) for row in rows if row[0] == "visit"),
        outcomes=tuple(OutcomeText(row[1], row[2], row[3], row[4], int(row[5])) for row in rows if row[0] == "outcome"),
    )


HOSTS: tuple[HostStory, ...] = tuple(
    _story(paragraph) for block in (TECHNOLOGY, AGRICULTURE) for paragraph in block.strip().split("\n\n")
)

# The host whose service ends early, as an index of HOSTS.
STOPPED = next(i for i, story in enumerate(HOSTS) if story.enterprise == BY_KEY["锐焊"].index)

STOP = StopText(
    month=6,
    application="我公司因开发区地块调整，七月起整体搬迁，工作站全部拆装，预计停产七个月以上。现场不具备试验条件，博士来了也无事可做，申请提前终止本期服务协议，已形成的软件和参数请予移交。",
    doctor="情况属实。第一阶段路径规划与打底跟踪已完成，第二阶段多层焊缺少现场，同意终止。已整理代码、参数表和说明书，并培训两名工程师。",
    university="已与本人和企业核实，尊重企业意见。该同志后续可作为候补派出，请按实际服务天数计算考核目标。",
    decision="经核实搬迁文件和服务记录，同意终止。全年目标按实际服务期折算，已完成成果照常登记，候补博士暂不启用，企业复产后可重新点单。",
)
STOP_REASON = "企业整体搬迁、停产七个月以上，申请提前终止；博士和学校均无异议，全年目标按实际服务期折算。"

# For months with more visits than the story tells.
FOLLOW_UPS: tuple[VisitText, ...] = tuple(
    VisitText(*row.split("|"))
    for row in """
带回上次样品的检测结果，和技术部逐项对照，找出两处取样不一致。|统一了取样位置和留样办法。|按新办法补测一组。
随夜班一个班次，记录设备启停和操作习惯。|发现交接班前后半小时波动最大。|把交接要点写到班前会内容里。
给车间技术员集中讲了一上午原理，下午到岗位逐台看。|技术员能自己判断三种常见异常。|下次带题目来考一考。
与采购、质检一起核对进厂原料批次记录。|查清两批异常来自同一供货点。|建议增加一项进厂快检。
处理一次突发停机，到现场看拆下来的部件并拍照取样。|初步判断是润滑不良，不是设计问题。|送样做进一步分析。
整理近三个月数据，画趋势图，同主管副总当面汇报一次。|确定下一阶段只保留两个变量。|试验计划改为每周一轮。
陪同企业接待用户来访，解答技术问题。|用户同意延长试用期。|收集用户工况数据。
核对试验台账，补齐漏记的参数，改了记录表。|台账从14项精简到9项，工人愿意填。|一个月后看效果。
与设备厂家三方会，敲定改造图纸中的接口尺寸。|避免一处返工。|盯交货期。
检查上次建议的落实情况，七项落实了五项。|没落实的两项是缺备件，重新排了时间。|月底前到货再装。
帮企业修改项目申报书的技术路线和指标部分。|指标由定性改成可考核的数字。|报主管部门前再通读一遍。
带两名研究生到厂实习，布置测绘和取样任务。|完成现场布点图一张。|研究生驻厂两周，按周汇报。
对照国家和行业标准清理企业标准里过时的条款。|删去四条、改写六条。|送检测机构征求意见。
复测关键尺寸和性能，与首次结果比对重复性。|重复性满足要求，可以下结论。|准备阶段小结。
参加企业周例会，听销售反馈客户意见三条。|两条属使用方法问题，写了说明页。|另一条列入试验。
查阅文献并把三种可选路线的成本、风险列成表，当面讲清利弊。|企业选定第二种路线。|按路线编制物料清单。
检查安全措施，试验区加装联锁和警示。|试验许可一次办成。|试验时安全员全程在场。
与邻近同类企业交流一次，看对方做法。|借来一套夹具图纸，省了设计时间。|回厂试用。
给检验员做比对测试，六人同测一批样。|找出两人读数偏大，已纠正。|每季度做一次比对。
协助新到设备的安装调试，验收指标逐条签字。|按期验收，发现一处接地不良已改。|转入正式试验。
""".strip().split("\n")
)


def log(turn: int, number: int) -> VisitText:
    """What the visit `number` (from 0) to the host `turn` of HOSTS says.

    Two entries of the story, then one of the common ones, until the story is told; no text comes twice in 28 visits.
    """
    story = HOSTS[turn].visits
    rounds, place = divmod(number, 3)
    told = 2 * rounds + place
    if place < 2 and told < len(story):
        return story[told]
    return served_log(turn, number - min(told, len(story)))


def served_log(turn: int, number: int) -> VisitText:
    """What the visit `number` (from 0) says that tells no part of the story, as at a further enterprise."""
    return FOLLOW_UPS[(turn * 7 + number) % len(FOLLOW_UPS)]


CONFIRM_REMARKS: tuple[str, ...] = (
    "属实，干得实在。",
    "两天都在现场，情况属实。",
    "属实。建议下次提前一天通知，好安排人配合。",
    "确认。车间反映讲得明白。",
    "属实，数据已收到。",
    "确认，问题有进展。",
    "属实。希望夜班也来看看。",
    "同意确认，补充：第二天下午在化验室。",
)

DISPUTE_REASONS: tuple[str, ...] = (
    "日志写3日、4日两天，门岗登记只有3日一天，请核实。",
    "当天我公司停产检修，没有接待记录。",
    "工作内容写的是另一条生产线，与我公司设备不符。",
    "来的是研究生，博士本人没到。",
    "第二天是线上会议，不应按入企算。",
)

# Causes that are granted, and how.
WAIVER_REASONS: tuple[str, ...] = (
    "本月随队出国参加学术会议并短期访问，机票行程单附后，无法到企业。",
    "突发阑尾炎手术住院，出院小结附后，医嘱休息三周。",
    "企业本月整月停炉大修，厂区封闭施工，企业出具说明。",
    "暴雨冲毁进山道路，县里封路二十天，通告附后。",
    "陪产假与护理假连续二十天，学校人事处证明附后。",
)
WAIVER_GRANTED: tuple[str, ...] = (
    "情况属实，同意豁免，余下天数请在后几个月补足。",
    "同意豁免，祝早日康复。",
    "企业已证明，同意豁免。",
    "属不可抗力，同意豁免。",
    "符合规定，同意豁免。",
)

# Causes that are not granted, with the answer.
WAIVER_REFUSALS: tuple[tuple[str, str], ...] = (
    ("学期末监考和阅卷任务集中，抽不出两天整块时间。", "教学安排可提前协调，不属于规定事由，不同意。"),
    ("本人参加评审专家会，会期三天。", "会期只占三天，当月仍可安排入企，不同意。"),
)

DECLINE_REASONS: tuple[str, ...] = (
    "本学年已承担另一个企业的服务，每月能出的天数已满，怕两头都顾不好。",
    "九月起赴外校访学半年，时间冲突，建议派组里另一位老师。",
    "需求的重点是设备改造，我的方向偏材料机理，建议派做装备的老师。",
    "我曾为该企业的竞争对手做过横向课题，保密期未满，按规定应当回避。",
    "企业离学校单程五个多小时，孩子小，难以保证每月两天。",
    "本人已答应担任驻村工作，组织上要求不再兼任其他选派。",
)

RETURN_REASONS: tuple[str, ...] = (
    "目标里没有可以衡量的数字，请补充现在是多少、希望到多少。",
    "一条里写了三个问题，请拆成三条分别提交。",
    "写的是贵公司产品介绍，不是需求，请说明卡在哪里。",
    "与上月提交的一条内容相同，请确认是否重复。",
    "联系电话打不通，请更正后再提交。",
    "预算单位像是“元”，请核对是不是万元。",
)

OVERRIDE_REASONS: tuple[str, ...] = (
    "高新技术企业证书正在复审公示期，公示结果附后，按有效对待。",
    "县里唯一的中药材加工龙头，带动药农两千余户，经办公会研究同意。",
    "企业更名后资质变更手续在办，登记机关已出具受理通知。",
)

# One remark a visit sheet, taken in turn.
SURVEY_REMARKS: tuple[str, ...] = (
    "董事长、总工参加座谈，带看了车间，介绍情况具体。",
    "生产副总接待，厂里正忙订单，谈了一个多小时。",
    "企业此前没有和高校合作过，担心专家来一次就不见了。",
    "技术部提前列了问题清单，现场逐条过了一遍。",
    "企业愿意配套资金，希望先小试再谈合同。",
    "企业反映最大的困难是招不到人，技术问题排在其次。",
    "看了两条生产线和化验室，数据台账保存得好。",
    "负责人在外地，由办公室主任代为介绍，后来电话补充了指标。",
    "企业去年和外省院所合作过一次，效果一般，这次要求写明来几天。",
    "座谈中提到三个问题，经商量合并成一个先做。",
    "现场粉尘较大，企业主动提出要治理。",
    "老板自己懂技术，提的指标很硬。",
    "企业希望博士能住厂，有单独宿舍和食堂。",
    "提供了两年的生产数据，同意用于匹配分析，不对外公开。",
    "企业问费用谁出，已把政策当面解释清楚。",
    "合作社理事长和几位社员一起参加，话说得实在。",
    "需求名称是现场帮着改的，原来写得太大。",
    "企业对保密有顾虑，选择只对高校公开。",
    "同去的市级部门现场答复了用地问题，技术需求另记。",
    "第二次上门，补齐了上次缺的目标数值。",
    "企业刚换了厂长，愿意把前任留下的难题摆出来。",
    "车间主任讲得比材料上清楚，已按口述整理。",
    "希望派一位年轻些、能跟班的博士。",
    "企业表示今年效益一般，经费先按下限报。",
)

_NOTHING_FOUND: dict[str, str] = {
    "福昌盛": "以煤炭发运和配煤为主，没有自己的加工环节，暂无技术需求，留了联系方式。",
    "泉包": "主要做炉衬砌筑施工，工艺成熟，目前缺的是熟练瓦工，不属于本次征集范围。",
    "晋垚": "检测机构，设备和人员够用，表示愿意为其他企业做检测，没有提出需求。",
    "同盛行": "贸易公司，无生产，暂无需求。",
    "泽诚": "贴牌生产日化用品，配方由委托方提供，暂无需求。",
    "聚石源": "两座窑已列入淘汰计划，年内关停，不再提出需求。",
    "百石": "小型石材加工，主要困难是订单不足，没有技术需求。",
    "万润达": "电梯维保服务，厂家负责技术支持，暂无需求。",
    "联铆": "按客户图纸加工，刚完成设备更新，今年暂不考虑合作。",
    "电易": "售电业务，只有六名员工，暂无需求，关注后续政策。",
    "花田里": "观光园以采摘为主，今年遭冰雹，先恢复生产，明年再议。",
    "香油坊": "作坊式生产，工艺稳定，业主暂无合作意愿。",
    "晶糖": "已与外省院校签有三年合作协议，正在执行，本次不再提出。",
}

# By index of the enterprise: why no need was found. None found is also a result.
NOTHING_FOUND: dict[int, str] = {BY_KEY[key].index: text for key, text in _NOTHING_FOUND.items()}


def remark(enterprise: int, found: bool) -> str:
    """What the visit sheet of the enterprise of this index remarks, by whether needs were found."""
    return SURVEY_REMARKS[enterprise % len(SURVEY_REMARKS)] if found else NOTHING_FOUND[enterprise]
