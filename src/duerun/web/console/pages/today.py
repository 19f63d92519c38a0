"""Today: what is due, running, retried, suspended, held or uncertain, what is wrong, and the money of the day."""

from dataclasses import dataclass

from starlette.responses import Response

from duerun.services import console_today
from duerun.services.console_today import COUNTED_ROWS_MAX, DAYS_AHEAD, Standing, Window
from duerun.web.console import words
from duerun.web.console.visit import Page, Visit

POLL_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that somebody should look at: what, and what to do."""

    tone: str
    what: str
    advice: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A count with what it means, and the tone that it has when it is not zero."""

    label: str
    value: str
    hint: str
    tone: str
    href: str = ""


async def show(visit: Visit) -> Response:
    return await _shown(visit, "today.html")


async def show_live(visit: Visit) -> Response:
    """The part that renews itself."""
    return await _shown(visit, "today_live.html")


async def _shown(visit: Visit, template: str) -> Response:
    standing = await console_today.standing(visit.runtime, visit.account, visit.now, visit.real_now)
    sums = await visit.money.get(visit.account, visit.now)
    return visit.show(
        template,
        tiles=_tiles(standing),
        alarms=_alarms(standing),
        has_schedules=standing.counts.has_schedules,
        sums=sums,
        windows=[
            (Window.DONE, "Moved so far today"),
            (Window.TODAY, "Still planned today"),
            (Window.AHEAD, f"Planned in the next {DAYS_AHEAD} days"),
        ],
        poll_seconds=POLL_SECONDS,
    )


def _tiles(standing: Standing) -> list[Tile]:
    counts = standing.counts

    def tile(label: str, number: int, hint: str, tone: str = "quiet", href: str = "") -> Tile:
        return Tile(label, words.count(number, COUNTED_ROWS_MAX), hint, tone if number else "quiet", href)

    return [
        tile("Due now", counts.due, "their moment has come", "busy"),
        tile("Later today", counts.later, "planned for today"),
        tile("Running", counts.running, "sent, no answer yet", "busy"),
        tile("To be retried", counts.retried, "failed, another try is planned", "wait"),
        tile("Held", counts.held, "wait for a person", "wait"),
        tile("Uncertain", counts.uncertain, "the outcome is being found out", "bad"),
        tile(
            "Suspended",
            counts.suspended,
            "schedules that stopped",
            "bad",
            "/console/schedules?state=suspended",
        ),
    ]


def _alarms(standing: Standing) -> list[Alarm]:
    found = []
    failing = [each.loop for each in standing.loops if each.failures]
    if not any(each.processes for each in standing.loops):
        found.append(
            Alarm("bad", "No engine is running.", "Nothing due is carried out until duerun work runs again.")
        )
    if failing:
        found.append(
            Alarm(
                "bad",
                f"Failing: {', '.join(sorted(failing))}.",
                "The server's log tells why; duerun doctor helps.",
            )
        )
    counts = standing.counts
    if counts.uncertain:
        found.append(
            Alarm(
                "bad",
                f"{words.count(counts.uncertain, COUNTED_ROWS_MAX)} payments have no known outcome.",
                "The processor is asked again by itself. What it cannot tell: duerun uncertain list.",
            )
        )
    if counts.held:
        found.append(
            Alarm(
                "wait",
                f"{words.count(counts.held, COUNTED_ROWS_MAX)} missed payments wait for a decision.",
                "Release or skip them: duerun catchup list.",
            )
        )
    return found


PAGES = (
    Page("GET", "/console", show, label="Today"),
    Page("GET", "/console/today/live", show_live, quiet=True),
)
