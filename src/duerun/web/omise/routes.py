"""All endpoints of the Omise face."""

from duerun.web.omise import (
    account,
    balance,
    bulk,
    capability,
    cards,
    charges,
    clock,
    customers,
    events,
    occurrences,
    recipients,
    refunds,
    schedule_changes,
    schedules,
    tokens,
    transactions,
    transfers,
    webhooks,
)
from duerun.web.omise.call import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *tokens.ENDPOINTS,
    *customers.ENDPOINTS,
    *cards.ENDPOINTS,
    *charges.ENDPOINTS,
    *refunds.ENDPOINTS,
    *transactions.ENDPOINTS,
    *recipients.ENDPOINTS,
    *transfers.ENDPOINTS,
    *balance.ENDPOINTS,
    *account.ENDPOINTS,
    *events.ENDPOINTS,
    *webhooks.ENDPOINTS,
    *capability.ENDPOINTS,
    *schedules.ENDPOINTS,
    *schedule_changes.ENDPOINTS,
    *occurrences.ENDPOINTS,
    *clock.ENDPOINTS,
    *bulk.ENDPOINTS,
)
