"""How much a city and a province hold."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Size:
    """Counts of rows.

    `rounds` are yearly batches, the last one running with `active` assignments, every earlier one completed with as
    many. `visits` and `needs` are of all rounds together; `published` needs wait for a doctor.
    """

    name: str
    districts: int
    universities: int
    doctors: int
    enterprises: int
    hosts: int
    needs: int
    published: int
    rounds: int
    active: int
    visits: int

    @property
    def assignments(self) -> int:
        return self.rounds * self.active

    @property
    def orders(self) -> int:
        """Assignments that came of an order: as many as leave half of the needs to others."""
        return min(self.assignments, self.needs // 2)

    @property
    def rows(self) -> int:
        """What a fill is proportional to, roughly."""
        return self.visits + 4 * self.needs + 8 * self.doctors + 8 * self.assignments + 4 * self.enterprises

    def shrunk(self, share: float) -> "Size":
        """The same at a smaller share; what is not proportional (districts, rounds, open needs) stays."""
        if share >= 1:
            return self

        def less(count: int) -> int:
            return max(10, int(count * share))

        return replace(
            self,
            universities=less(self.universities),
            doctors=less(self.doctors),
            enterprises=less(self.enterprises),
            hosts=less(self.hosts),
            needs=less(self.needs),
            published=min(self.published, less(self.needs) // 3),
            active=less(self.active),
            visits=less(self.visits),
        )

    def grown(self, times: int, name: str) -> "Size":
        """The same shape with so many times the rows; districts and rounds stay, so each of them holds more."""
        return replace(
            self,
            name=name,
            universities=self.universities * times,
            doctors=self.doctors * times,
            enterprises=self.enterprises * times,
            hosts=self.hosts * times,
            needs=self.needs * times,
            published=self.published * times,
            active=self.active * times,
            visits=self.visits * times,
        )


CITY = Size(
    "city", districts=10, universities=6, doctors=500, enterprises=1_000, hosts=400, needs=2_000, published=200,
    rounds=7, active=500, visits=60_000,
)  # fmt: skip
PROVINCE = Size(
    "province", districts=120, universities=40, doctors=100_000, enterprises=50_000, hosts=30_000, needs=200_000,
    published=200, rounds=1, active=60_000, visits=1_000_000,
)  # fmt: skip
# The size on which the growth of every route is measured.
ONE, FOUR = CITY.shrunk(0.5).grown(1, "one"), CITY.shrunk(0.5).grown(4, "four")
SIZES = {size.name: size for size in (CITY, PROVINCE, ONE, FOUR)}
