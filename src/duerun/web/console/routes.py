"""The table of all pages, in the order of the navigation."""

from duerun.web.console.pages import (
    bulk,
    calendar,
    charges,
    check_files,
    clock,
    customers,
    forecast,
    occurrences,
    recipients,
    schedules,
    sign_in,
    today,
    transfers,
    verification,
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
    *occurrences.PAGES,
    *charges.PAGES,
    *transfers.PAGES,
    *customers.PAGES,
    *recipients.PAGES,
    *bulk.PAGES,
    *verification.PAGES,
    *check_files.PAGES,
    *webhooks.PAGES,
    *yourself.PAGES,
    *sign_in.PAGES,
)
