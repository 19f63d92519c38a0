"""Settings, API keys, the audit log and the editing of schedules in a real Chromium, at both widths, light and dark."""

from playwright.async_api import Page, expect

from conftest import Api, HttpServer
from console.browsing import FAILING_CARD, PATIENCE_MILLISECONDS, faults_of, fill, listen, sign_in
from console.conftest import NewUser
from duerun.domain.console_users import Role

PAGES = ("settings", "keys", "audit")


async def test_settings_keys_and_the_log_are_accessible_and_fit_both_widths(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    heard, found = listen(page), []
    await sign_in(page, console_http, await new_user())
    await page.goto(f"{console_http.url}/console/audit")
    found += await faults_of(page, "audit-empty")
    fill(api)
    await page.goto(f"{console_http.url}/console/settings")
    await page.get_by_role("button", name="Save", exact=True).first.click()
    for name in PAGES:
        await page.goto(f"{console_http.url}/console/{name}")
        found += await faults_of(page, name)
    await page.get_by_role("button", name="Live").click()
    await page.goto(f"{console_http.url}/console/keys")
    found += await faults_of(page, "keys-live")
    await page.get_by_role("button", name="Test", exact=True).click()
    await page.goto(f"{console_http.url}/console/schedules")
    await page.set_viewport_size({"width": 1440, "height": 900})
    await page.locator("table.rows tbody a").first.click()
    await page.get_by_role("link", name="Change").nth(1).click()
    await expect(page.get_by_label("Runs on")).to_be_visible()
    found += await faults_of(page, "schedule-date")
    await page.go_back()
    await page.get_by_role("link", name="Edit").click()
    await expect(page.get_by_label("Until")).to_be_visible()
    found += await faults_of(page, "schedule-edit")
    await page.goto(f"{console_http.url}/console/schedules/new")
    found += await faults_of(page, "schedule-whose")

    assert found == []
    assert heard == []


async def test_a_schedule_is_made_for_a_customer(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    heard, customer = listen(page), api.customer(email="member@example.com")["id"]
    await sign_in(page, console_http, await new_user(Role.OPERATOR))
    await page.goto(f"{console_http.url}/console/customers/{customer}")
    await page.get_by_role("link", name="New schedule").click()
    await expect(page.get_by_label("Days, from 1 to 28")).to_be_visible()
    found = await faults_of(page, "schedule-new")

    await page.get_by_label("Amount in THB").fill("499")
    await page.get_by_label("week(s)").check()
    await expect(page.get_by_label("Days, from 1 to 28")).to_be_hidden()
    await page.get_by_label("Friday").check()
    await page.get_by_label("Number").fill("2")
    await page.get_by_label("Until").fill("2020-01-01")
    await page.locator("form.rule").evaluate("form => { form.noValidate = true; }")
    await page.get_by_role("button", name="Make the schedule").click()
    await expect(page.get_by_role("alert")).to_contain_text("The end must be on or after the start")
    await expect(page.get_by_label("Friday")).to_be_checked()
    found += await faults_of(page, "schedule-refused")
    await page.get_by_label("Until").fill("")
    await page.get_by_role("button", name="Make the schedule").click()

    await expect(page.get_by_text("The schedule is made.")).to_be_visible()
    made = api.get("/schedules")["data"]
    assert [(each["in_words"], each["charge"]["amount"]) for each in made] == [
        ("Every 2 week(s) on Friday", 49_900)
    ]
    assert found == []
    assert [each for each in heard if "400" not in each] == []


async def test_a_viewer_reads_settings_and_keys(
    page: Page, console_http: HttpServer, new_user: NewUser
) -> None:
    found = []
    await sign_in(page, console_http, await new_user(Role.VIEWER))
    for name in PAGES[:2]:
        await page.goto(f"{console_http.url}/console/{name}")
        found += await faults_of(page, f"{name}-viewer")
        await expect(page.get_by_text("Admins can")).to_be_visible()

    assert found == []


async def test_rules_are_tried_out_mended_saved_and_found_in_the_log(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    heard = listen(page)
    charge = {"customer": api.customer(FAILING_CARD)["id"], "amount": 99_900}
    api.post("/schedules", {"every": 1, "period": "week", "on": {"weekdays": ["monday"]}, "charge": charge})
    api.advance(days=12)
    await sign_in(page, console_http, await new_user())
    await page.get_by_role("link", name="Settings").click()

    await page.get_by_label("Failure code, row 2").fill("insufficient_fund")
    await page.get_by_label("Days between tries, row 2").fill("soon")
    await page.get_by_role("button", name="Try them out").click()
    await expect(page.get_by_role("alert")).to_contain_text("Row 2 needs days", timeout=PATIENCE_MILLISECONDS)
    found = await faults_of(page, "settings-refused")
    await page.get_by_label("Days between tries, row 2").fill("2, 5")
    await page.get_by_label("Counted in, row 2").select_option("business days later")
    await page.get_by_role("button", name="Try them out").click()
    await expect(page.get_by_role("heading", name="tried out on")).to_be_visible(
        timeout=PATIENCE_MILLISECONDS
    )
    await expect(page.get_by_text("failed at the first try")).to_be_visible()
    found += await faults_of(page, "settings-backtest")
    await page.get_by_role("button", name="Save the rules").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved", timeout=PATIENCE_MILLISECONDS)
    await expect(page.get_by_label("Days between tries, row 2")).to_have_value("2, 5")

    await page.get_by_role("link", name="Audit log").first.click()
    await expect(page.locator("table.audit tbody tr").first).to_contain_text(
        "insufficient_fund: 2, 5 business"
    )
    await page.get_by_role("button", name="Check the chain").click()
    await expect(page.get_by_role("status")).to_contain_text(
        "as they were written", timeout=PATIENCE_MILLISECONDS
    )
    found += await faults_of(page, "audit-checked")

    assert found == []
    # A form that is refused is answered with status 400, which the browser tells.
    assert [each for each in heard if "400" not in each] == []


async def test_a_key_is_made_rolled_and_revoked(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    heard = listen(page)
    await sign_in(page, console_http, await new_user())
    await page.get_by_role("link", name="API keys").click()

    await page.get_by_role("button", name="Make a key").click()
    found = await faults_of(page, "keys-make")
    await page.get_by_role("dialog").get_by_role("button", name="Make it").click()
    key = await page.locator("#key").text_content(timeout=PATIENCE_MILLISECONDS)
    assert key
    found += await faults_of(page, "key-made")
    assert api.call("GET", "/account", key=key).status_code == 200
    await page.get_by_role("link", name="I have kept it").click()

    await page.get_by_role("button", name="Roll keys").click()
    await page.get_by_role("dialog").get_by_role("button", name="Roll them").click()
    await expect(page.get_by_text("end in 60 minutes")).to_be_visible(timeout=PATIENCE_MILLISECONDS)
    await page.get_by_role("link", name="API keys").first.click()
    await expect(page.get_by_text("Ends soon").first).to_be_visible()
    await page.set_viewport_size({"width": 1440, "height": 900})

    await page.get_by_role("button", name=f"Revoke …{key[-4:]}").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke it").click()
    await expect(page.get_by_role("status")).to_contain_text(
        f"ends in {key[-4:]}", timeout=PATIENCE_MILLISECONDS
    )
    found += await faults_of(page, "keys-rolled")

    assert api.call("GET", "/account", key=key).status_code == 401
    assert found == []
    assert heard == []
