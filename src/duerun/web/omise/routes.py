"""All endpoints of the Omise face."""

from duerun.web.omise import cards, customers, tokens
from duerun.web.omise.call import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (*tokens.ENDPOINTS, *customers.ENDPOINTS, *cards.ENDPOINTS)
