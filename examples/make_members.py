"""Writes `members.csv`: 5,000 made-up members with test cards, and the rhythm in which each of them pays.

Run `python examples/make_members.py [FILE]`. The same rows come out each time, on every Python version: each
choice is drawn from a hash of the seed, the field and the member's number, so that a changed field leaves the
others alone. Names are put together from common given and family names of several scripts and mean nobody;
the cards are documented test numbers, the addresses lie under example.com, the bank accounts are invented.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, TextIO, TypeVar

T = TypeVar("T")

SEED = "duerun members 1"
MEMBERS = 5_000
PAYOUT_RECIPIENTS = 40
# A share per thousand of the members gets each kind of card; the rest gets cards that work.
FAILS_FIRST_PER_MILLE, NO_FUNDS_PER_MILLE, ANSWER_LOST_PER_MILLE = 20, 30, 10

FAILS_FIRST = ("4111111111170091", "4111111111160092")
NO_FUNDS = ("4111111111140011", "5555551111110011", "3530111111190011", "6250947000000014")
ANSWER_LOST = ("4111111111150093", "4111111111140094")
SUCCESSFUL = (
    *("4242424242424242", "4111111111111111") * 4,
    *("5555555555554444", "5454545454545454") * 3,
    *("3530111333300000", "3566111111111113"),
    *("378282246310005", "6447032400000000001", "36021042000004", "6250947000000006"),
)

BANKS = (
    "bbl",
    "kbank",
    "ktb",
    "scb",
    "cimb",
    "uob",
    "bay",
    "gsb",
    "ghb",
    "baac",
    "tisco",
    "kk",
    "lhb",
    "ttb",
)


class Plan(NamedTuple):
    """What is paid for: `least` to `most` in subunits, both on a multiple of `step`."""

    name: str
    least: int
    most: int
    step: int


PLANS = (
    Plan("Newspaper", 2_000, 2_000, 500),
    Plan("Donation", 5_000, 60_000, 2_500),
    Plan("Swimming", 45_000, 45_000, 500),
    Plan("Climbing", 89_000, 89_000, 500),
    Plan("Gym", 129_000, 129_000, 500),
    Plan("Music lessons", 150_000, 240_000, 10_000),
    Plan("Parking", 250_000, 250_000, 500),
    Plan("Studio", 320_000, 500_000, 20_000),
)


class Script(NamedTuple):
    """Names of one script as (written, in Latin letters); `pattern` joins a given and a family name."""

    pattern: str
    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Reads `written=latin` pairs; a plain word is written in Latin letters already."""
    return tuple((word.split("=")[0], word.split("=")[-1].lower()) for word in text.split())


THAI = Script(
    "{given} {family}",
    _pairs(
        "สมชาย=somchai สมหญิง=somying มาลี=malee วิชัย=wichai นภา=napa อนันต์=anan ปรีชา=preecha กมล=kamon "
        "รัตนา=rattana ธีระ=theera สุดา=suda นิภา=nipha ชาติ=chat พิมพ์=pim อารี=aree วันดี=wandee"
    ),
    _pairs(
        "ใจดี=jaidee ทองดี=thongdee ศรีสุข=srisuk แสงทอง=saengthong บุญมี=boonmee สุขใจ=sukjai พงษ์ดี=phongdee "
        "วงศ์งาม=wongngam แก้วใส=kaewsai จันทร์เพ็ญ=chanpen มั่นคง=mankhong รุ่งเรือง=rungrueang"
    ),
)
LATIN = Script(
    "{given} {family}",
    _pairs(
        "Anna Ben Clara David Eva Jonas Lena Mark Nina Paul Rosa Tom Zoë=zoe José=jose Björn=bjoern "
        "Łucja=lucja Çiğdem=cigdem Siân=sian"
    ),
    _pairs(
        "Baker Carter Fischer Jansen Keller Lopez Martin Moore Novak Rossi Silva Weber Müller=mueller "
        "Nuñez=nunez O'Brien=obrien Søndergaard=soendergaard Horváth=horvath Yılmaz=yilmaz"
    ),
)
HAN = Script(
    "{family}{given}",
    _pairs(
        "伟明=weiming 秀英=xiuying 丽华=lihua 志强=zhiqiang "
        "美玲=meiling 建国=jianguo 小红=xiaohong 家明=jiaming"
    ),
    _pairs("王=wang 李=li 张=zhang 陈=chen 林=lin 黄=huang 吴=wu 周=zhou 赵=zhao 郑=zheng"),
)
KANA = Script(
    "{family} {given}",
    _pairs("健太=kenta 花子=hanako さくら=sakura 翔=sho 美咲=misaki 大輔=daisuke ゆい=yui 直樹=naoki"),
    _pairs(
        "佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 渡辺=watanabe 伊藤=ito 山本=yamamoto 中村=nakamura"
    ),
)
HANGUL = Script(
    "{family}{given}",
    _pairs("민수=minsu 지은=jieun 영희=younghee 철수=cheolsu 수진=sujin 현우=hyunwoo"),
    _pairs("김=kim 이=lee 박=park 최=choi 정=jung 강=kang"),
)
CYRILLIC = Script(
    "{given} {family}",
    _pairs("Ольга=olga Сергей=sergey Марина=marina Павел=pavel Оксана=oksana Тарас=taras"),
    _pairs("Коваль=koval Мельник=melnyk Шевчук=shevchuk Кравец=kravets Бондарь=bondar Ткач=tkach"),
)
DEVANAGARI = Script(
    "{given} {family}",
    _pairs("सुनीता=sunita राजेश=rajesh अनिता=anita विजय=vijay गीता=geeta मोहन=mohan"),
    _pairs("शर्मा=sharma वर्मा=verma गुप्ता=gupta पटेल=patel जोशी=joshi मिश्रा=mishra"),
)
ARABIC = Script(
    "{given} {family}",
    _pairs("ليلى=layla كريم=karim سلمى=salma يوسف=yousef نور=noor سمير=samir"),
    _pairs("حداد=haddad خوري=khoury نجار=najjar صباغ=sabbagh خياط=khayyat عطار=attar"),
)
SCRIPTS = (*(THAI,) * 6, *(LATIN,) * 5, HAN, HAN, KANA, HANGUL, CYRILLIC, DEVANAGARI, ARABIC)


class Member(NamedTuple):
    """A row of the file; `amount` in subunits, `start_offset_days` counted from the day of use."""

    member_key: str
    name: str
    email: str
    card: str
    plan: str
    amount: int
    every: int
    period: str
    days_of_month: str
    start_offset_days: int
    payout_recipient: str
    bank_brand: str
    bank_account: str


def _draw(field: str, number: int, below: int) -> int:
    """An integer from 0 to `below` - 1 that depends on the seed, the field and the member's number alone."""
    digest = blake2b(f"{SEED}/{field}/{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % below


def _pick(field: str, number: int, choices: Sequence[T]) -> T:
    return choices[_draw(field, number, len(choices))]


def _shuffled(field: str) -> list[int]:
    """All member numbers in a fixed order without pattern, for shares that must be exact."""
    return sorted(range(1, MEMBERS + 1), key=lambda number: (_draw(field, number, 2**64), number))


def _special_cards() -> dict[int, str]:
    """The cards that do not simply work, by member number: exact shares, spread over the file."""
    order = iter(_shuffled("card kind"))
    cards: dict[int, str] = {}
    for numbers, per_mille in (
        (FAILS_FIRST, FAILS_FIRST_PER_MILLE),
        (NO_FUNDS, NO_FUNDS_PER_MILLE),
        (ANSWER_LOST, ANSWER_LOST_PER_MILLE),
    ):
        for place in range(MEMBERS * per_mille // 1000):
            cards[next(order)] = numbers[place % len(numbers)]
    return cards


def _name(number: int) -> tuple[str, str]:
    """The name as written and the local part of an address in ASCII."""
    script = _pick("script", number, SCRIPTS)
    given, given_latin = _pick("given", number, script.given)
    family, family_latin = _pick("family", number, script.family)
    return script.pattern.format(given=given, family=family), f"{given_latin}.{family_latin}.{number}"


def _amount(number: int, plan: Plan) -> int:
    steps = (plan.most - plan.least) // plan.step + 1
    return plan.least + plan.step * _draw("amount", number, steps)


def _rhythm(number: int) -> tuple[int, str, str]:
    """`every`, `period`, `days_of_month`: nine in ten pay by the month, a few of those twice in it."""
    kind = _draw("rhythm", number, 100)
    if kind < 6:
        return 1, "week", ""
    if kind < 10:
        return 10, "day", ""
    day = 1 + _draw("day", number, 28)
    if kind < 13:
        return 1, "month", ";".join(str(each) for each in sorted({day, 1 + (day + 13) % 28}))
    return 1, "month", str(day)


def _payout(number: int, recipients: frozenset[int]) -> tuple[str, str, str]:
    if number not in recipients:
        return "no", "", ""
    return "yes", _pick("bank", number, BANKS), f"9{_draw('account', number, 10**9):09d}"


def members() -> Iterator[Member]:
    """All members, in the order of their keys."""
    special = _special_cards()
    recipients = frozenset(_shuffled("payout")[:PAYOUT_RECIPIENTS])
    for number in range(1, MEMBERS + 1):
        name, mailbox = _name(number)
        plan = _pick("plan", number, PLANS)
        every, period, days_of_month = _rhythm(number)
        payout_recipient, bank_brand, bank_account = _payout(number, recipients)
        yield Member(
            member_key=f"member_{number:05d}",
            name=name,
            email=f"{mailbox}@example.com",
            card=special.get(number) or _pick("card", number, SUCCESSFUL),
            plan=plan.name,
            amount=_amount(number, plan),
            every=every,
            period=period,
            days_of_month=days_of_month,
            start_offset_days=1 + _draw("start", number, 28),
            payout_recipient=payout_recipient,
            bank_brand=bank_brand,
            bank_account=bank_account,
        )


def write_members(file: TextIO) -> None:
    """Writes the header and all members as CSV with LF line ends."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Member._fields)
    writer.writerows(members())


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("members.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        write_members(file)


if __name__ == "__main__":
    main()
