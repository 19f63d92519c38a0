"""Customers, cards and tokens: rows <-> values. Every statement names the account and the mode."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from duerun.domain.accounts import Account
from duerun.domain.lists import ListQuery
from duerun.domain.parties import Card, Customer, Token
from duerun.storage.database import Connection, execute, fetch_all, fetch_one, fetch_proving, kept_by, sql
from duerun.storage.kept import Kept, Key
from duerun.storage.lists import Page, fetch_page

EMBEDDED_CARDS_MAX = 20
_CARD_COLUMNS = tuple(field.name for field in fields(Card))


async def insert_customer(connection: Connection, account: Account, customer: Customer) -> None:
    await execute(
        connection,
        "customer_insert",
        id=customer.id,
        account_id=account.id,
        livemode=account.livemode,
        email=customer.email,
        description=customer.description,
        metadata=Jsonb(customer.metadata),
        now=customer.created_at,
    )


async def fetch_customer(
    connection: Connection, account: Account, customer_id: str, *, lock: bool = False, cards: bool = True
) -> Customer | None:
    """A customer with its first cards, or without, destroyed ones too.

    `lock` holds the row until the transaction ends.
    """
    values = {"id": customer_id, "account_id": account.id, "livemode": account.livemode}
    if lock:
        cursor = await connection.execute(sql("customer_fetch") + " FOR UPDATE", values)
        rows = await cursor.fetchall()
    else:
        rows = await fetch_proving(connection, sql("customer_fetch"), values)
    if not rows:
        return None
    customer = Customer(**rows[0])
    kept, key = _place(connection, account, customer_id)
    kept.put(key, customer)
    return (await _with_cards(connection, account, [customer]))[0] if cards else customer


def recall_customer(connection: Connection, account: Account, customer_id: str) -> Customer | None:
    """A customer without cards, as this process has read it last; it may have changed."""
    kept, key = _place(connection, account, customer_id)
    return kept.get(key)


def _place(connection: Connection, account: Account, customer_id: str) -> tuple[Kept[Customer], Key]:
    kept, timeline = kept_by(connection)
    return kept, ((timeline, account.id, account.livemode), customer_id, 0)


async def fetch_customers(
    connection: Connection, account: Account, customer_ids: Collection[str]
) -> list[Customer]:
    """Some customers by their ids, destroyed ones too."""
    rows = await fetch_all(
        connection,
        "customers_fetch",
        ids=list(customer_ids),
        account_id=account.id,
        livemode=account.livemode,
    )
    return await _with_cards(connection, account, [Customer(**row) for row in rows])


async def list_customers(connection: Connection, account: Account, query: ListQuery) -> Page[Customer]:
    rows, total = await fetch_page(
        connection,
        "customers_list",
        query,
        counted="customers",
        account_id=account.id,
        livemode=account.livemode,
    )
    customers = await _with_cards(connection, account, [Customer(**row) for row in rows])
    return Page(tuple(customers), total)


async def update_customer(connection: Connection, account: Account, customer: Customer) -> None:
    await execute(
        connection,
        "customer_update",
        id=customer.id,
        account_id=account.id,
        livemode=account.livemode,
        email=customer.email,
        description=customer.description,
        metadata=Jsonb(customer.metadata),
        default_card_id=customer.default_card_id,
        deleted_at=customer.deleted_at,
    )


async def insert_token(connection: Connection, account: Account, token: Token) -> None:
    """A token and the card that it stands for."""
    await execute(connection, "card_insert", **asdict(token.card), account_id=account.id)
    await execute(
        connection,
        "token_insert",
        id=token.id,
        account_id=account.id,
        livemode=account.livemode,
        card_id=token.card.id,
        now=token.created_at,
    )


async def fetch_token(connection: Connection, account: Account, token_id: str) -> Token | None:
    row = await fetch_one(
        connection, "token_fetch", id=token_id, account_id=account.id, livemode=account.livemode
    )
    if row is None:
        return None
    card = await fetch_card(connection, account, row.pop("card_id"))
    return Token(card=card, **row) if card else None


async def use_token(connection: Connection, account: Account, token_id: str, now: datetime) -> bool:
    """Mark a token as used; False when it was used before, by whomever."""
    used = await execute(
        connection, "token_use", id=token_id, account_id=account.id, livemode=account.livemode, now=now
    )
    return used == 1


async def fetch_card(connection: Connection, account: Account, card_id: str) -> Card | None:
    """A card, destroyed ones too."""
    row = await fetch_one(
        connection, "card_fetch", id=card_id, account_id=account.id, livemode=account.livemode
    )
    return card_of(row) if row else None


async def fetch_cards(connection: Connection, account: Account, card_ids: Collection[str]) -> list[Card]:
    """Some cards by their ids, destroyed ones too."""
    rows = await fetch_all(
        connection, "cards_fetch", ids=list(card_ids), account_id=account.id, livemode=account.livemode
    )
    return [card_of(row) for row in rows]


async def list_cards(
    connection: Connection, account: Account, customer_id: str, query: ListQuery
) -> Page[Card]:
    rows, total = await fetch_page(
        connection,
        "cards_list",
        query,
        customer_id=customer_id,
        account_id=account.id,
        livemode=account.livemode,
    )
    return Page(tuple(card_of(row) for row in rows), total)


async def attach_card(
    connection: Connection, account: Account, card: Card, customer_id: str, now: datetime
) -> Card:
    await execute(
        connection,
        "card_attach",
        id=card.id,
        customer_id=customer_id,
        account_id=account.id,
        livemode=account.livemode,
        now=now,
    )
    return replace(card, customer_id=customer_id, attached_at=now)


async def update_card(connection: Connection, account: Account, card: Card) -> None:
    await execute(
        connection,
        "card_update",
        id=card.id,
        account_id=account.id,
        livemode=account.livemode,
        name=card.name,
        city=card.city,
        postal_code=card.postal_code,
        expiration_month=card.expiration_month,
        expiration_year=card.expiration_year,
        deleted_at=card.deleted_at,
    )


async def newest_card_id(connection: Connection, account: Account, customer_id: str) -> str | None:
    """The card that was attached last and is still there."""
    row = await fetch_one(
        connection,
        "card_newest",
        customer_id=customer_id,
        account_id=account.id,
        livemode=account.livemode,
    )
    return row["id"] if row else None


async def release_card(connection: Connection, account: Account, card: Card) -> None:
    """Let the schedules that name this card take the customer's default card from now on."""
    await execute(
        connection,
        "schedules_release_card",
        card_id=card.id,
        customer_id=card.customer_id,
        account_id=account.id,
        livemode=account.livemode,
    )


def card_of(row: dict[str, Any], prefix: str = "") -> Card:
    """A card from a row whose columns may carry a prefix."""
    return Card(**{name: row[prefix + name] for name in _CARD_COLUMNS})


async def _with_cards(
    connection: Connection, account: Account, customers: Sequence[Customer]
) -> list[Customer]:
    if not customers:
        return []
    rows = await fetch_all(
        connection,
        "cards_of_customers",
        customer_ids=[customer.id for customer in customers],
        account_id=account.id,
        livemode=account.livemode,
        cards_max=EMBEDDED_CARDS_MAX,
    )
    cards: dict[str, list[Card]] = {}
    totals = {row["customer_id"]: row["cards_total"] for row in rows}
    for row in rows:
        cards.setdefault(row["customer_id"], []).append(card_of(row))
    return [
        replace(
            customer,
            cards=tuple(cards.get(customer.id, ())),
            cards_total=totals.get(customer.id, 0),
        )
        for customer in customers
    ]
