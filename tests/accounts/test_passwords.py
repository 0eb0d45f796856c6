"""Passwords that are little more than a word of the site, and those that are known from breaches, are refused."""

from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.passwords import stands_in
from identity.checks import check_breached_passwords


def refused(password: str) -> list[str | None]:
    try:
        validate_password(password)
    except ValidationError as error:
        return [each.code for each in error.error_list]
    return []


@pytest.mark.parametrize(
    "password",
    ["TalentLink2026", "rencaiban@1234", "boshi-boshi-88", "人才对接2026！！", "云泉市1234567", "yunquan20260101"],
)
def test_a_word_of_the_site_is_no_password(settings: Any, password: str) -> None:
    settings.PASSWORD_WORDS = [*settings.PASSWORD_WORDS, "yunquan"]
    assert refused(password) == ["site_word"]


@pytest.mark.parametrize("password", ["zao qi de niao er", "boshi zao qi chi chong", "x8Kq-qiye-zzpLw81", "k7#Tw9!bQ2"])
def test_other_passwords_are_taken(password: str) -> None:
    assert refused(password) == []


def test_common_and_short_ones_are_refused_and_long_ones_taken() -> None:
    assert [refused(each) for each in ("qwertyuiop", "xq7Fz", "1985062411203")] == [
        ["password_too_common"], ["password_too_short"], ["password_entirely_numeric"],
    ]  # fmt: skip
    assert refused("zao qi de niao er you chong chi " * 4) == []


def digest(password: str) -> str:
    return sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.mark.parametrize("form", ["{}\n", "{}:42\r\n"])
def test_every_password_of_a_file_is_found_and_no_other(tmp_path: Path, form: str) -> None:
    file = tmp_path / "breached"
    known = [f"zao qi de niao er {number}" for number in range(40)]
    file.write_text("".join(form.format(line) for line in sorted(map(digest, known))), newline="")
    assert [stands_in(file, password) for password in known] == [True] * 40
    assert [stands_in(file, f"{password}!") for password in known] == [False] * 40
    file.write_text("")
    assert not stands_in(file, known[0])


def test_with_a_file_a_breached_password_is_refused(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "breached"
    file.write_text(f"{digest('zao qi de niao er')}:3\n")
    assert (refused("zao qi de niao er"), check_breached_passwords(None)) == ([], [])
    settings.BREACHED_PASSWORDS = str(file)
    assert (refused("zao qi de niao er"), refused("zao qi de niao")) == (["breached"], [])
    settings.BREACHED_PASSWORDS = str(tmp_path / "missing")
    assert [error.id for error in check_breached_passwords(None)] == ["identity.E013"]
