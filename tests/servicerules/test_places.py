"""A path of the data in the words of the author."""

from typing import Any

import pytest

from servicerules import LANGUAGES, WrongWords, lexicon_of, read_rule_set, wrong_in_words
from servicerules.grammar import parts_of
from servicerules.language import Rule
from servicerules.places import place_in_words
from tests.servicerules.test_words import PARTS, node_types


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_language_has_a_name(language: str) -> None:
    nodes = [*node_types(), Rule, *PARTS]
    words = {part.word for node in nodes for part in parts_of(node)}
    named = lexicon_of(None, language).words["steps"]
    assert words - set(named) == set()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("rules[1].else[0]", "第2条规则，未达标时的第1项处理"),
        ("rules[0].measure.count.lasting", "第1条规则，每次最少天数"),
        ("rules[2].measure.total[1].days.activity", "第3条规则，合计的第2项，哪一类服务"),
        ("rules[0].measure.dayz", "第1条规则"),
        ("term.phases[0].months", "服务期，第1个阶段，月数"),
        ("count[3].weight", "第4类计入的服务，一天计多少"),
        ("colour", ""),
    ],
)
def test_a_path_in_words(path: str, said: str) -> None:
    assert place_in_words(path, lexicon_of(None, "zh")) == said


def wrong(**changed: Any) -> WrongWords:
    rule = {"id": "days", "measure": {"days": {}}, "must": {"least": 30}, **changed}
    with pytest.raises(WrongWords) as caught:
        read_rule_set({"code": "x", "rules": [rule]})
    return caught.value


def test_an_author_reads_where_and_what_without_the_words_of_the_data() -> None:
    missing = wrong(**{"else": [{"grade_at_best": "good"}]})
    assert wrong_in_words(missing, "zh")[0] == (
        "第1条规则，未达标时的第1项处理，最高等次：评定等次中没有“良好”这个等次（现有：无）。"
    )
    assert wrong_in_words(wrong(must={"least": -1}), "zh") == ["第1条规则，不少于多少：请填写0至10亿之间的数。"]


def test_a_word_that_does_not_exist_is_named_with_those_that_do() -> None:
    said = wrong_in_words(wrong(measure={"dayz": {}}), "zh")[0]
    assert said.startswith("“第1条规则”：没有“dayz”这个词，是否应为“days”？")


def test_whoever_mends_a_file_reads_the_path_besides() -> None:
    said = wrong_in_words(wrong(must={"least": -1}), "zh", paths=True)
    assert said == ["“第1条规则，不少于多少（rules[0].must.least）”应在0至10亿之间。"]
