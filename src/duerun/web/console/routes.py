"""The table of all pages, in the order of the navigation."""

from duerun.web.console.pages import (
    calendar,
    charges,
    clock,
    customers,
    forecast,
    recipients,
    schedules,
    sign_in,
    today,
    transfers,
    webhooks,
    yourself,
)
from duerun.web.console.visit import Page

PAGES: tuple[Page, ...] = (
    *today.PAGES,
    *calendar.PAGES,
    *forecast.PAGES,
    *clock.PAGES,
    *schedules.PAGES,
    *charges.PAGES,
    *transfers.PAGES,
    *customers.PAGES,
    *recipients.PAGES,
    *webhooks.PAGES,
    *yourself.PAGES,
    *sign_in.PAGES,
)
