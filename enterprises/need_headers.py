"""The words of tables of needs: headers met in published forms, and what their choices mean."""

from officedata.tables import header_words

# For each field the headers met, in simplified characters; the first names the field in messages.
HEADERS = header_words("""
enterprise: 企业名称 单位名称 机构全称 需求单位 需求企业 公司名称 派驻企业 接收单位 服务单位 机构名称 企业全称
    单位全称 企业(单位)名称 申报单位 发榜单位 需求方 需求方名称 填报单位
credit_code: 统一社会信用代码 社会信用代码 信用代码 组织机构代码 机构代码
district: 所在地域 所属县区 所属区县 所在县区 所在区县 县(市、区) 县市区 区县 县区 属地 所在地 所属地区
address: 通讯地址 企业地址 单位地址 地址 联系地址
industry: 需求技术应用行业 应用行业 所属行业 行业类别 行业代码 国民经济行业
products: 企业主要产品 主要产品 主营产品 主营业务
qualification: 资质 企业资质 资质情况 企业类型
contact: 联系人 企业联系人 联系人姓名 负责人 项目负责人 技术负责人 需求联系人
phone: 手机 联系电话 联系方式 电话 手机号 手机号码 联系手机 移动电话 固定电话 座机 办公电话
contact_phone: 联系人/电话 联系人及电话 联系人及联系方式 联系人及联系电话 联系人和联系方式 联系人、联系方式
    联系人与电话
title: 需求名称 技术需求名称 技术难题名称 难题名称 项目名称 榜单名称 需求题目 需求标题 课题名称 技术需求题目
    揭榜项目名称 技术需求项目名称 需求项目名称 技术难题 难题 需求项目
kind: 需求类型 需求类别 需求种类
problem: 现状与问题 现状 主要问题 技术难题背景 存在问题 需求内容 难点 问题描述 技术难题问题描述 现状及问题
    技术需求内容 技术需求概述 技术需求描述 需求描述 需求概述 难题描述 难题背景 需求背景 背景 技术难点
    希望解决的技术难题 希望解决的技术难题及预算 拟解决的问题 具体需求 需求简介 技术需求简介 难题内容 主要内容
    技术需求情况 技术难题问题 技术背景 研究内容
goal: 技术目标内容 技术目标 榜单内容 揭榜内容 攻关内容
target: 关键指标 预期目标 技术指标 主要指标 考核指标 技术关键 达到目标 质量要求 主要技术指标 关键技术指标
    预期指标 预期成果 技术要求 所需关键技术 经济技术指标 预期效果 拟达到的目标 绩效目标
basis: 已有基础 现有工作基础 工作基础 现有基础 研究基础 前期基础 前期工作基础
conditions: 可提供条件 可提供的条件 提供条件 支持条件 企业可提供条件 可提供的支持
keywords: 关键字 关键词
money: 拟投入资金 资金需求总额 拟投入自有资金总额 预算 榜单金额 悬赏金额 资金投入 拟投入金额 拟投入经费 经费预算
    项目预算 投入资金 意向金额 揭榜金额 拟投入总额 计划投入
way: 合作方式 技术需求解决方式 解决方式 意向合作方式 拟合作方式 合作模式 合作形式
period: 需求时限 期限 完成时限 时限 起止年限 起止时间 完成时间 需求期限 实施期限 起止日期
field: 所属领域 产业领域 需求技术所属领域 技术领域 所属技术领域 所属产业 应用领域 行业领域 领域
discipline: 学科分类 需求学科 学科 所需学科 专业要求 学科专业 所需专业 学科领域
days: 每月服务天数 每月需服务天数 每月需要天数 要求每月服务天数 每月到企天数 每月入企天数 每月驻企天数 月服务天数
distance: 距离要求 最远距离 距离限制 服务距离 高校距离 最远服务距离 与高校距离
requirements: 对专家的要求 对揭榜方的条件要求 对揭榜方要求 揭榜方要求 专家要求 对博士的要求 人才要求
    对合作方的要求 对专家要求
rights: 产权归属 知识产权归属 成果归属
visibility: 是否公开 公开范围 是否同意公开 是否愿意公开
""")
# Cells merged over several rows are meant for each of these rows; a title or a problem never is.
FILL = frozenset(
    {
        "enterprise",
        "credit_code",
        "district",
        "address",
        "industry",
        "products",
        "qualification",
        "contact",
        "phone",
        "contact_phone",
    }
)

# The words of the Need model, and what people write for them. The first that fits wins.
KINDS = {
    "technology": ("技术", "难题", "攻关"),
    "talent": ("人才",),
    "result_transfer": ("成果",),
    "training": ("培训",),
    "platform": ("平台",),
}
WAYS = {
    "commissioned": ("委托",),
    "transfer": ("转让", "许可", "引进", "购买"),
    "consulting": ("咨询", "顾问", "技术服务"),
    "joint": ("合作", "联合", "共同", "产学研", "共建"),
    "other": ("入股", "独立", "自主", "其他", "其它", "不限"),
}
