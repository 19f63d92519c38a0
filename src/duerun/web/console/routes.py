"""The table of all pages, in the order of the navigation."""

from duerun.web.console.pages import (
    bulk,
    charges,
    check_files,
    customers,
    recipients,
    schedules,
    sign_in,
    today,
    transfers,
    verification,
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
    *verification.PAGES,
    *check_files.PAGES,
    *yourself.PAGES,
    *sign_in.PAGES,
)
