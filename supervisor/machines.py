"""The rules for one machine of several: which programs it can run, and which variables must be set before."""

from collections.abc import Callable, Mapping, Sequence

from supervisor.trouble import Trouble

KINDS = ("web", "worker", "beat")
# A single machine makes these itself; on several machines they must be set, to the same values everywhere.
SHARED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "MEDIA_ROOT")


def check(only: Sequence[str] | None, environ: Mapping[str, str]) -> None:
    """Refuse `--only` on a machine where one of the variables in SHARED is missing."""
    missing = [name for name in SHARED if only and not environ.get(name)]
    if missing:
        names = ", ".join(missing)
        raise Trouble(
            f"--only is for one machine of several, and {names} must be the same on all of them: set it.",
            f"--only 用于多台机器中的一台，{names} 必须在各台机器上一致，请先设置。",
        )


def check_tables(ask: Callable[[], object]) -> None:
    """Refuse to start if the tables are not up to date. No machine of several migrates: all would do so at the same
    time, and while others still run."""
    try:
        ask()
    except Trouble as trouble:
        raise Trouble(
            f"the tables are not those of this release, or cannot be read: {trouble.english}. Run `bin/manage migrate` "
            "once, with DATABASE_OWNER_URL, while no other machine runs.",
            f"数据表与当前版本不一致，或无法读取：{trouble.chinese}。"
            "请停止其他机器，设置 DATABASE_OWNER_URL 后执行一次 bin/manage migrate。",
        ) from trouble
