"""Files in the console as people send them: errors mended, committed, watched, approved, checked."""

import asyncio
from datetime import UTC, datetime

from playwright.async_api import Browser, Page, expect

from conftest import Api, HttpServer
from console.browsing import PATIENCE_MILLISECONDS, faults_of, listen, sign_in
from console.conftest import NewUser
from duerun.domain.console_users import Role
from duerun.domain.payees import practice
from duerun.domain.payees.practice_payees import practice_payees
from duerun.services import access, bulk, verification
from duerun.services.unit import Runtime

# A second and a half until anything comes, and two thousand bytes a second on the way up.
SLOW_LINE = {"offline": False, "latency": 1500, "downloadThroughput": 2_000_000, "uploadThroughput": 2000}
HEADER = "customer_key,customer,ammount,every,period,days_of_month,start_date,description"


def lines(member: str, *, is_mended: bool) -> str:
    """Six members; before it is mended, two rows have mistakes in several cells."""
    rows = [f"gym-{number},{member},{99_900 + number},1,month,5,,Gold membership" for number in range(4)]
    rows += [
        f"gym-4,{member},129000,1,month,1;15,,Silver membership"
        if is_mended
        else "gym-4,cust_test_gone,12,1,month,32,2030-02-30,Silver membership",
        f"gym-5,{member},89000,2,week,,,Swimming" if is_mended else f"gym-5,{member},,2,weeks,,,Swimming",
    ]
    return "\n".join([HEADER, *rows]) + "\n"


async def work(runtime: Runtime) -> None:
    """Carry out what waits."""
    while await bulk.process_pending(runtime, datetime.now(UTC)):
        pass


async def choose(page: Page, name: str, text: str) -> None:
    """Choose a file and have it checked."""
    await page.get_by_label("Drop a file here").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    )
    await page.get_by_role("button", name="Check the file").click()


async def test_a_file_with_errors_is_mended_committed_watched_and_reported(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser, runtime: Runtime
) -> None:
    heard, found, member = listen(page), [], api.customer()["id"]
    await sign_in(page, console_http, await new_user(Role.OPERATOR))
    await page.get_by_role("link", name="Bulk files").click()
    await expect(page.get_by_text("No files yet")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "bulk-empty")
    await page.set_viewport_size({"width": 1440, "height": 900})

    await choose(page, "members.csv", lines(member, is_mended=False))
    await expect(page.get_by_label("ammount")).to_have_value("amount", timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "bulk-match")
    await page.get_by_role("button", name="Check the file").click()
    await expect(page.get_by_text("Being checked")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "bulk-checking")
    await work(runtime)
    await expect(page.get_by_text("Checked, not committed")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await expect(page.locator("td.wrong")).to_have_count(6)
    found += await faults_of(page, "bulk-errors")

    await page.get_by_role("link", name="Bulk files").last.click()
    text = lines(member, is_mended=True).replace("ammount", "amount")
    await choose(page, "mended.csv", text)
    await expect(page.get_by_text("Being checked")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await work(runtime)
    await page.get_by_role("button", name="Commit").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Create 6 schedules?")
    await page.get_by_role("dialog").get_by_role("button", name="Commit").click()
    await expect(page.get_by_role("progressbar", name="Rows done")).to_be_visible(
        timeout=PATIENCE_MILLISECONDS
    )
    found += await faults_of(page, "bulk-running")
    await work(runtime)
    await expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "bulk-done")
    async with page.expect_download() as fetched:
        await page.get_by_role("link", name="Report of all rows").click()
    report = await asyncio.to_thread((await (await fetched.value).path()).read_text, "utf-8")
    await page.goto(f"{console_http.url}/console/bulk")
    found += await faults_of(page, "bulk")

    assert report.count(",success,schd_test_") == 6
    assert api.get("/schedules")["total"] == 6
    assert found == []
    assert heard == []


async def test_a_second_person_approves(
    browser: Browser,
    page: Page,
    console_http: HttpServer,
    api: Api,
    new_user: NewUser,
    runtime: Runtime,
) -> None:
    await access.set_options(runtime, api.account_id, {"bulk_approval_rows": "1"})
    await sign_in(page, console_http, await new_user(Role.APPROVER))
    await page.goto(f"{console_http.url}/console/bulk")
    text = lines(api.customer()["id"], is_mended=True).replace("ammount", "amount")
    await choose(page, "members.csv", text)
    await expect(page.get_by_text("Being checked")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await work(runtime)
    await page.get_by_role("button", name="Commit").click()
    await page.get_by_role("dialog").get_by_role("button", name="Commit").click()
    await expect(page.get_by_text("You have sent it")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    own_buttons = await page.get_by_role("button", name="Approve").count()
    here = page.url

    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    second = await context.new_page()
    await sign_in(second, console_http, await new_user(Role.APPROVER))
    await second.goto(here)
    found = await faults_of(second, "bulk-approve")
    await second.get_by_role("button", name="Approve").click()
    await second.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(second.get_by_text("is approved")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await work(runtime)
    await expect(second.get_by_text("Approved by")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await context.close()

    assert own_buttons == 0
    assert api.get("/schedules")["total"] == 6
    assert found == []


async def test_one_payee_is_checked_and_explained(
    page: Page, console_http: HttpServer, new_user: NewUser
) -> None:
    heard, found = listen(page), []
    await sign_in(page, console_http, await new_user(Role.OPERATOR))
    await page.get_by_role("link", name="Verification").click()
    await expect(page.get_by_text("No files yet")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "verification-empty")
    await page.set_viewport_size({"width": 1440, "height": 900})

    await page.get_by_label("Name of the payee").fill(practice.name_of(13).replace("R", "Rr"))
    await page.get_by_label("IBAN", exact=True).fill(practice.iban_of(13))
    await page.get_by_role("button", name="Check", exact=True).click()
    await expect(page.get_by_text("How it came about")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_text("check digits are right")).to_be_visible()
    found += await faults_of(page, "verification")
    await page.get_by_label("IBAN", exact=True).fill("NL00DUER0000000013")
    await page.get_by_role("button", name="Check", exact=True).click()
    await expect(page.get_by_role("alert")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "verification-wrong")
    await page.get_by_role("link", name="Practice accounts").click()
    await expect(page.get_by_text("Magic numbers")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "practice")
    await page.get_by_role("button", name=f"at {practice.iban_of(9_000_002)}").click()
    await expect(page.get_by_text("closed account")).to_be_visible(timeout=PATIENCE_MILLISECONDS)

    assert practice.iban_of(9_000_002) not in page.url
    assert found == []
    assert heard == []


async def test_a_file_of_payees_is_checked_and_filtered(
    page: Page, console_http: HttpServer, new_user: NewUser, runtime: Runtime
) -> None:
    heard, found = listen(page), []
    await sign_in(page, console_http, await new_user(Role.OPERATOR))
    await page.goto(f"{console_http.url}/console/verification")
    rows = [f"{each.reference};{each.name or ''};{each.iban}" for each in practice_payees(60)]
    await choose(page, "payees.csv", "\n".join(["E2E ID;Beneficiary Name;Beneficiary IBAN", *rows]))
    await expect(page.get_by_role("progressbar", name="Payees checked")).to_be_visible(
        timeout=PATIENCE_MILLISECONDS
    )
    found += await faults_of(page, "check-running")
    while await verification.check_next_chunk(runtime, "tests", datetime.now(UTC), only_small=False):
        pass
    await expect(page.get_by_text("All results as a file")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "check-done")

    await page.set_viewport_size({"width": 1440, "height": 900})
    await page.get_by_role("link", name="Close match").click()
    await expect(page.get_by_role("heading", name="Close match")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "check-close")
    words = set(await page.locator("td .badge").all_inner_texts())
    async with page.expect_download() as fetched:
        await page.get_by_role("link", name="CSV").click()
    report = await asyncio.to_thread((await (await fetched.value).path()).read_text, "utf-8")
    await page.goto(f"{console_http.url}/console/verification")
    found += await faults_of(page, "checks")

    assert words == {"Close match"}
    assert len(report.splitlines()) == 61
    assert found == []
    assert heard == []


async def test_a_slow_line_comes_to_the_end(
    page: Page, console_http: HttpServer, new_user: NewUser, runtime: Runtime
) -> None:
    """A page that takes longer to come than a page in work waits before it asks again."""
    await sign_in(page, console_http, await new_user(Role.OPERATOR))
    await page.goto(f"{console_http.url}/console/verification")
    line = await page.context.new_cdp_session(page)
    await line.send("Network.emulateNetworkConditions", SLOW_LINE)
    rows = [f"{each.reference};{each.name or ''};{each.iban}" for each in practice_payees(60)]
    await choose(page, "payees.csv", "\n".join(["E2E ID;Beneficiary Name;Beneficiary IBAN", *rows]))
    await expect(page.get_by_role("progressbar", name="Upload")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_role("progressbar", name="Payees checked")).to_be_visible(
        timeout=PATIENCE_MILLISECONDS
    )
    while await verification.check_next_chunk(runtime, "tests", datetime.now(UTC), only_small=False):
        pass

    await expect(page.get_by_text("All results as a file")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
