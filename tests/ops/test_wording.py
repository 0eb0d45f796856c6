"""bin/lib/wording.py on checkouts that break one rule each."""

import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.state import ROOT

PO = "locale/zh_Hans/LC_MESSAGES/django.po"
HEADER = 'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n'
LABEL = "from django.utils.translation import gettext as _, pgettext\n\nLABEL = {}\n"


def write(checkout: Path, name: str, text: str) -> None:
    (checkout / name).parent.mkdir(parents=True, exist_ok=True)
    (checkout / name).write_text(text, "utf-8")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one app, one string and the real lists of words."""
    for name in ("bin/lib/wording.py", "locale/banned_words.toml"):
        write(tmp_path, name, (ROOT / name).read_text("utf-8"))
    write(tmp_path, "locale/shared_words.txt", "Doctor\n")
    write(tmp_path, PO, f'{HEADER}\nmsgid "Need"\nmsgstr "需求"\n')
    write(tmp_path, "enterprises/forms.py", LABEL.format('_("Need")'))
    return tmp_path


def check(checkout: Path) -> list[str]:
    command = [sys.executable, str(checkout / "bin" / "lib" / "wording.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1 if done.stdout else 0, "")
    return done.stdout.splitlines()


def test_a_checkout_that_keeps_the_rules_passes(checkout: Path) -> None:
    assert check(checkout) == []


@pytest.mark.parametrize(
    ("chinese", "right"),
    [
        ("派出所选博士", "提交派单"),
        ("最多对数", "最多安排项数"),
        ("点博士", "提交点单"),
        ("点单博士及所点对象", "点单博士及对象"),
        ("没有被存成半截", "没有保存"),
        ("我们这边出了差错", "系统出现异常"),
        ("查看对接", "双方不能对接"),
        ("本轮进展", "批次进展"),
        ("填写理由", "推荐理由"),
        ("3月5日–6日", "3月5日—6日"),
        ("有 3 个名额", "有3个名额"),
        ("共%(count)s 项", "共%(count)s项"),
        ("博士,企业", "博士、企业"),
        ("匹配运算", "匹配任务"),
    ],
)
def test_a_banned_word_fails_and_the_right_one_passes(checkout: Path, chinese: str, right: str) -> None:
    write(checkout, PO, f'{HEADER}\nmsgid "Need"\nmsgstr "{chinese}"\n')
    assert [line.startswith(f"“{chinese}” (Need): ") for line in check(checkout)] == [True]
    write(checkout, PO, f'{HEADER}\nmsgid "Need"\nmsgstr "{right}"\n')
    assert check(checkout) == []


def test_a_banned_word_is_found_across_the_lines_of_a_message(checkout: Path) -> None:
    write(checkout, PO, f'{HEADER}\nmsgid "Need"\nmsgstr ""\n"请写明破"\n"例原因"\n')
    assert check(checkout) == ["“请写明破例原因” (Need): It blames whoever did it. Say 特批."]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("experts/models.py", LABEL.format('_("Need")')),
        ("templates/experts/list.html", '{% load i18n %}{% translate "Need" %}'),
        ("templates/experts/list.html", '{% load i18n %}{% th _("Need") sort="name" %}'),
        ("templates/experts/list.html", "{% load i18n %}{% blocktranslate %}Need{% endblocktranslate %}"),
    ],
)
def test_a_short_string_of_two_apps_wants_a_context_or_a_line_of_the_list(checkout: Path, name: str, text: str) -> None:
    write(checkout, name, text)
    assert check(checkout) == [
        "“Need” is used in enterprises, experts: give it a context, or add it to locale/shared_words.txt "
        "if it means the same there"
    ]
    write(checkout, "locale/shared_words.txt", "Doctor\nNeed\n")
    assert check(checkout) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("experts/models.py", LABEL.format('pgettext("doctor", "Need")')),
        ("enterprises/models.py", LABEL.format('_("Need")')),
        ("experts/models.py", LABEL.format('_("Need of a doctor, told at length")')),
        ("tests/experts/test_models.py", LABEL.format('_("Need")')),
        ("templates/enterprises/list.html", '{% load i18n %}{% translate "Need" %}'),
    ],
)
def test_a_context_the_same_app_and_a_sentence_are_no_shared_strings(checkout: Path, name: str, text: str) -> None:
    write(checkout, name, text)
    assert check(checkout) == []


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("templates/experts/list.html", "<p>\n{{ day|date:'Y-m-d' }}</p>", True),
        ("templates/experts/list.html", '<p>\n{{ month|date:"Y-m" }}</p>', True),
        ("experts/views.py", '\nNAME = f"{month:%Y-%m}"\n', True),
        ("templates/experts/list.html", "<p>\n<time datetime=\"{{ at|date:'c' }}\">{{ at|cnmoment }}</time>", False),
        ("templates/experts/list.html", "<p>\n<button value=\"{{ today|date:'Y-m-d' }}\">", False),
    ],
)
def test_a_date_is_written_by_one_function(checkout: Path, name: str, text: str, wrong: bool) -> None:
    write(checkout, name, text)
    found = [f"{name}:2: a date is written by a function of ui/templatetags/ui_format.py"]
    assert check(checkout) == (found if wrong else [])
