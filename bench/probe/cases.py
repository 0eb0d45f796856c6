"""All that is asked of a checkout: a page opened by a role, a form sent by somebody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from . import own_posts, posts, rule_posts
from .forms import filled, form_for
from .own_rows import a_file
from .people import people_of, staff
from .routes import FOR_ALL, OF_THE_ACCOUNT, SEND, Route, address, askers, routes, row_for, tables
from .signing import by_password, newcomer, signed_in, stranger

NOT_ALLOWED = 405
POSTS = (*posts.POSTS, *own_posts.POSTS, *rule_posts.POSTS)
PARTS = (" county", " department")  # they see a part of what the city sees
STAFF = {"city", "county", "department", "auditor"}


@dataclass(frozen=True)
class Case:
    """One thing to measure, by a name that is the same in every checkout."""

    key: str
    url: str
    ask: Callable[[], Any]
    writes: bool = False
    accepted: tuple[int, ...] = posts.ACCEPTED


class People:
    """Who asks: a fixed person for each role, and a client signed in for anybody."""

    def __init__(self) -> None:
        self.clients: dict[int, Client] = {}
        visit = posts.a_visit()
        self.by_role: dict[str, Any] = dict(staff()) | people_of(visit)

    def client(self, user: Any) -> Client:
        if user.pk not in self.clients:
            self.clients[user.pk] = signed_in(user)
        return self.clients[user.pk]

    def client_for(self, post: posts.Post, user: Any) -> Client:
        """The client that sends a form: of a stranger, of a newcomer, or of the person as he works every day."""
        if post.who == "stranger":
            return stranger()
        if post.who == "signed":
            return by_password(user, posts.GOOD)
        return newcomer(user) if post.who == "newcomer" else self.client(user)

    def named(self, who: str, row: Any) -> Any:
        """Who sends a form about a row: a member of a staff, the row's account, or somebody whose business it is."""
        if who in ("stranger", "newcomer", "signed"):
            return row
        return self.by_role[who] if who in STAFF and who in self.by_role else people_of(row).get(who)


def pages(people: People, token: str) -> Iterator[Case]:
    """Every page, by each role that may open it; the admin's tables by the city, their lists by the other offices."""
    for route in sorted(set(routes()), key=lambda route: (route.is_aside, route)):
        yield from _opened(people, route, token)
    if name := a_file():
        yield Case(
            "GET private_file city", f"/files/{name}", _get(people.client(people.by_role["city"]), f"/files/{name}", {})
        )


def lists(people: People) -> Iterator[Case]:
    """Every list that is also given out as a file: its page and its file, by the city and whoever it is for."""
    for route in sorted(set(routes())):
        if route.exports:
            yield from (case for case in _opened(people, route, "") if not case.key.endswith(PARTS))


def _opened(people: People, route: Route, token: str) -> Iterator[Case]:
    for role in askers(route):
        user = people.by_role.get(role)
        if user is None:
            continue
        url = address(route, row_for(route, user) if route.is_about_a_thing else None)
        if url is None:
            continue
        headers = {"HTTP_AUTHORIZATION": f"Token {token}"} if role == "program" else {}
        client = stranger() if role == "program" else people.client(user)
        yield Case(f"GET {route.words} {role}", url, _get(client, url, headers))
        if route.exports:
            file = f"{url}?export=xlsx"
            yield Case(f"GET {route.words} as a file {role}", file, _get(client, file, headers))


def _get(client: Client, url: str, headers: dict[str, str]) -> Callable[[], Any]:
    def ask() -> Any:
        answer = client.get(url, **headers)  # type: ignore[arg-type]
        # A download is made while it is read.
        if answer.streaming:
            list(answer.streaming_content)  # type: ignore[attr-defined]
        return answer

    return ask


def sent_forms(people: People) -> Iterator[Case | str]:
    """Every form with a body of its own; a text instead of the case where the form has nobody or nothing to send."""
    for post in POSTS:
        yield _post(people, post) or f"{post.key()}: there is no row for it"
    city = people.by_role["city"]
    for table, act, row, typed in posts.ACTS:
        found = row()
        if found is not None:
            url = f"/office/{_app(table)}/{table}/"
            body = {"action": act, "_selected_action": [str(found.pk)], **typed}
            yield Case(f"POST table {table} {act} city", url, _send(people.client(city), url, body), writes=True)
    yield from _tables(people.client(city))
    yield from _unknown(people)


def _unknown(people: People) -> Iterator[str]:
    """Routes that take a form for which no body is known here: a new one is named until somebody writes it down."""
    known = {post.route for post in POSTS} | FOR_ALL | SEND | OF_THE_ACCOUNT
    for route in sorted(set(routes())):
        if route.path.startswith("api/") or route.table or route.name in known:
            continue
        # Rows that an older checkout filled hold no auditor.
        user = people.by_role.get(askers(route)[0]) or people.by_role["city"]
        url = address(route, row_for(route, user))
        if url is not None and _takes_posts(people.client(user), url):
            yield f"POST {route.words}: no body is known for it"


def _takes_posts(client: Client, url: str) -> bool:
    with transaction.atomic():
        try:
            return bool(client.post(url).status_code != NOT_ALLOWED)
        finally:
            transaction.set_rollback(True)


def _post(people: People, post: posts.Post) -> Case | None:
    row = post.row()
    user = people.named(post.who, row) if row is not None else None
    url = _reversed(post.route, post.about(row)) if user is not None else None
    if url is None:
        return None
    client, given = people.client_for(post, user), post.typed(row)
    if post.opens:
        client.cookies.update(client.get(post.opens).cookies)
    url += post.query(row)
    form = None if post.page is None else form_for(client.get(url).content.decode(), url)
    ask = _send(client, url, filled(form, given))
    return Case(post.key(), url, ask, writes=not post.asks, accepted=post.answer)


def _reversed(name: str, row: Any) -> str | None:
    keys = [] if row is None else [row.pk]
    for spelled in (name, f"admin:{name}"):
        try:
            return reverse(spelled, args=keys)
        except NoReverseMatch:
            continue
    return None


def _app(table: str) -> str:
    return next(route.path.split("/")[1] for route in routes() if route.table == table)


def _tables(client: Client) -> Iterator[Case]:
    """The forms of the admin's tables: a row as it stands sent back, and a row added where it can be typed."""
    for route in sorted(set(routes())):
        words = route.words
        if route.table and words.endswith((" …/change", " add")):
            row = tables()[route.table]._default_manager.order_by("-pk").first()
            typed = posts.ADDED.get(route.table) if words.endswith(" add") else posts.CHANGED.get(route.table, {})
            url = address(route, row)
            page = client.get(url) if url is not None and typed is not None else None
            if url is None or typed is None or page is None or page.status_code != 200:
                continue
            text = page.content.decode()
            form = form_for(text, url)
            if form is not None and 'name="_save"' in text:
                yield Case(f"POST {words} city", url, _send(client, url, filled(form, typed)), writes=True)


def _send(client: Client, url: str, body: dict[str, Any]) -> Callable[[], Any]:
    return lambda: client.post(url, body)
