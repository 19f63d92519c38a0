"""The console as people use it: in a real Chromium, at both widths, light and dark, with the keyboard."""

from datetime import UTC, datetime

from playwright.async_api import Page, expect

from conftest import Api, HttpServer
from console.browsing import PATIENCE_MILLISECONDS, faults_of, fill, listen, sign_in
from console.conftest import NewUser
from duerun.services import console_users
from duerun.services.unit import Runtime

LISTS = ("schedules", "charges", "transfers", "customers", "recipients")


async def test_every_page_is_accessible_and_fits_both_widths_light_and_dark(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    heard, found = listen(page), []
    await page.goto(f"{console_http.url}/console/sign-in")
    found += await faults_of(page, "sign-in")
    fill(api)
    await sign_in(page, console_http, await new_user())
    found += await faults_of(page, "today")
    for name in LISTS:
        await page.goto(f"{console_http.url}/console/{name}")
        found += await faults_of(page, name)
        await page.set_viewport_size({"width": 1440, "height": 900})
        await page.locator("table.rows tbody a").first.click()
        await expect(page.locator("a.back")).to_be_visible()
        found += await faults_of(page, name.removesuffix("s"))
    await page.goto(f"{console_http.url}/console/yourself")
    found += await faults_of(page, "yourself")

    assert found == []
    assert heard == []


async def test_pages_without_data_are_accessible_and_fit_as_well(
    page: Page, console_http: HttpServer, new_user: NewUser
) -> None:
    found = []
    await sign_in(page, console_http, await new_user())
    found += await faults_of(page, "today-empty")
    await page.get_by_role("button", name="Live").click()
    await expect(page.locator("p.flash")).to_contain_text("live mode")
    for name in LISTS:
        await page.goto(f"{console_http.url}/console/{name}")
        found += await faults_of(page, f"{name}-empty")
    await page.goto(f"{console_http.url}/console/nowhere")
    found += await faults_of(page, "not-here")

    assert found == []


async def test_a_schedule_is_paused_behind_a_question(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    charge = {"customer": api.customer()["id"], "amount": 99_900, "description": "Gold membership"}
    body = {"every": 1, "period": "month", "on": {"days_of_month": [28]}, "charge": charge}
    made = api.post("/schedules", body)["id"]
    await sign_in(page, console_http, await new_user())
    await page.get_by_role("link", name="Schedules").click()
    await page.get_by_role("link", name="Gold membership").click()

    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    found = await faults_of(page, "question")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert api.get(f"/schedules/{made}")["status"] == "active"
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_role("dialog").get_by_role("button", name="Pause").click()

    await expect(page.get_by_role("status")).to_have_text(
        "The schedule is paused.", timeout=PATIENCE_MILLISECONDS
    )
    assert api.get(f"/schedules/{made}")["status"] == "paused"
    assert found == []


async def test_today_renews_itself_and_leads_to_the_sign_in_when_the_session_has_ended(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser, runtime: Runtime
) -> None:
    name = await new_user()
    heard = listen(page)
    await sign_in(page, console_http, name)
    await expect(page.get_by_text("No schedules yet")).to_be_visible()

    charge = {"customer": api.customer()["id"], "amount": 123_450}
    api.post("/schedules", {"every": 1, "period": "day", "charge": charge})

    await expect(page.get_by_text("No schedules yet")).to_be_hidden(timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_text("37,035.00")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    assert heard == []
    await console_users.disable(runtime, name, datetime.now(UTC))
    await page.wait_for_url("**/console/sign-in")


async def test_the_keyboard_reaches_the_content_first_and_the_menu_of_small_screens(
    page: Page, console_http: HttpServer, new_user: NewUser
) -> None:
    await sign_in(page, console_http, await new_user())
    await page.goto(f"{console_http.url}/console/charges")

    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Search")).to_be_focused()
    await page.set_viewport_size({"width": 360, "height": 780})
    await page.get_by_text("Menu").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Customers").click()

    await expect(page.get_by_role("heading", name="Customers", exact=True)).to_be_visible(
        timeout=PATIENCE_MILLISECONDS
    )
