"""Calendar, forecast, test clock and webhooks in a real Chromium, at both widths, light and dark."""

from playwright.async_api import Page, expect

from conftest import Api, HttpServer
from console.browsing import PATIENCE_MILLISECONDS, PICTURES, faults_of, fill, listen, sign_in
from console.conftest import NewUser, try_all
from duerun.services.unit import Runtime

PAGES = ("calendar", "forecast", "clock", "webhooks")


async def see(page: Page, address: str) -> None:
    """Go to a page and wait for the parts that are made behind it."""
    await page.goto(address)
    await expect(page.locator(".waiting")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)


async def test_pages_about_what_lies_ahead_are_accessible_and_fit_both_widths(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser, sending: Runtime
) -> None:
    heard, found = listen(page), []
    await sign_in(page, console_http, await new_user())
    for name in PAGES:
        await see(page, f"{console_http.url}/console/{name}")
        found += await faults_of(page, f"{name}-empty")
    api.patch("/account", {"webhook_uri": "https://receiver.invalid/hooks"})
    api.customer()
    await try_all(sending, api)
    fill(api)
    for name in PAGES:
        await see(page, f"{console_http.url}/console/{name}")
        found += await faults_of(page, name)
    await see(page, f"{console_http.url}/console/calendar")
    await page.locator(".month > li:not(.none) a.date").last.click()
    await page.wait_for_url("**day=**")
    found += await faults_of(page, "calendar-day")
    await page.goto(f"{console_http.url}/console/webhooks")
    await page.get_by_label("State").select_option("Tried again")
    await page.get_by_role("button", name="Find").click()
    await expect(page.locator("table.rows tbody tr").first).to_contain_text("try 1")
    found += await faults_of(page, "webhooks-failing")
    await page.get_by_role("button", name="Deliver a range again").click()
    found += await faults_of(page, "webhooks-range")
    await see(page, f"{console_http.url}/console/forecast?months=24&by=month")
    await expect(page.locator(".chart canvas")).to_have_count(2, timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "forecast-month")

    assert found == []
    assert heard == []


async def test_the_clock_is_moved_by_a_year_and_tells_what_happened(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    heard = listen(page)
    fill(api)
    await sign_in(page, console_http, await new_user())
    await page.get_by_role("link", name="Test clock").click()
    await page.get_by_role("button", name="A year").click()

    if await page.get_by_role("progressbar").is_visible():
        await page.screenshot(path=PICTURES / "clock-moving-1440.png")
    await expect(page.get_by_role("heading", name="What happened")).to_be_visible(
        timeout=PATIENCE_MILLISECONDS
    )
    await expect(page.locator(".waiting")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_role("row").filter(has_text="Charges").first).to_be_visible()
    found = await faults_of(page, "clock-happened")

    assert found == []
    assert heard == []
