"""A real browser: the system's Chromium, what axe says of a page, and pictures that are kept."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from conftest import Api, HttpServer

ROOT = Path(__file__).parents[2]
# Kept from run to run, and by nobody's version control.
PICTURES = ROOT / "build" / "console-screenshots"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS = {1440: 900, 360: 780}
SCHEMES = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE_MILLISECONDS = 60_000
PASSWORD = "correct horse battery"
FAILING_CARD = "4111111111140011"
_RUN = """async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations.flatMap(
  found => found.nodes.map(node => `${found.id}: ${node.target} ${node.failureSummary}`))"""


def chromium() -> str:
    """Where the system's Chromium is; without one the test is skipped."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("Chromium is not installed: as root, apt-get install chromium")
    return found


async def faults_of(page: Page, name: str) -> list[str]:
    """What is wrong with a page at both widths, light and dark; a picture of each is kept."""
    found = []
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.wait_for_load_state()
    await page.evaluate(AXE.read_text("utf-8"))
    for width, height in WIDTHS.items():
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            at = f"{name} at {width}, {scheme}"
            found += [f"{at}: {each}" for each in await page.evaluate(_RUN, RULES)]
            over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{at}: wider than the screen by {over}"] if over > 0 else []
            if scheme == "light":
                await page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
    return found


def listen(page: Page) -> list[str]:
    """Whatever the browser complains about from now on, such as a script that the policy stops."""
    heard: list[str] = []

    def hear(message: Any) -> None:
        if message.type in ("error", "warning"):
            heard.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


async def sign_in(page: Page, http: HttpServer, name: str) -> None:
    """Fill in the form and come to the first page."""
    await page.goto(f"{http.url}/console")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Today")).to_be_visible(timeout=PATIENCE_MILLISECONDS)


def fill(api: Api) -> None:
    """Members who pay by the week, one of them with a card that fails, recipients who are paid, and five weeks."""
    for number in range(8):
        card = FAILING_CARD if number == 7 else "4242424242424242"
        member = api.customer(card, email=f"member{number}@example.com", description="Gym member")
        charge = {"customer": member["id"], "amount": 99_900 + number, "description": "Gold membership"}
        api.post(
            "/schedules", {"every": 1, "period": "week", "on": {"weekdays": ["monday"]}, "charge": charge}
        )
    transfer = {"recipient": api.recipient()["id"], "amount": 50_000}
    api.post(
        "/schedules", {"every": 1, "period": "week", "on": {"weekdays": ["friday"]}, "transfer": transfer}
    )
    api.recipient(verified=False)
    api.advance(days=35)
