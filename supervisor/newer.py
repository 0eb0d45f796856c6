"""Refuses a database that a newer release has changed, names that release, and changes nothing."""

import hashlib
from collections.abc import Iterable, Sequence

import psycopg2

from supervisor.release import release
from supervisor.trouble import Trouble

Key = tuple[str, str]
SHOWN = 5
# How the comment on the table of migrations begins, with the number of the release. A dump includes the comment.
NOTE = "TalentLink "


def refusal(unknown: Sequence[Key], last: str | None) -> Trouble:
    """The trouble that this release does not have these migrations; `last` is the last release on the database."""
    names = ", ".join(f"{app}.{name}" for app, name in unknown[:SHOWN])
    more = len(unknown) - SHOWN
    other = last if last and last != release() else None
    return Trouble(
        f"this database was changed by {f'release {other}' if other else 'another release'} of TalentLink; this is "
        f"release {release()}, which does not know its migrations {names}{f' and {more} more' if more > 0 else ''}. "
        "Nothing was changed. Start that release or a later one, or restore a backup made by this one.",
        f"该数据库已被{f'版本 {other} ' if other else '另一版本'}的人才对接系统升级；当前版本 {release()} "
        f"不认识其中的迁移 {names}{f' 等 {len(unknown)} 项' if more > 0 else ''}。系统未作任何改动。"
        "请启动该版本或更新的版本，或恢复由当前版本制作的备份。",
    )


def note_release(url: str) -> None:
    """Write our release into the database; nothing happens if our role does not own the table."""
    try:
        _ask(url, f"COMMENT ON TABLE django_migrations IS '{NOTE}{release()}'")
    except psycopg2.Error:
        return


def applied(url: str) -> str:
    """A fingerprint of the migrations that the database lists as applied; of an empty list if it has no tables."""
    if _ask(url, "SELECT to_regclass('django_migrations') IS NULL") == [(True,)]:
        return digest([])
    return digest(_ask(url, "SELECT app, name FROM django_migrations"))


def digest(rows: Iterable[tuple[object, ...]]) -> str:
    return hashlib.sha256(repr(sorted({tuple(map(str, row)) for row in rows})).encode()).hexdigest()


def _ask(url: str, question: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()
