"""The words of tables of doctors: headers met in forms, and what their choices mean."""

from officedata.tables import header_words

# For each field the headers met, in simplified characters; the first names the field in messages.
HEADERS = header_words("""
name: 姓名 专家姓名 科技人才 博士姓名 教师姓名 人才姓名 科技人才姓名
sex: 性别
birth: 出生年月 出生日期 出生年月日 生日
degree: 学位/毕业院校 学位及毕业院校 学历学位 学位 学历 最高学位 最高学历 学历/学位
graduated: 毕业院校 毕业学校 博士毕业院校 毕业院校及专业
title: 专业技术职务 职称 技术职称 专业技术职称 职务/职称 职称/职务 职务职称
university: 派出单位 选派单位 工作单位 所在单位 单位 所在高校 派出高校 高校 学校 所在学校 单位名称
college: 院系 学院 所在院系 所在学院 二级学院 二级单位 院(系) 部门
discipline: 学科 学科分类 所属学科 一级学科 二级学科 学科专业 从事学科 学科代码 专业 所学专业 从事专业
directions: 研究方向 主要研究方向 研究领域 专业方向 从事研究方向 专业特长 研究专长
keywords: 关键词 关键字
works: 代表性成果 主要成果 代表成果 科研成果 主要科研成果 学术成果 近五年成果 成果
papers: 代表性论文 论文 主要论文 发表论文
patents: 专利 授权专利 发明专利
projects: 科研项目 承担项目 主持项目 主要项目 项目
products: 产品 技术产品 新产品 成果转化
fields: 可服务领域 服务领域 可服务行业 擅长领域 技术领域 可服务产业 所属领域
wishes: 服务意向 意向企业 志愿 服务志愿 意向单位 第一志愿 第二志愿 第三志愿 拟服务企业
adjust: 是否服从调剂 服从调剂 调剂 是否同意调剂
days: 每月可服务天数 每月天数 可服务天数 月服务天数 每月服务天数 每月可投入天数
distance: 可服务距离 最远距离 最远服务距离 服务距离 可接受距离 可服务半径 服务半径 最远可前往
postings: 已承担的其他选派 其他选派 已承担选派任务 其他选派任务 是否承担其他选派
interests: 与企业的利益关系 利益关系 利益关联 利益冲突 与企业利益关系
phone: 手机 联系电话 电话 手机号 手机号码 联系方式
email: 邮箱 电子邮箱 电子信箱 E-mail email 电子邮件
contact: 手机/邮箱 手机及邮箱 电话/邮箱 联系电话及邮箱 手机、邮箱
""")
FILL = frozenset({"university", "college"})

# The kinds of works, and the words that head a list of them.
WORK_KINDS = {
    "patent": ("专利", "软件著作权", "软著", "品种权"),
    "paper": ("论文", "著作", "专著", "文章", "教材"),
    "project": ("项目", "课题", "基金"),
    "product": ("产品", "样机", "新品种", "配方", "成果转化", "装置", "成果", "奖"),
}
