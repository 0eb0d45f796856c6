"""The environment as it was given: every secret may stand in a file instead, which `NAME_FILE` names.

No sentence of this module holds a value: a wrong one may be a password in the wrong place.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from supervisor.trouble import Trouble

# Variables with passwords, keys or tokens. A backup leaves them out.
SECRETS = {
    "SECRET_KEY",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "SMS_TOKEN",
    "METRICS_TOKEN",
    "OIDC_CLIENT_SECRET",
    "MATCHING_ENCODER_KEY",
    "BACKUP_KEY",
}
MOST = 64 * 1024
# What an address must begin with; a library that reads another would quote it in its error.
SCHEMES = {
    "DATABASE_URL": ("postgresql", "postgres"),
    "DATABASE_OWNER_URL": ("postgresql", "postgres"),
    "REDIS_URL": ("redis", "rediss", "redis+socket"),
    "EMAIL_URL": ("smtp", "smtps", "smtp+tls", "smtp+ssl"),
}
BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})|%00|[\x00-\x20\x7f]")


def given(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables, with the content of each secret's file as its value; an empty file is as none.

    Raises Trouble where a value makes no sense.
    """
    found = {name: value for name, value in environ.items() if name.removesuffix("_FILE") not in SECRETS}
    for name in sorted(SECRETS):
        value, file = environ.get(name), environ.get(f"{name}_FILE")
        if value and file:
            raise Trouble(f"{name} and {name}_FILE are both set; set one.", f"{name} 与 {name}_FILE 只能设置一个。")
        if file:
            found[name] = _content(name, Path(file))
        elif value is not None:
            found[name] = value
    for name in SCHEMES:
        _check_address(name, found.get(name, ""))
    return found


def _content(name: str, file: Path) -> str:
    try:
        data = file.read_bytes()
        text = data.decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as refusal:
        reason = getattr(refusal, "strerror", None) or "not UTF-8"
        raise Trouble(
            f"{name}_FILE names a file that cannot be read ({reason}).", f"{name}_FILE 指定的文件无法读取（{reason}）。"
        ) from None
    if "\0" in text or len(data) > MOST:
        raise Trouble(f"the file of {name}_FILE holds no secret.", f"{name}_FILE 指定的文件中没有可用的密钥。")
    return text


def _check_address(name: str, text: str) -> None:
    if text and not _is_address(text, SCHEMES[name]):
        example = f"{SCHEMES[name][0]}://USER:PASSWORD@HOST:PORT"
        raise Trouble(
            f"{name} is no address such as {example}; percent-encode special characters of the password.",
            f"{name} 不是 {example} 形式的地址；密码中的特殊字符须用百分号编码。",
        )


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        _port = parts.port
    except ValueError:
        return False
    # What follows an unescaped `/`, `?` or `#` of a password would be taken for the path, and an `@` stand in it.
    stray = "@" in parts.path + parts.query + parts.fragment
    return parts.scheme in schemes and not stray and not parts.fragment and not BROKEN.search(text)
