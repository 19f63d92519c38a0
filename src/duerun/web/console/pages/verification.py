"""One payee checked, with how the answer came about; the practice directory."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from duerun.domain.console_users import Role
from duerun.domain.errors import RejectedError
from duerun.domain.payees.iban import bank_code
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.questions import PayeeQuestion
from duerun.domain.payees.verdicts import Verdict
from duerun.services import console_checks
from duerun.services.console_checks import Checked
from duerun.services.verification import OverBudgetError
from duerun.web.console import verdicts
from duerun.web.console.pages.check_files import listed
from duerun.web.console.visit import Page, Visit
from duerun.web.payees.payee_rows import Given, Labels, RowContext, build_row

LABELS = Labels(reference="reference", iban="IBAN", name="Name", org_id="id")
FIELD_CHARACTERS_MAX = 256
OVER_BUDGET = "Too many names were asked for. Try again tomorrow"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form holds; it is shown again beside the answer, and never in an address."""

    name: str = ""
    iban: str = ""
    profile: str = ""


async def index(visit: Visit) -> Response:
    return await _shown(visit, Asked())


async def check(visit: Visit) -> Response:
    """Check what is in the form and show the answer on the same page, which no address repeats."""
    asked = Asked(
        *(visit.form.get(name, "").strip()[:FIELD_CHARACTERS_MAX] for name in ("name", "iban", "profile"))
    )
    try:
        client = await console_checks.client_of(visit.runtime, visit.account, visit.real_now)
        client = console_checks.with_profile(client, asked.profile)
    except RejectedError as error:
        return await _shown(visit, asked, faults=[error.message])
    given = Given(iban=asked.iban, name=asked.name)
    row = build_row(1, given, LABELS, RowContext(client.bics[0], lambda: ""))
    if row.question is None:
        return await _shown(
            visit, asked, faults=[each.detail.removeprefix("Field ").replace("'", "") for each in row.faults]
        )
    try:
        found = await console_checks.check(
            visit.runtime, client, row.question, user=visit.session.name, now=visit.real_now
        )
    except OverBudgetError:
        return await _shown(visit, asked, faults=[OVER_BUDGET])
    return await _shown(visit, asked, found=found, steps=_steps(row.question, found))


def _steps(question: PayeeQuestion, found: Checked) -> list[str]:
    """What was done, one thing after the other."""
    iban = question.iban
    route = "It belongs to a practice bank, so the practice directory answers: nothing leaves this machine."
    if not found.is_practice:
        route = (
            "The own directory answers where it holds the bank's accounts, else the payee's PSP was asked."
        )
    return [
        f"The IBAN is well-formed: country {iban[:2]}, bank {bank_code(iban)}, and its check digits are right.",
        route,
        *found.steps,
    ]


async def _shown(
    visit: Visit,
    asked: Asked,
    *,
    found: Checked | None = None,
    steps: Sequence[str] = (),
    faults: Sequence[str] = (),
) -> Response:
    client = await console_checks.known_client(visit.runtime, visit.account)
    return visit.show(
        "verification.html",
        asked=asked,
        found=found,
        steps=steps,
        faults=faults,
        profiles=tuple(PROFILES),
        profile=asked.profile or console_checks.profile_of(visit.runtime, client),
        meanings=verdicts.MEANINGS,
        reasons=verdicts.REASONS,
        shows_name=found is not None and found.answer.verdict is Verdict.CLOSE,
        policy=visit.runtime.payees.policy,
        **await listed(visit, client),
    )


async def practice(visit: Visit) -> Response:
    return visit.show(
        "practice.html",
        holders=verdicts.holders(),
        outcomes=verdicts.outcomes(),
        names=verdicts.test_names(),
        banks=verdicts.BANKS_TOLD,
        holders_max=verdicts.HOLDERS_TOLD,
    )


PAGES = (
    Page("GET", "/console/verification", index, label="Verification"),
    Page("POST", "/console/verification", check, role=Role.OPERATOR),
    Page("GET", "/console/verification/practice", practice),
)
