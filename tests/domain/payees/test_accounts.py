"""Accounts as they are kept: their names are found again, also where they were read by other rules."""

from duerun.domain.payees.accounts import READING_VERSION, HeldAccount, decode, encode, hold
from duerun.domain.payees.answers import AccountStatus, HolderKind
from duerun.domain.payees.compare import HeldName, NameKind, PreparedHolder, compare, prepare
from duerun.domain.payees.profiles import PROFILES
from duerun.domain.payees.verdicts import Verdict

NAMES = [HeldName("Anna Becker"), HeldName("Anna Weber", is_alias=True)]


def kept(version: int = READING_VERSION) -> HeldAccount:
    account = hold(HolderKind.PERSON, AccountStatus.ACTIVE, prepare(NAMES, NameKind.PERSON, "DE"))
    changed = HeldAccount(
        account.kind, account.status, account.own_names, bytes([version]) + account.prepared[1:]
    )
    return decode(encode(changed))


def test_a_holder_is_kept_and_found_again() -> None:
    account = kept()

    assert account.own_names == ("anna becker",)
    assert account.holder == prepare(NAMES, NameKind.PERSON, "DE")


def test_a_holder_of_another_version_is_read_anew() -> None:
    older = kept(version=READING_VERSION - 1)

    holder = older.holder
    assert isinstance(holder, PreparedHolder)
    assert compare("Becker Anna", holder, PROFILES["balanced"]).verdict is Verdict.MATCH


def test_an_account_without_a_name_has_no_holder() -> None:
    account = decode(encode(hold(HolderKind.ORGANISATION, AccountStatus.ACTIVE, None)))

    assert (account.holder, account.own_names) == (None, ())
