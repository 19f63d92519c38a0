"""Charges, customers, recipients and transfers acted on in a real Chromium, at both widths, light and dark."""

from playwright.async_api import Page, expect

from conftest import Api, HttpServer
from console.browsing import PATIENCE_MILLISECONDS, faults_of, listen, sign_in
from console.conftest import NewUser
from duerun.domain.console_users import Role

WIDE = {"width": 1440, "height": 900}


async def open_all(page: Page) -> None:
    """Open each line of what can be done, so that its form is looked at as well."""
    for line in await page.locator("details.act > summary").all():
        await line.click()


async def looked_at(page: Page, address: str, name: str) -> list[str]:
    """What is wrong with a page when all of its forms are open."""
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    await page.goto(address)
    await open_all(page)
    return await faults_of(page, name)


async def test_all_forms_are_accessible_and_fit_both_widths(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    heard, found = listen(page), []
    customer = api.customer(email="somchai@example.com", metadata={"plan": "gold"})["id"]
    card = api.patch(f"/customers/{customer}", {"card": api.token("5555555555554444")})["default_card"]
    paid = api.post("/charges", {"amount": 1_000_000, "currency": "thb", "customer": customer})["id"]
    terms = {"capture": False, "authorization_type": "pre_auth", "card": api.token()}
    held = api.post("/charges", {"amount": 100_000, "currency": "thb"} | terms)["id"]
    fresh = api.recipient(verified=False)["id"]
    api.advance(days=5)
    transfer = api.post("/transfers", {"amount": 50_000, "recipient": api.recipient()["id"]})["id"]
    await sign_in(page, console_http, await new_user(Role.OPERATOR))

    pages = {
        "customer-new": "customers/new",
        "customer": f"customers/{customer}",
        "card": f"customers/{customer}/cards/{card}",
        "charge": f"charges/{paid}",
        "charge-held": f"charges/{held}",
        "recipient-new": "recipients/new",
        "recipient": f"recipients/{fresh}",
        "recipient-edit": f"recipients/{fresh}/edit",
        "transfer": f"transfers/{transfer}",
    }
    for name, path in pages.items():
        found += await looked_at(page, f"{console_http.url}/console/{path}", f"act-{name}")

    assert found == []
    assert heard == []


async def test_a_customer_is_charged_and_refunded_by_keyboard(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    heard = listen(page)
    customer = api.customer(email="somchai@example.com")["id"]
    await sign_in(page, console_http, await new_user(Role.OPERATOR))
    await page.set_viewport_size({"width": 360, "height": 780})
    await page.goto(f"{console_http.url}/console/customers/{customer}")

    await page.locator("summary", has_text="Charge now").press("Enter")
    await page.get_by_label("Amount", exact=True).fill("1,234.50")
    await page.get_by_label("Amount", exact=True).press("Enter")
    await expect(page.get_by_role("status")).to_contain_text(
        "1,234.50 THB is charged", timeout=PATIENCE_MILLISECONDS
    )
    await page.locator("summary", has_text="Refund").press("Enter")
    await expect(page.get_by_label("Amount to refund in THB")).to_have_value("1234.50")
    await page.get_by_label("Amount to refund in THB").fill("234.50")
    await page.get_by_role("button", name="Refund for good").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text(
        "234.50 THB is given back", timeout=PATIENCE_MILLISECONDS
    )

    [charge] = api.get("/charges")["data"]
    assert (charge["amount"], charge["refunded_amount"]) == (123_450, 23_450)
    assert heard == []


async def test_a_refused_form_is_in_sight_again_with_what_was_typed(
    page: Page, console_http: HttpServer, api: Api, new_user: NewUser
) -> None:
    customer = api.customer(email="somchai@example.com")["id"]
    await sign_in(page, console_http, await new_user(Role.OPERATOR))
    await page.goto(f"{console_http.url}/console/customers/{customer}")

    await page.locator("summary", has_text="Charge now").click()
    await page.get_by_label("Amount", exact=True).fill("0.50")
    await page.get_by_role("button", name="Charge", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text(
        "greater than or equal to 20.00 THB", timeout=PATIENCE_MILLISECONDS
    )
    await expect(page.get_by_role("alert")).to_be_in_viewport()
    found = await faults_of(page, "act-refused")
    await page.set_viewport_size({"width": 360, "height": 780})

    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label("Amount", exact=True)).to_have_value("0.50")
    await page.get_by_label("Amount", exact=True).fill("50")
    await page.get_by_role("button", name="Charge", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text(
        "50.00 THB is charged", timeout=PATIENCE_MILLISECONDS
    )
    assert api.get("/charges")["total"] == 1
    assert found == []
