"""The table of all pages, in the order of the navigation."""

from duerun.web.console.pages import (
    bulk,
    charges,
    customers,
    recipients,
    schedules,
    sign_in,
    today,
    transfers,
    yourself,
)
from duerun.web.console.visit import Page

PAGES: tuple[Page, ...] = (
    *today.PAGES,
    *schedules.PAGES,
    *charges.PAGES,
    *transfers.PAGES,
    *customers.PAGES,
    *recipients.PAGES,
    *bulk.PAGES,
    *yourself.PAGES,
    *sign_in.PAGES,
)
