"""Rules as files of JSON."""

import json
import time
from typing import Any

import pytest
from django.utils import translation

from core.errors import Refused
from programmes.models import RuleSet
from programmes.rule_files import file_of, rules_from_file
from servicerules import preset_data, preset_names, read_rule_set

GOOD: dict[str, Any] = {
    "code": "yq",
    "version": 3,
    "rules": [{"id": "whole", "measure": {"days": {}}, "must": {"least": 24}}],
}


def refusal(content: bytes) -> tuple[str, list[str]]:
    with translation.override("en"), pytest.raises(Refused) as caught:
        rules_from_file(content)
    return caught.value.code, [caught.value.message, *caught.value.reasons]


@pytest.mark.parametrize("name", preset_names())
def test_a_file_is_read_as_it_was_written(name: str) -> None:
    data = preset_data(name)
    written = file_of(data)
    assert read_rule_set(rules_from_file(written)) == read_rule_set(data)
    assert file_of(rules_from_file(written)) == written


@pytest.mark.django_db
def test_the_order_of_a_file_is_that_of_the_language_also_after_the_database() -> None:
    stored = RuleSet.objects.create(code="yq", version=3, name="x", data=GOOD)
    stored.refresh_from_db()
    assert file_of(stored.data).decode() == (
        '{\n  "code": "yq",\n  "rules": [\n    {\n      "id": "whole",\n      "measure": {\n'
        '        "days": {}\n      },\n      "must": {\n        "least": 24\n      }\n    }\n  ],\n  "version": 3\n}\n'
    )


def test_rules_of_older_releases_are_read_and_written_in_the_language_of_today() -> None:
    old = json.dumps({"code": "old", "version": 1, "term_min_days": 40}).encode()
    found = rules_from_file(old)
    assert [rule["id"] for rule in found["rules"]] == ["month-visits", "term-days"]
    assert found["rules"][1]["must"] == {"least": 40}


def test_a_draft_that_cannot_be_read_is_written_by_name() -> None:
    assert file_of({"rules": 1, "a": [2]}) == b'{\n  "a": [\n    2\n  ],\n  "rules": 1\n}\n'


NASTY = [
    (b"[" * 100_000, "The file is nested more than 50 levels deep."),
    (b'{"rules": ' + b"[" * 60 + b"]" * 60 + b"}", "The file is nested more than 50 levels deep."),
    (b'{"rules": NaN}', "The file is no JSON: NaN is no number"),
    (b'{"rules": -Infinity}', "The file is no JSON: -Infinity is no number"),
    (b'{"rules": [], "rules": []}', "The file is no JSON: the word “rules” is given twice"),
    (b"\xff\xfe{}", "The file is not written in UTF-8."),
    (b"[]", "Rules are one object of JSON."),
    (b"", "The file is no JSON: look at line 1, character 1."),
]


@pytest.mark.parametrize(("content", "said"), NASTY)
def test_a_nasty_file_is_refused(content: bytes, said: str) -> None:
    assert refusal(content) == ("not_json", [said])


@pytest.mark.parametrize("content", [b'{"rules": ["\\u0000"]}', b'{"rules": ["\\ud800"]}', b'{"rules": 1e999}'])
def test_what_no_database_can_keep_is_refused(content: bytes) -> None:
    code, said = refusal(content)
    assert (code, len(said)) == ("not_json", 1)


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    assert refusal(b'{"rules": ' + b"9" * 10_000 + b"}")[0] == "not_json"


def test_a_file_that_is_too_large_is_refused() -> None:
    assert refusal(b" " * 200_001) == ("too_large", ["The file is too large: at most 200 KB are read."])


def test_every_wrong_word_is_named_by_its_place_and_its_path() -> None:
    bad = {**GOOD, "colour": 1, "rules": [{"id": "whole", "measure": {"dayz": {}}, "must": {"least": "x"}}]}
    code, said = refusal(json.dumps(bad).encode())
    assert code == "rules_wrong"
    assert [sentence.partition("”")[0].lstrip("“") for sentence in said] == [
        "colour", "rule 1 (rules[0].measure.dayz)", "rule 1, at least how much (rules[0].must.least)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"code": "x", "rules": [], "version": ' + b"9" * 400 + b"}", "a number has more than 30 digits"),
        (b'{"code": "x", "rules": [], "version": ' + b"9" * 5000 + b"}", "a number has more than 30 digits"),
        (b'{"code": "x", "rules": [], "\\ud800": "\\ud800"}', "\\ud800: a character that cannot be stored"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "the word “\\ud800” is given twice"),
    ],
)
def test_what_no_page_could_show_is_refused_in_words_that_it_can(content: bytes, told: str) -> None:
    code, said = refusal(content)
    assert (code, said) == ("not_json", [f"The file is no JSON: {told}"])
    assert "".join(said).encode()


def test_a_word_that_looks_like_the_number_of_an_item_is_named() -> None:
    code, said = refusal(json.dumps({**GOOD, "rules[" + "9" * 5000 + "]": 1}).encode())
    assert (code, len(said), "9" * 50 in said[0]) == ("rules_wrong", 1, True)


def test_of_very_many_wrong_words_the_first_are_named() -> None:
    code, said = refusal(json.dumps({**GOOD, **{f"rulez{number}": 1 for number in range(10_000)}}).encode())
    assert (code, len(said), said[-1]) == ("rules_wrong", 51, "… and 9950 more.")


def test_a_word_given_twice_among_thousands_is_found_without_delay() -> None:
    many = ",".join(f'"{number:x}":1' for number in range(19_000))
    before = time.process_time()
    assert refusal(("{" + many + ',"4a37":2}').encode())[0] == "not_json"
    assert time.process_time() - before < 1
