"""Whatever an author does with the chips of a rule set, it can be shown again, and what was not touched stays."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicerules.checking import read_rule_set
from servicerules.chips import HOSTS, Chips, Refusal
from servicerules.lexicon import LANGUAGES
from servicerules.presets import preset_data, preset_names
from servicerules.sentences import Piece, sentence

from .strategies import rule_sets

SOME = settings(max_examples=40, suppress_health_check=list(HealthCheck))


def shown(data: Any) -> list[str]:
    """Every sentence of the data with what is wrong in it, in both languages."""
    found = []
    for language in LANGUAGES:
        chips = Chips(data, language)
        for path, node in chips.nodes():
            found += [sentence(node, chips.lexicon), *chips.wrong(path)]
            chips.additions(path, node)
    return found


def tried(piece: Piece, chips: Chips) -> list[str]:
    """What somebody may type or choose at a chip."""
    if piece.kind in ("number", "amount"):
        return [str(piece.low), str(piece.high), "3", "0.5", "-1", "三", "", str((piece.high or 0) + 1)]
    if piece.kind == "day":
        return ["2024-02-29", "2023-02-29", "明天"]
    return [*chips.options(piece), *(["新名称", "入企服务", "【】", ""] if piece.kind == "code" else [])]


def after(change: Any, *values: Any) -> Any:
    """The data after a change; None where it was refused, with words."""
    try:
        return change(*values)
    except Refusal as refusal:
        assert all(refusal.reasons) and refusal.reasons
        return None


def all_chips(chips: Chips) -> list[Piece]:
    return [piece for path, node in chips.nodes() for piece in chips.pieces(path, node) if piece.kind]


@pytest.mark.parametrize("name", preset_names())
def test_every_chip_of_a_preset_becomes_each_of_its_options(name: str) -> None:
    data = preset_data(name)
    chips = Chips(data, "zh")
    for piece in all_chips(chips):
        assert chips.chip(piece.kind, piece.path) == piece
        for value in tried(piece, chips):
            changed = after(chips.set, piece, value)
            if changed is not None:
                assert shown(changed)
    for path, node in chips.nodes():
        for offer in chips.additions(path, node):
            more = after(chips.add, offer.path)
            assert more is None or (shown(more) and more != data)
    for piece in all_chips(chips):
        for offer in chips.removals(piece.path):
            less = after(chips.remove, offer.path)
            assert less is None or (shown(less) and less != data)


@SOME
@given(rule_sets(), st.randoms())
def test_any_rule_set_can_be_written_on(data: Any, chance: random.Random) -> None:
    chips = Chips(data, chance.choice(LANGUAGES))
    assert shown(data) is not None
    for _ in range(6):
        pieces = all_chips(chips)
        piece = chance.choice(pieces)
        offers = [offer for path, node in chips.nodes() for offer in chips.additions(path, node)]
        less = chips.removals(piece.path)
        ways: list[Any] = [(chips.set, piece, chance.choice(tried(piece, chips) or ["1"]))]
        ways += [(chips.add, chance.choice(offers).path)] if offers else []
        ways += [(chips.remove, chance.choice(less).path)] if less else []
        ways += [(chips.with_rule,), *((chips.with_beside, word) for word in ("count", "indicators"))]
        changed = after(*chance.choice(ways))
        if changed is not None:
            shown(changed)
            chips = Chips(changed, chips.lexicon.language)


def test_a_rule_from_nothing() -> None:
    data: Any = {}

    def chips() -> Chips:
        return Chips(data, "zh")

    def put(kind: str, path: str, value: str) -> Any:
        return chips().set(chips().chip(kind, path), value)

    data = chips().with_rule()
    data = chips().add("rules[0].measure.count.lasting")
    data = put("number", "rules[0].measure.count.lasting", "2")
    data = chips().add("rules[0].short.exempt_under")
    data = put("number", "rules[0].short.exempt_under", "15")
    (rule,) = Chips(data, "zh").sketch.readable
    said = "每个自然月至少1次入企服务，每次不少于2天；必须；首尾不足15天的月份免核。"
    assert sentence(rule, chips().lexicon) == said
    data = put("number", "entries.grace_days", "10")
    assert data["entries"] == {"grace_days": 10}
    assert [each.label for each in chips().removals("rules[0].short.exempt_under")] == ["首尾不足…天免核"]
    assert read_rule_set({**data, "code": "x"}).rules == (rule,)


def test_a_value_out_of_limits_is_refused_with_the_limits() -> None:
    chips = Chips(preset_data("phd-service"), "zh")
    with pytest.raises(Refusal) as refused:
        chips.set(chips.chip("number", "rules[0].measure.count.lasting"), "400")
    assert refused.value.reasons == ["请填写0至366之间的数。"]


def test_a_rule_becomes_one_on_an_act() -> None:
    data: Any = Chips({}, "zh").with_rule()
    chips = Chips(data, "zh")
    data = chips.add("rules[0].of")
    chips = Chips(data, "zh")
    data = chips.set(chips.chip("head", "rules[0].of"), "action")
    chips = Chips(data, "zh")
    assert chips.wrong("rules[0]") == []
    assert sentence(chips.sketch.readable[0], chips.lexicon) == "在认定接收单位时，在服务的协议数量必须不少于1份。"


def test_a_name_of_ones_own() -> None:
    data = preset_data("academician-station")
    chips = Chips(data, "zh")
    data = chips.set(chips.chip("code", "rules[1].measure.count.activity"), "技术交底")
    assert data["names"]["activity-1"] == {"zh": "技术交底"}
    assert sentence(Chips(data, "zh").sketch.readable[1], Chips(data, "zh").lexicon).startswith(
        "每个自然年度至少1次技术交底"
    )
    data = chips.set(chips.chip("code", "term.phases[0].code"), "试用")
    chips = Chips(data, "zh")
    assert sentence(chips.sketch.readable[2], chips.lexicon) == "试用阶段至少2次入企服务；必须。"


def test_what_cannot_be_read_is_named_beside_its_rule() -> None:
    data = preset_data("phd-service")
    data["rules"][1]["measure"] = {"dayz": {}}
    chips = Chips(data, "zh")
    assert chips.sketch.readable[1] is None
    assert chips.wrong("rules[0]") == []
    assert chips.wrong("rules[1]") == ["请从所列各项中选择。"]
    assert [each["id"] for each in chips.remove("rules[1]")["rules"]] == ["monthly-visit", "host"]


def test_an_editor_of_hosts_alone() -> None:
    chips = Chips(Chips({}, "zh", HOSTS).with_rule(), "zh", HOSTS)
    assert [path for path, _ in chips.nodes()] == ["rules[0]"]
    assert set(chips.options(chips.chip("head", "rules[0].measure"))) == {"held"}
    assert set(chips.options(chips.chip("choice", "rules[0].of.action"))) == {"host"}
    assert set(chips.options(chips.chip("head", "rules[0].of"))) == {"action"}
    ((path, node),) = chips.nodes()
    assert [each.path for each in chips.additions(path, node)] == [
        "rules[0].when", "rules[0].measure.held[1]", "rules[0].measure.held[0].level",
    ]  # fmt: skip
    begun = chips.add("rules[0].when")
    assert begun["rules"][0]["when"] == [{"class": ["technology"]}]
    chips = Chips(begun, "zh", HOSTS)
    turned = chips.set(chips.chip("head", "rules[0].when[0]"), "not")
    assert turned["rules"][0]["when"] == [{"not": {"class": ["technology"]}}]
    with pytest.raises(LookupError):
        chips.set(chips.chip("head", "rules[0].measure"), "count")
    with pytest.raises(LookupError):
        chips.add("rules[0].waivable")
