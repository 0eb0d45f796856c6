"""The two servers below TalentLink: those named by DATABASE_URL and REDIS_URL, else embedded ones."""

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
        # The owner's, and what web, worker and beat are told: the same where servers are given and no owner is named.
        self.application_url = self.postgres.application_url if self.postgres else given_database or ""
        self.database_url = self.postgres.url if self.postgres else environ.get(OWNER_URL) or self.application_url
        self.redis_url = self.valkey.url if self.valkey else given_redis or ""

    def start(self, supervisor: Supervisor) -> None:
        """Bring up what is embedded, and make sure that what is given answers."""
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
        """Without it no worker gets ready; said by name rather than by a worker that waits and waits."""
        import redis  # noqa: PLC0415 -- heavy, and wanted here alone

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
        """A name for the database, without its password: ours, or where the given one is."""
        if self.postgres:
            return "embedded"
        parts = urlsplit(self.database_url)
        return f"{parts.hostname}:{parts.port or 5432}{parts.path}"

    def has_people(self) -> bool:
        """Whether anybody has an account: then this is somebody's database, and no demo goes into it."""
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
    """The environment every child gets: ours, without what would slow it down."""
    env = {name: value for name, value in environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONUNBUFFERED"] = "1"
    env.setdefault("LANG", "C.UTF-8")
    # Processes share the cores already; a pool of threads in each would only get in the way.
    env.setdefault("OMP_NUM_THREADS", "1")
    env.setdefault("OPENBLAS_NUM_THREADS", "1")
    return env


def for_django(
    state: State, environ: Mapping[str, str], database_url: str, redis_url: str, application_url: str = ""
) -> dict[str, str]:
    """The environment of what loads the settings: as the application where it is named, else as the owner."""
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
