"""Receipts: what an account paid in fees on one of its days."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The fees of one day. `vat_minor` is on all of them; a void gives the fee of its charge and its VAT back."""

    id: str
    livemode: bool
    number: str
    issued_on: date
    currency: str
    charge_fee_minor: int
    voided_fee_minor: int
    transfer_fee_minor: int
    vat_minor: int
    created_at: datetime

    @property
    def subtotal_minor(self) -> int:
        return self.charge_fee_minor - self.voided_fee_minor + self.transfer_fee_minor

    @property
    def total_minor(self) -> int:
        return self.subtotal_minor + self.vat_minor

    @property
    def credit_note(self) -> bool:
        """Whether more is given back than is charged."""
        return self.total_minor < 0
