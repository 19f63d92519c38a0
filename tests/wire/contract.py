"""The shape of every answer, as data, and a checker that walks through an answer of any depth.

Source: the wire specification, 2.3, 2.5, 3, 4.2 and the attribute tables of 6 to 14.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

V2017, V2019 = "2017-11-02", "2019-05-29"

# name:type; a question mark means that null is allowed. An upper-case word is the prefix of an id.
MEMBERS = {
    "token": "TOKN livemode:bool location:url used:bool charge_status:text card:card created_at:moment",
    "card": "CARD livemode:bool location:path? deleted:bool street1:text? street2:text? city:text? state:text? "
    "phone_number:text? postal_code:text? country:text financing:text bank:text brand:text fingerprint:text "
    "first_digits:text? last_digits:text name:text expiration_month:int expiration_year:int "
    "security_code_check:bool tokenization_method:text? created_at:moment",
    "customer": "CUST livemode:bool location:path deleted:bool default_card:CARD? email:text? description:text? "
    "metadata:texts cards:list linked_accounts:array created_at:moment",
    "charge": "CHRG livemode:bool location:path created_at:moment amount:int currency:currency "
    "status:successful|failed|pending|expired|reversed authorized:bool paid:bool capture:bool capturable:bool "
    "disputable:bool refundable:bool reversible:bool reversed:bool voided:bool expired:bool can_perform_void:bool "
    "paid_at:moment? expires_at:moment expired_at:moment? reversed_at:moment? authorized_at:moment? "
    "authorized_amount:int captured_amount:int fee:int fee_vat:int interest:int interest_vat:int net:int "
    "funding_amount:int refunded_amount:int refunded:int funding_currency:currency authorization_type:text? "
    "authorize_uri:text? return_uri:text? acquirer_reference_number:text? approval_code:text? refunds:list "
    "transaction:TRXN? transaction_fees:object platform_fee:object card:card? source:null customer:CUST? "
    "schedule:SCHD? link:null dispute:null ip:text? description:text? metadata:texts failure_code:text? "
    "failure_message:text? merchant_advice:text? merchant_advice_code:text? missing_3ds_fields:array "
    "authenticated_by:text? branch:text? terminal:text? device:text? zero_interest_installments:bool",
    "refund": "RFND livemode:bool location:path created_at:moment amount:int currency:currency funding_amount:int "
    "funding_currency:currency voided:bool charge:CHRG transaction:TRXN metadata:texts status:closed "
    "acquirer_reference_number:text? approval_code:text? terminal:text?",
    "recipient": "RECP livemode:bool location:path created_at:moment deleted:bool active:bool activated_at:moment? "
    "verified:bool verified_at:moment? default:bool name:text email:text? description:text? "
    "type:individual|corporation tax_id:text? bank_account:bank_account failure_code:text? metadata:texts "
    "schedule:SCHD?",
    "bank_account": "livemode:bool brand:text bank_code:text branch_code:text? type:text? account_type:text? "
    "account_number:text last_digits:text name:text created_at:moment",
    "transfer": "TRSF livemode:bool location:path created_at:moment deleted:bool recipient:RECP "
    "bank_account:bank_account sent:bool sent_at:moment? paid:bool paid_at:moment? amount:int currency:currency "
    "transactions:array transaction:TRXN? fee:int fee_vat:int total_fee:int net:int sendable:bool "
    "failure_code:text? failure_message:text? fail_fast:bool metadata:texts schedule:SCHD?",
    "balance": "livemode:bool location:path currency:currency transferable:int available:int total:int reserve:int "
    "reserve_amount:int on_hold:int created_at:moment",
    "account": "ACCOUNT livemode:bool location:path email:text currency:currency supported_currencies:array "
    "team:TEAM country:text webhook_uri:text? api_version:text auto_activate_recipients:bool chain_enabled:bool "
    "chain_return_uri:text? metadata_export_keys:object zero_interest_installments:bool created_at:moment",
    "transaction": "TRXN livemode:bool location:path direction:credit|debit type:credit|debit key:text "
    "origin:text source:text amount:int currency:currency transferable_at:moment transferable:moment "
    "created_at:moment",
    "event": "EVNT livemode:bool location:path key:text data:object webhook_deliveries:array created_at:moment "
    "actor_uid:text? team_uid:text? user_uid:text?",
    "webhook_delivery": "WHDL uri:text status:int key:text error:text? payload:text created_at:moment",
    "webhook_secret": "WHSC livemode:bool location:path deleted:bool last_digits:text expires_at:moment? "
    "created_at:moment",
    "capability": "location:path country:text banks:array limits:object payment_methods:array "
    "payment_backends:array tokenization_methods:array zero_interest_installments:bool",
    "payment_method": "name:text currencies:array card_brands:array installment_terms:array? banks:array "
    "provider:text?",
    "schedule": "SCHD deleted:bool livemode:bool location:path every:int occurrences:list on:object in_words:text "
    "period:day|week|month status:active|expiring|expired|suspended|deleted|paused active:bool "
    "state:Active|Paused next_occurrences_on:dates next_occurrence_dates:dates ended_at:moment? start_on:date "
    "start_date:date end_on:date? end_date:date? created_at:moment execute_time:text? deleted_by:text?",
    "scheduled_charge": "RCHG livemode:bool currency:currency amount:int default_card:bool card:CARD? "
    "customer:CUST linked_account:null description:text? metadata:texts created_at:moment",
    "scheduled_transfer": "RTRF livemode:bool created_at:moment recipient:RECP amount:int? "
    "percentage_of_balance:number? currency:currency",
    "occurrence": "OCCU livemode:bool location:path schedule:SCHD scheduled_on:date schedule_date:date "
    "retry_on:date? retry_date:date? processed_at:moment status:successful|failed|skipped message:text? "
    "result:text? created_at:moment execute_time:null split_metadata:null transfer_amount:int",
    "recurring_export": "RECR livemode:bool location:path "
    "state:awaiting_approval|pending|processing|paused|completed|cancelled|failed "
    "status:awaiting_approval|pending|processing|paused|completed|cancelled|failed "
    "total_rows:int processed_rows:int successful_rows:int "
    "failed_rows:int progress_percentage:int entries:int schedule_created_count:int downloadable:bool "
    "download_uri:path? name:text team:TEAM created_at:moment updated_at:moment completed_at:moment?",
    "list": "data:array limit:int offset:int total:int location:path order:text? from:moment to:moment",
    "receipt": "RCPT livemode:bool location:path number:text issued_on:date date:date customer_name:text "
    "customer_address:text customer_tax_id:text customer_email:text customer_statement_name:text company_name:text "
    "company_address:text company_tax_id:text charge_fee:int voided_fee:int transfer_fee:int subtotal:int vat:int "
    "wht:int total:int credit_note:bool currency:currency created_at:moment",
    "search": "scope:text query:text filters:object order:chronological|reverse_chronological page:int "
    "per_page:int total:int total_pages:int location:path data:array",
    "bulk_operation": "operation:pause|resume|delete total_count:int successful_count:int failed_count:int "
    "results:array",
    "schedule_dates": "schedule:SCHD location:path data:array",
    "clock": "livemode:bool location:path now:moment timezone:text offset_seconds:int",
    "forecast": "livemode:bool location:path from:date to:date group_by:day|week|month timezone:text now:moment "
    "history:array balance:object data:array",
    "explanation": "occurrence:OCCU schedule:SCHD livemode:bool location:path scheduled_on:date attempt:int "
    "status:due|held|sent|unknown|successful|failed|skipped|cancelled steps:array follows:text whole:bool",
    "calendar": "livemode:bool location:path from:date to:date timezone:text now:moment data:array",
    "calendar_day": "livemode:bool location:path date:date timezone:text next:text? data:array",
    "calendar_token": "CALT livemode:bool location:path deleted:bool scope:account|customer|recipient|schedule "
    "scope_id:text? last_digits:text created_at:moment",
}
# The old and the new name of a member, which are always given together and are equal.
TWINS = {
    "schedule": [
        ("start_date", "start_on"),
        ("end_date", "end_on"),
        ("next_occurrence_dates", "next_occurrences_on"),
    ],
    "occurrence": [("schedule_date", "scheduled_on"), ("retry_date", "retry_on")],
    "transaction": [("transferable", "transferable_at"), ("source", "origin"), ("type", "direction")],
    "receipt": [("date", "issued_on")],
    "balance": [("available", "transferable"), ("reserve_amount", "reserve")],
    "charge": [("refunded", "refunded_amount")],
    "bank_account": [("account_type", "type")],
    "capability": [("payment_backends", "payment_methods")],
    "recurring_export": [("status", "state"), ("entries", "total_rows")],
}
# Where an object is, built from its own members. What is left out has no location, or one that is told below.
LOCATIONS = {
    "customer": "/customers/{id}",
    "charge": "/charges/{id}",
    "refund": "/charges/{charge}/refunds/{id}",
    "recipient": "/recipients/{id}",
    "transfer": "/transfers/{id}",
    "transaction": "/transactions/{id}",
    "balance": "/balance",
    "account": "/account",
    "capability": "/capability",
    "event": "/events/{id}",
    "webhook_secret": "/webhooks/secrets/{id}",
    "schedule": "/schedules/{id}",
    "occurrence": "/occurrences/{id}",
    "recurring_export": "/recurring_exports/{id}",
    "clock": "/clock",
    "forecast": "/forecast",
    "explanation": "/occurrences/{occurrence}/explain",
    "calendar": "/calendar",
    "calendar_day": "/calendar/{date}",
    "calendar_token": "/calendar_tokens/{id}",
}
# Where only the end can be told: a token's location starts with the address of the vault, a card's with a customer.
ROOTED = {"token": "/tokens/", "card": "/cards/"}
# Lists that stand in an object; each has the object's location and its own name for location.
EMBEDDED_LISTS = {"customer": "cards", "charge": "refunds", "schedule": "occurrences"}
ERROR = {"object", "location", "code", "message"}
# What 2017 says of these, once destroyed, is nothing but this.
DESTROYED = {"object", "id", "livemode", "deleted"}
DESTROYED_KINDS = {"customer", "card", "recipient", "transfer"}

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


TYPES: dict[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "int": _is_int,
    "number": lambda value: _is_int(value) or isinstance(value, float),
    "bool": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "moment": lambda value: _matches(_MOMENT, value),
    "date": lambda value: _matches(_DATE, value),
    "dates": lambda value: isinstance(value, list) and all(_matches(_DATE, each) for each in value),
    "path": lambda value: _is_text(value) and value.startswith("/"),
    "url": lambda value: _is_text(value) and value.startswith("http://"),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "texts": lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
    "currency": lambda value: _is_text(value) and len(value) == 3,
}


def violations(answer: Any, version: str, *, at: str = "$", expanded: bool = False) -> Iterator[str]:
    """Everything in an answer that breaks the contract of a version, each with its place.

    `expanded`: references may be objects, since the request asked for that.
    """
    if isinstance(answer, list):
        for number, item in enumerate(answer):
            yield from violations(item, version, at=f"{at}[{number}]", expanded=expanded)
    elif isinstance(answer, dict):
        if "next_occurrences" in answer:
            yield f"{at}: next_occurrences is never given"
        if "object" in answer:
            yield from _of_object(answer, version, at, expanded=expanded)
        for name, value in answer.items():
            if answer.get("object") == "event" and name == "data":
                yield from _of_event(value, at=f"{at}.{name}")
            else:
                yield from violations(value, version, at=f"{at}.{name}", expanded=expanded)


def error_violations(answer: Any) -> Iterator[str]:
    """Everything in an answer that breaks the contract of an error."""
    if not isinstance(answer, dict) or set(answer) != ERROR or answer["object"] != "error":
        yield f"$: {answer!r:.200} is not an error"
    elif not all(isinstance(value, str) for value in answer.values()):
        yield "$: an error holds nothing but texts"
    elif not answer["location"].endswith(f"#{answer['code'].replace('_', '-')}"):
        yield f"$.location: {answer['location']} does not lead to {answer['code']}"


def _of_event(data: Any, *, at: str) -> Iterator[str]:
    """What an event holds is written in the version that its account had then: either will do, but one throughout."""
    yield from min((list(violations(data, version, at=at)) for version in (V2019, V2017)), key=len)


def _of_object(answer: Mapping[str, Any], version: str, at: str, *, expanded: bool) -> Iterator[str]:
    kind = answer["object"]
    if kind not in MEMBERS:
        yield f"{at}: unknown object {kind}"
    elif version == V2017 and kind in DESTROYED_KINDS and answer.get("deleted") is True:
        if set(answer) != DESTROYED:
            yield f"{at}: destroyed {kind} shows {sorted(set(answer) - DESTROYED)}"
    else:
        yield from _of_members(answer, kind, at, expanded=expanded)
        yield from _of_location(answer, kind, at)
        yield from _of_twins(answer, kind, at)
        yield from _of_version(answer, kind, version, at)


def _of_members(answer: Mapping[str, Any], kind: str, at: str, *, expanded: bool) -> Iterator[str]:
    for member in MEMBERS[kind].split():
        name, _, word = member.rpartition(":")
        name = name or "id"
        if name not in answer:
            yield f"{at}.{name}: missing"
        elif expanded and _is_expanded(answer[name], word):
            continue
        elif not _fits(answer[name], word):
            yield f"{at}.{name}: {answer[name]!r} is not {word}"
    if kind == "schedule" and ("charge" in answer) == ("transfer" in answer):
        yield f"{at}: exactly one of charge, transfer is given"
    if answer.get("location", "") is None and not (kind == "card" and at.endswith(".card")):
        yield f"{at}.location: null"


def _of_location(answer: Mapping[str, Any], kind: str, at: str) -> Iterator[str]:
    location = answer.get("location")
    right = LOCATIONS.get(kind)
    if kind in ROOTED and location is not None:
        right = f"{str(location).partition(ROOTED[kind])[0]}{ROOTED[kind]}{{id}}"
    if right is not None:
        plain = {
            name: value.get("id") if isinstance(value, dict) else value for name, value in answer.items()
        }
        right = right.format_map(defaultdict(str, plain))
        if location != right:
            yield f"{at}.location: {location!r} is not {right}"
    name = EMBEDDED_LISTS.get(kind, "")
    if name in answer and answer[name].get("location") != f"{location}/{name}":
        yield f"{at}.{name}.location: {answer[name].get('location')!r} is not {location}/{name}"


def _is_expanded(value: Any, word: str) -> bool:
    """Whether an object stands where its id would be; what it holds is looked at as any other object."""
    reference = word.removesuffix("?")
    return isinstance(value, dict) and reference.isupper() and _fits(value.get("id"), reference)


def _fits(value: Any, word: str) -> bool:
    if word.endswith("?"):
        return value is None or _fits(value, word[:-1])
    if word in TYPES:
        return TYPES[word](value)
    if word.isupper():
        return _matches(re.compile(rf"{word.lower()}_(test_)?[0-9a-z]{{19}}"), value)
    if word in MEMBERS:
        return isinstance(value, dict) and value.get("object") == word
    return value in word.split("|")


def _of_twins(answer: Mapping[str, Any], kind: str, at: str) -> Iterator[str]:
    twins = TWINS.get(kind, [])
    if "created_at" in answer:
        twins = [*twins, ("created", "created_at")]
    for old, new in twins:
        if old not in answer or new not in answer or answer[old] != answer[new]:
            yield f"{at}: {old} and {new} differ"
    if kind == "transfer" and answer["transactions"] != [each for each in [answer["transaction"]] if each]:
        yield f"{at}: transaction and transactions differ"


def _of_version(answer: Mapping[str, Any], kind: str, version: str, at: str) -> Iterator[str]:
    case = str.lower if version == V2017 else str.upper
    for name in ("currency", "funding_currency"):
        if name in answer and answer[name] != case(answer[name]):
            yield f"{at}.{name}: {answer[name]} in {version}"
    known = kind == "bank_account" and answer["bank_code"].isalpha() and answer["bank_code"] != "test"
    if known and (answer["brand"] == answer["bank_code"]) != (version == V2017):
        yield f"{at}.brand: {answer['brand']} in {version}"
    embedded = kind == "list" and at != "$"
    if embedded and answer["order"] != (None if version == V2017 else "chronological"):
        yield f"{at}.order: {answer['order']} in {version}"
    if kind == "list" and answer["order"] is None and not embedded:
        yield f"{at}.order: null"
