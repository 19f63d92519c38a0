"""What the database counts for itself is what the rules say."""

from decimal import Decimal

import psycopg
from hypothesis import given
from hypothesis import strategies as st

from duerun.domain.accounts import Fees
from duerun.domain.charges import fees_of

RATES = st.decimals(0, 100, places=2)
NET = """
SELECT charge_net(a.amount, a.fee, a.vat)
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS a (amount, fee, vat)
"""


def test_the_database_takes_the_fees_off_as_the_rule_does(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:

        @given(st.lists(st.tuples(st.integers(1, 10**15), RATES, RATES), min_size=1))
        def compare(cases: list[tuple[int, Decimal, Decimal]]) -> None:
            found = connection.execute(NET, [list(column) for column in zip(*cases, strict=True)]).fetchall()

            assert [int(row[0]) for row in found] == [
                amount - sum(fees_of(amount, Fees(charge_rate=fee, vat_rate=vat)))
                for amount, fee, vat in cases
            ]

        compare()
