"""Calendar, forecast, test clock and webhooks in a real Chromium, at both widths, light and dark."""

from playwright.async_api import Page, expect

from conftest import Api, HttpServer
from console.browsing import PATIENCE_MILLISECONDS, faults_of, fill, listen, sign_in
from console.conftest import NewUser

PAGES = ("calendar", "forecast")


async def see(page: Page, address: str) -> None:
    """Go to a page and wait for the parts that are made behind it."""
    await page.goto(address)
    await expect(page.locator(".waiting")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)


async def test_pages_about_what_lies_ahead_are_accessible_and_fit_both_widths(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    heard, found = listen(page), []
    await sign_in(page, console_http, await new_user())
    for name in PAGES:
        await see(page, f"{console_http.url}/console/{name}")
        found += await faults_of(page, f"{name}-empty")
    fill(api)
    for name in PAGES:
        await see(page, f"{console_http.url}/console/{name}")
        found += await faults_of(page, name)
    await see(page, f"{console_http.url}/console/calendar")
    await page.locator(".month > li:not(.none) a.date").last.click()
    found += await faults_of(page, "calendar-day")
    await see(page, f"{console_http.url}/console/forecast?months=24&by=month")
    await expect(page.locator(".chart canvas")).to_have_count(2, timeout=PATIENCE_MILLISECONDS)
    found += await faults_of(page, "forecast-month")

    assert found == []
    assert heard == []
