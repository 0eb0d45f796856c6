"""The two servers that TalentLink uses: those named by DATABASE_URL and REDIS_URL, else embedded ones."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

import psycopg2

from supervisor import keep
from supervisor.cluster import failed
from supervisor.postgres import Postgres
from supervisor.roles import OWNER_URL
from supervisor.state import Servers, State
from supervisor.supervisor import Supervisor
from supervisor.trouble import Trouble, why
from supervisor.valkey import Valkey


class BaseServers:
    """Knows for one state which servers are embedded and which are given."""

    def __init__(self, state: State, environ: Mapping[str, str], *, for_tests: bool = False) -> None:
        self.state = state
        self.environ = environ
        given_database, given_redis = environ.get("DATABASE_URL"), environ.get("REDIS_URL")
        self.postgres = None if given_database else Postgres(state, for_tests=for_tests)
        self.valkey = None if given_redis else Valkey(state, for_tests=for_tests)
        # `database_url` is the owner's, `application_url` is for web, worker and beat. Both are the same where the
        # server is given and DATABASE_OWNER_URL is not.
        self.application_url = self.postgres.application_url if self.postgres else given_database or ""
        self.database_url = self.postgres.url if self.postgres else environ.get(OWNER_URL) or self.application_url
        self.redis_url = self.valkey.url if self.valkey else given_redis or ""

    def start(self, supervisor: Supervisor) -> None:
        """Start the embedded servers, and check that the given ones answer."""
        env = plain(self.environ)
        specs = []
        if self.postgres:
            self.postgres.prepare(env)
            specs.append(self.postgres.spec(env))
        else:
            self._check_given_database()
        if self.valkey:
            self.valkey.prepare()
            specs.append(self.valkey.spec(env))
        else:
            self._check_given_broker()
        try:
            supervisor.start(*specs)
        except Trouble as trouble:
            child = next((child for child in supervisor.children if child.spec.name == "postgres"), None)
            if child and child.status() is not None:
                raise failed(child.last_words()) from trouble
            raise
        self.state.publish(
            Servers(os.getpid(), self.database_url, self.redis_url, application_url=self.application_url)
        )

    def _check_given_database(self) -> None:
        try:
            psycopg2.connect(self.database_url, connect_timeout=5).close()
        except psycopg2.Error as refusal:
            where = urlsplit(self.database_url).hostname or "?"
            raise Trouble(
                f"the database named by DATABASE_URL (on {where}) does not answer: {why(refusal)}",
                f"DATABASE_URL 指定的数据库（{where}）无法连接：{why(refusal)}",
            ) from refusal

    def _check_given_broker(self) -> None:
        """Tell at once that the broker does not answer; otherwise the workers would wait for it without end."""
        import redis  # noqa: PLC0415 -- slow to import, used here only

        broker = redis.Redis.from_url(self.redis_url.replace("redis+socket://", "unix://"), socket_timeout=5)
        try:
            broker.ping()
        except redis.RedisError as refusal:
            where = urlsplit(self.redis_url).hostname or "?"
            raise Trouble(
                f"the server named by REDIS_URL (on {where}) does not answer: {refusal}",
                f"REDIS_URL 指定的服务（{where}）无法连接：{refusal}",
            ) from refusal
        finally:
            broker.close()

    def whose(self) -> str:
        """A name for the database without its password: "embedded", or host, port and name of the given one."""
        if self.postgres:
            return "embedded"
        parts = urlsplit(self.database_url)
        return f"{parts.hostname}:{parts.port or 5432}{parts.path}"

    def has_people(self) -> bool:
        """Whether the database has accounts: then it is in use, and no demo is built in it."""
        connection = psycopg2.connect(self.database_url)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT to_regclass('accounts_user') IS NOT NULL")
                if cursor.fetchone() != (True,):
                    return False
                cursor.execute("SELECT EXISTS (SELECT 1 FROM accounts_user)")
                return cursor.fetchone() == (True,)
        finally:
            connection.close()


def plain(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of every child: that of the supervisor, with some changes for speed."""
    env = {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONUNBUFFERED"] = "1"
    env.setdefault("LANG", "C.UTF-8")
    # There are enough processes for all cores; a pool of threads in each process would make all of them slower.
    env.setdefault("OMP_NUM_THREADS", "1")
    env.setdefault("OPENBLAS_NUM_THREADS", "1")
    return env


def for_django(
    state: State, environ: Mapping[str, str], database_url: str, redis_url: str, application_url: str = ""
) -> dict[str, str]:
    """The environment of a process that loads the settings. It connects as the application if `application_url` is
    given, else as the owner."""
    env = plain(environ)
    env["DJANGO_SETTINGS_MODULE"] = "talentlink.settings"
    env["TALENTLINK_STATE"] = str(state.root)
    env["DATABASE_URL"] = application_url or database_url
    env["REDIS_URL"] = redis_url
    if application_url:
        env[OWNER_URL] = database_url
    if not env.get("SECRET_KEY"):
        env["SECRET_KEY"] = state.secret("secret_key")
    if keep.read(state.database_facts / "demo"):
        env.setdefault("DEMO", "1")
    return env
