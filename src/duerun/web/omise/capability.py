"""What an account can do; public keys may ask (source: the wire specification, 9)."""

import msgspec

from duerun.domain.accounts import Account
from duerun.domain.banks import codes_of
from duerun.domain.currencies import LIMITS, accepted
from duerun.web.omise import wire
from duerun.web.omise.call import Call, Endpoint
from duerun.web.omise.wire import Version

CARD_BRANDS = ("JCB", "Visa", "MasterCard", "American Express", "Discover", "Diners Club", "UnionPay")


class Range(msgspec.Struct):
    """Smallest and largest amount, in the smallest unit of the account's currency."""

    min: int
    max: int


class Least(msgspec.Struct):
    min: int


class WireLimits(msgspec.Struct, kw_only=True):
    charge_amount: Range
    transfer_amount: Range
    installment_amount: Least


class WirePaymentMethod(msgspec.Struct, kw_only=True):
    object: str = "payment_method"
    name: str = "card"
    currencies: list[str]
    card_brands: tuple[str, ...] = CARD_BRANDS
    installment_terms: list[int] | None = None
    banks: list[str]
    provider: str | None = None


class WireCapability(msgspec.Struct, kw_only=True):
    object: str = "capability"
    location: str = "/capability"
    country: str
    banks: list[str]
    limits: WireLimits
    payment_methods: list[WirePaymentMethod]
    payment_backends: list[WirePaymentMethod]
    tokenization_methods: list[str]
    zero_interest_installments: bool = False


def render(account: Account, version: Version) -> WireCapability:
    """Cards are the one way to pay; instalments are not offered, so their limit is that of any charge."""
    limits = LIMITS[account.country]
    currencies = [wire.currency(code, version) for code in sorted(accepted(account.country))]
    methods = [WirePaymentMethod(currencies=currencies, banks=[])]
    return WireCapability(
        country=account.country,
        banks=codes_of(account.country, livemode=account.livemode),
        limits=WireLimits(
            charge_amount=Range(limits.charge_min, limits.charge_max),
            transfer_amount=Range(limits.transfer_min, limits.transfer_max),
            installment_amount=Least(limits.charge_min),
        ),
        payment_methods=methods,
        payment_backends=methods,
        tokenization_methods=[],
    )


async def retrieve(call: Call) -> WireCapability:
    return render(call.account, call.version)


ENDPOINTS = (Endpoint("GET", "/capability", retrieve, public=True),)
