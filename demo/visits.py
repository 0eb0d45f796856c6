"""The texts of the service year: the hosts' stories, and what is said when things go otherwise."""

from dataclasses import dataclass

from demo.doctors import BY_NAME
from demo.enterprises import BY_KEY, ENTERPRISES
from demo.needs import NEEDS
from demo.reading import BadText, look_up, read
from demo.texts import EnterpriseText, HostStory, OutcomeText, ServedText, StopText, VisitText

# The files of stories: the hosts of technology come before those of agriculture.
FILES = ("technology", "agriculture")


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A host's year as its file has it: the enterprise by its short name, its need by the title."""

    enterprise: str
    need: str
    doctors: tuple[str, ...]
    project: str
    visits: tuple[VisitText, ...]
    outcomes: tuple[OutcomeText, ...]
    served: tuple[ServedText, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryFile:
    stories: tuple[StoryRow, ...]


@dataclass(frozen=True, slots=True)
class NothingFound:
    """Why no need was found in an enterprise, named by its short name."""

    enterprise: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefusedWaiver:
    reason: str
    answer: str


@dataclass(frozen=True, slots=True)
class SayingsFile:
    confirm_remarks: tuple[str, ...]
    dispute_reasons: tuple[str, ...]
    waiver_reasons: tuple[str, ...]
    waiver_granted: tuple[str, ...]
    waiver_refusals: tuple[RefusedWaiver, ...]
    decline_reasons: tuple[str, ...]
    return_reasons: tuple[str, ...]
    override_reasons: tuple[str, ...]
    survey_remarks: tuple[str, ...]
    stop: StopText
    follow_ups: tuple[VisitText, ...]
    nothing_found: tuple[NothingFound, ...]


_NEED_BY_TITLE = {n.title: n for n in NEEDS}


def _story(row: StoryRow, where: str) -> HostStory:
    host = look_up(BY_KEY, row.enterprise, f"{where}: the enterprise")
    need = look_up(_NEED_BY_TITLE, row.need, f"{where}: the need")
    for name in row.doctors:
        look_up(BY_NAME, name, f"{where}: the doctor")
    for served in row.served:
        look_up(BY_KEY, served.enterprise, f"{where}: the enterprise served")
    if need.enterprise != host.index:
        raise BadText(f"{where}: the need “{row.need}” is not one of “{row.enterprise}”.")
    return HostStory(
        enterprise=host.index,
        need=need.index,
        category=host.category,
        theme=need.theme,
        doctors=row.doctors,
        project=row.project,
        visits=row.visits,
        outcomes=row.outcomes,
        served=row.served,
    )


HOSTS: tuple[HostStory, ...] = tuple(
    _story(row, f"visits/{name}.toml") for name in FILES for row in read(f"visits/{name}", StoryFile).stories
)

_SAYINGS = read("sayings", SayingsFile)

STOP: StopText = _SAYINGS.stop
# The host whose service ends early, as an index of HOSTS.
STOPPED = next(i for i, story in enumerate(HOSTS) if story.enterprise == BY_KEY[STOP.enterprise].index)

# For months with more visits than the story tells.
FOLLOW_UPS: tuple[VisitText, ...] = _SAYINGS.follow_ups


class Telling:
    """The texts of a host's year, in the round or of another story, each told once: what belongs to certain months
    waits for them."""

    def __init__(
        self, turn: int, host: EnterpriseText | None = None, story: tuple[VisitText, ...] | None = None
    ) -> None:
        self._host = host or ENTERPRISES[HOSTS[turn].enterprise]
        self._story = list(HOSTS[turn].visits if story is None else story)
        self._common = [*FOLLOW_UPS[turn:], *FOLLOW_UPS[:turn]]
        self._number = 0

    def at_host(self, month: int) -> VisitText:
        """An entry of the season; else two of the story, then one of the common ones, as long as there is one."""
        self._number += 1
        fitting = [each for each in self._story if each.fits(self._host.trade, month)]
        text = next((each for each in fitting if each.months), None)  # a text of a season is used first
        if text is None and self._number % 3:
            text = next(iter(fitting), None)
        if text is None:
            return self.elsewhere(self._host, month)
        self._story.remove(text)
        return text

    def elsewhere(self, enterprise: EnterpriseText, month: int) -> VisitText:
        """An entry that fits any enterprise of this trade; told again when all were told."""
        fitting = [each for each in self._common if each.fits(enterprise.trade, month)]
        self._common.remove(fitting[0])
        self._common.append(fitting[0])
        return fitting[0]


CONFIRM_REMARKS: tuple[str, ...] = _SAYINGS.confirm_remarks
DISPUTE_REASONS: tuple[str, ...] = _SAYINGS.dispute_reasons
# Causes that are granted, and how.
WAIVER_REASONS: tuple[str, ...] = _SAYINGS.waiver_reasons
WAIVER_GRANTED: tuple[str, ...] = _SAYINGS.waiver_granted
# Causes that are not granted, with the answer.
WAIVER_REFUSALS: tuple[RefusedWaiver, ...] = _SAYINGS.waiver_refusals
DECLINE_REASONS: tuple[str, ...] = _SAYINGS.decline_reasons
RETURN_REASONS: tuple[str, ...] = _SAYINGS.return_reasons
OVERRIDE_REASONS: tuple[str, ...] = _SAYINGS.override_reasons
# One remark a visit sheet, taken in turn.
SURVEY_REMARKS: tuple[str, ...] = _SAYINGS.survey_remarks
# By index of the enterprise: why no need was found. None found is also a result.
NOTHING_FOUND: dict[int, str] = {
    look_up(BY_KEY, row.enterprise, "sayings.toml: the enterprise").index: row.reason for row in _SAYINGS.nothing_found
}


def remark(enterprise: int, found: bool) -> str:
    """What the visit sheet of the enterprise of this index remarks, by whether needs were found."""
    return SURVEY_REMARKS[enterprise % len(SURVEY_REMARKS)] if found else NOTHING_FOUND[enterprise]
