"""`bin/manage judge`: what it prints, and what it says of files that are wrong."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from django.core.management import CommandError, call_command

from service.management.commands.judge import MOST_BYTES
from servicerules.case_reading import read_case_text
from servicerules.reading import WrongWords
from supervisor.state import ROOT

WORKED = sorted((ROOT / "docs/rules").glob("*.json"))


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("judge", *map(str, arguments), stdout=out)
    return out.getvalue()


def refused(*arguments: object) -> tuple[int, list[str]]:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value.returncode, str(caught.value).splitlines()


def written(folder: Path, **case: object) -> Path:
    file = folder / "case.json"
    file.write_text(json.dumps({"format": 1, **case}), encoding="utf-8")
    return file


def test_six_worked_files() -> None:
    assert len(WORKED) == 6
    schema = jsonschema.Draft202012Validator(json.loads(run("--schema", "case")))
    for file in WORKED:
        assert list(schema.iter_errors(json.loads(file.read_text(encoding="utf-8")))) == []
        answer = json.loads(run(file))
        assert answer["expected"]["unmet"] == []
        assert answer["format"] == 1


def test_the_answer_in_sentences(tmp_path: Path) -> None:
    service = {"id": "s", "starts_on": "2024-03-01", "ends_on": "2024-03-31"}
    visit = {"id": 1, "starts_on": "2024-03-05", "ends_on": "2024-03-06"}
    file = written(tmp_path, preset="laian-tech-deputy", services=[service], visits=[visit])
    assert run(file, "--text", "zh").splitlines()[1:4] == [
        "s 2024-03 monthly-days: 预警. 入企服务天数：2天；要求不少于7天。",
        "    现为2天，要求不少于7天，还差5天。",
        "    如有已完成但未登记的服务（5天），由人才办重新开放已锁定的月份后补登。",
    ]
    assert "days of visits: 2 days; asked for: at least 7 days." in run(file, "--text", "en")


def test_grades_and_pay_in_sentences() -> None:
    lines = run(ROOT / "docs/rules/pay.json", "--text", "zh").splitlines()
    assert lines[1:9] == [
        "s1 Y1: excellent (—)", "s1 Y2: qualified (—)", "s1 Y3: — (—)", "s1 Y4: excellent (—)",
        "s1 Y1: 84000", "s1 Y2: 100000", "s1 Y3: —", "s1 Y4: 0",
    ]  # fmt: skip


def test_an_unknown_word_is_refused_by_name(tmp_path: Path) -> None:
    rules = {"code": "x", "rules": [{"id": "r", "measure": {"dayz": {}}, "must": {"least": 1}}]}
    status, lines = refused(written(tmp_path, rule_set=rules, visitz=[]))
    assert (status, len(lines)) == (2, 2)
    assert lines[0].startswith("“visitz”：没有“visitz”这个词，是否应为“visits”？")
    assert lines[1].startswith("“rule_set.rules[0].measure.dayz”：没有“dayz”这个词，是否应为“days”？")


def test_an_expectation_of_a_record_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    status, lines = refused(written(tmp_path, preset="phd-service", expect=[{"record": "v9"}]))
    told = "“expect[0].record”：没有编号为“v9”的记录。 / “expect[0].record”: there is no record “v9”."
    assert (status, lines) == (2, [told])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    none = tmp_path / "none.json"
    assert refused(none) == (2, [f"没有“{none}”这个文件。 / There is no file “{none}”."])
    folder = f"“{tmp_path}”是文件夹，请写明其中的文件。 / “{tmp_path}” is a folder; name a file in it."
    assert refused(tmp_path) == (2, [folder])
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": 1,', encoding="utf-8")
    assert refused(broken) == (2, ["不是有效的 JSON：第1行第14列。 / This is not JSON: line 1, column 14."])
    assert refused()[0] == 2


DEEP, LONG = "[" * 100_000, "9" * 6_000
STRANGE: dict[str, bytes] = {
    "not_json": b"", "json_too_deep": DEEP.encode(), "number_too_long": f'{{"format": {LONG}}}'.encode(),
    "not_unicode": '{"title": "标题"}'.encode("gbk"), "word_twice": b'{"format": 1, "format": 1}',
    "not_an_object": b"null", "not_a_text": b'{"format": 1, "preset": "phd-service", "title": "\\ud800"}',
    "unknown_word": b'{"format": 1, "preset": "phd-service", "\\ud800": 1}',
    "not_an_amount": b'{"format": 1, "preset": "phd-service", "given": [{"indicator": "score", "value": NaN}]}',
}  # fmt: skip


@pytest.mark.parametrize("code", STRANGE)
def test_a_strange_file_is_refused_in_one_sentence(code: str, tmp_path: Path) -> None:
    file = tmp_path / "strange.json"
    file.write_bytes(STRANGE[code])
    status, lines = refused(file)
    assert (status, len(lines)) == (2, 1)
    assert lines[0].encode()
    with pytest.raises(WrongWords) as caught:
        read_case_text(STRANGE[code])
    assert [each.code for each in caught.value.reasons] == [code]


def test_a_file_of_any_size_is_refused_without_reading_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with file.open("wb") as opened:
        opened.truncate(MOST_BYTES * 100)
    assert refused(file) == (
        2, [f"“{file}”超过32 MB，案例不会这么大。 / “{file}” has more than 32 MB; no case is that large."],
    )  # fmt: skip


def test_a_file_with_a_mark_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "marked.json"
    file.write_bytes(b"\xef\xbb\xbf" + b'{"format": 1, "preset": "phd-service"}')
    assert json.loads(run(file))["rule_set"] == {"code": "phd-service", "version": 1}


def test_what_came_out_otherwise(tmp_path: Path) -> None:
    file = written(tmp_path, preset="phd-service", expect=[{"warning": "parts_fall_short", "given": False}])
    assert refused(file) == (1, ["1 of what the case expects came out otherwise."])


def test_it_needs_no_servers(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environ["TALENTLINK_STATE"] = str(tmp_path / "state")
    command = [sys.executable, "-m", "supervisor", "manage", "judge"]
    for file, status in ((WORKED[0], 0), (written(tmp_path, preset="nothing"), 2)):
        done = subprocess.run([*command, file], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        assert (done.stdout == "") == (status == 2)
    assert list((tmp_path / "state").rglob("PG_VERSION")) == []
