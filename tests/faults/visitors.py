"""Doctors who log a visit on their phones, and try again with the same entry until it was taken."""

import http.client
import random
import threading
import urllib.parse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

TOKEN = "a" * 32


@dataclass(frozen=True)
class Doctor:
    """Who logs: the session of his phone, and where he was."""

    pk: int
    session: str
    place: str


@dataclass
class Visitors:
    """The doctors of one round of entries, several at a time."""

    port: int
    doctors: Sequence[Doctor]
    today: date
    seed: int
    answers: Counter[int] = field(default_factory=Counter)
    acknowledged: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.waiting = list(self.doctors)
        random.Random(self.seed).shuffle(self.waiting)
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.work, daemon=True) for _each in range(4)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def join(self, seconds: float) -> None:
        """Wait for all entries; whoever got no answer until then gives up."""
        for thread in self.threads:
            thread.join(seconds)
        self.stop.set()

    def work(self) -> None:
        while True:
            with self.lock:
                if not self.waiting:
                    return
                doctor = self.waiting.pop()
            self.log(doctor)

    def log(self, doctor: Doctor) -> None:
        """Send one entry until the site says that it has it."""
        key = str(uuid4())
        while not self.stop.is_set():
            status, address = self.send(doctor, key)
            with self.lock:
                self.answers[status] += 1
                if status == 302 and "/receipt/" in address:
                    self.acknowledged[doctor.pk] = key
                    return
            self.stop.wait(0.05)

    def send(self, doctor: Doctor, key: str) -> tuple[int, str]:
        day = self.today.isoformat()
        entry = {"client_key": key, "place": doctor.place, "starts_on": day, "ends_on": day, "content": f"取样 {key}"}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={doctor.session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
        }
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request("POST", "/visits/new/", urllib.parse.urlencode(entry), headers)
            answer = line.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location") or ""
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            line.close()


def more(visitors: Visitors, count: int) -> Callable[[], bool]:
    """Whether so many more entries were taken since this moment, or all."""
    wanted = min(len(visitors.acknowledged) + count, len(visitors.doctors))
    return lambda: len(visitors.acknowledged) >= wanted
