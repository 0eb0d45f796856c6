"""Refuses passwords that are little more than a word of the site, and those that are known from breaches."""

from hashlib import sha1
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

# What must be left of a password beside the words of the site, figures and punctuation not counted.
LETTERS_BESIDE = 6


class WordsOfTheSite:
    """Refuses a password that has a word of `PASSWORD_WORDS`, or a name of the site, and few other letters."""

    def validate(self, password: str, user: User | None = None) -> None:
        rest = password.lower()
        for word in sorted({*settings.PASSWORD_WORDS, settings.SITE_NAME, settings.CITY_NAME}, key=len, reverse=True):
            rest = rest.replace(word.lower(), " ") if word else rest
        if rest != password.lower() and sum(letter.isalpha() for letter in rest) < LETTERS_BESIDE:
            raise ValidationError(_("The password is easy to guess here; choose other words."), code="site_word")

    def get_help_text(self) -> str:
        return _("Your password can’t be a word of this site with figures.")


class Breached:
    """Refuses a password whose digest stands in the file `BREACHED_PASSWORDS`; without a file none is refused."""

    def validate(self, password: str, user: User | None = None) -> None:
        if settings.BREACHED_PASSWORDS and stands_in(Path(settings.BREACHED_PASSWORDS), password):
            raise ValidationError(_("The password is known from a data breach; choose another."), code="breached")

    def get_help_text(self) -> str:
        return _("Your password can’t be one that is known from a data breach.")


def stands_in(file: Path, password: str) -> bool:
    """Whether a file of ordered digests has that of the password; such lists are published with SHA-1."""
    wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, file.stat().st_size
        while low < high:
            middle = (low + high) // 2
            if _line_at(lines, middle)[:40].upper() < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_at(lines, low)[:40].upper() == wanted


def _line_at(lines: BinaryIO, position: int) -> bytes:
    """The first line that begins at or after a position; b"~", which comes after every digest, at the end."""
    lines.seek(max(position - 1, 0))
    if position:
        lines.readline()
    return lines.readline() or b"~"
