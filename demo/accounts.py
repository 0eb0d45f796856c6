"""The demo's accounts with which one can look around."""

import hmac
from hashlib import sha256
from typing import Any

from django.conf import settings

from accounts.models import User

PASSWORD = "yunquan-demo"  # noqa: S105  shown on the demo's sign-in page; these accounts exist nowhere else
# Two of a duty, so that what needs a second person can be tried; the second doctor serves in both programmes.
SHOWN = [
    "office",
    "office2",
    "admin",
    "admin2",
    "auditor",
    "county",
    "department",
    "enterprise",
    "university",
    "doctor",
    "doctor2",
]
PROGRAM = "program"


def demo_accounts() -> list[dict[str, Any]]:
    """The accounts of the demo that exist, in the order in which they are shown."""
    people = {user.username: user for user in User.objects.filter(username__in=SHOWN).select_related("office")}
    return [
        {
            "username": name,
            "password": PASSWORD,
            "label": _label(people[name]),
            "text": people[name].name,
        }
        for name in SHOWN
        if name in people
    ]


def _label(user: User) -> str:
    """The office with the duty there, or the role."""
    office = str(user.office or user.get_role_display())
    return f"{office}（{user.duty_words}）" if user.duties else office


def demo_token() -> str:
    """The token of the demo's program: follows from the site's secret, so that it can be shown again."""
    return "tl_" + hmac.new(settings.SECRET_KEY.encode(), b"demo program", sha256).hexdigest()[:43]


def account_lines() -> list[str]:
    """Lines for the terminal: the heads, then one line for each account."""
    shown = demo_accounts()
    lines = [f"  {one['username']:<11} {one['password']}   {one['label']} · {one['text']}" for one in shown]
    if shown:
        lines.insert(0, "  用户名      密码           是谁")
    if User.objects.filter(username=PROGRAM).exists():
        lines.append(f"  REST        Authorization: Token {demo_token()}")
    return lines
