"""An empty bulk file to begin with."""

from typing import Any

from .conftest import Files


def test_the_template_has_all_columns_the_documented_ones_first(api: Any, files: Files) -> None:
    answer = api.call("GET", "/schedules/template.csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text == (
        "customer_key,customer,card,amount,description,every,period,days_of_month,start_date,end_date,"
        "weekdays,weekday_of_month,currency,recipient,percentage_of_balance,transfer\n"
    )
    refused = files.send(answer.content)
    assert refused.json()["message"] == "file has no rows"


def test_the_template_is_for_the_secret_key(api: Any) -> None:
    api.refused("GET", "/schedules/template.csv", status=401, key=api.keys.public)
