"""Words that say nothing about what a text is about."""

_PARTICLES = """
的 了 和 与 及 或 在 是 对 为 以 将 从 由 于 被 把 并 而 且 等 其 该 此 这 那 有 无 不 也 都 就 又 很 更 最 可
能 会 要 需 使 让 给 用 向 到 至 之 者 所 中 上 下 内 外 前 后 时 我 我们 你 他 她 它 们 以及 通过 进行 针对
关于 基于 对于 由于 因此 因为 所以 但是 目前 现在 当前 同时 其中 以上 以下 左右 之间 方面 情况 过程 过程中 使用
利用 采用 具有 存在 需要 要求 希望 能够 可以 实现 达到 满足 解决 提供 开展 形成 建立 具备 拥有 包括 主要 一种
一个 一定 一些 各种 多种 不同 相关 有关 如何 怎样 什么 非常 比较 较 较大 较高 较低 已经 目标 预期 拟 已 则 如 若
即 还
"""
# Words every need and every work has.
_COMMON = """
研究 技术 方法 问题 需求 企业 公司 我公司 我司 本公司 项目 产品 生产 开发 研发 应用 工作 内容 指标 方案 方式
领域 行业 国内 国外 国内外 市场 提高 提升 降低 减少 改善 改进 优化 增加 关键 核心 创新 先进 有效 有限公司
有限责任公司 及其 机理 探索 分析 设计 系统 制备 工艺 性能 影响 作用 机制 理论 特性 特征 规律 关系 基础 支持 合作
专家 高校 团队 人员 人才 资金 投入 万元 效益 经济 社会 水平 质量 成本 效率
产品质量 生产效率 生产成本 经济效益 社会效益 新产品 新技术 科技 企业现有 现有 现状
"""
_LATIN = """
the of and in to for on with by from at an as is are was were be been this that these those it its we our their
which or not can has have using based study research via into between under new used use
"""
HAN = frozenset((_PARTICLES + _COMMON).split())
LATIN = frozenset(_LATIN.split())

# What a form asks, not what an enterprise answers; patterns.
_HEADINGS = """
需求内容 需求名称 需求描述 需求概述 需求背景 需求情况 需求目标 技术需求 主要问题 存在问题 存在的问题 问题描述
拟解决的?(?:关键)?(?:技术)?问题 希望解决的?(?:技术)?[问难]题 预计解决的方向、方式 技术难题 技术难点
技术关键 关键技术 技术指标 主要指标 考核指标 经济指标 技术经济指标 预期目标 预期效果 预期要?达到的? 达到目标
质量要求 现有工作基础 现有基础 工作基础 研究基础 已有基础 合作方式 合作意向 解决方式 投入资金 资金投入 资金需求
拟投入 预算 完成时限 需求时限 背景介绍 项目背景 主要内容 研究内容 企业简介 公司简介 基本情况
"""
HEADINGS = "|".join(_HEADINGS.split())
