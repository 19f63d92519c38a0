"""Templates: every value is escaped unless it was marked, and a name that is not there is a fault."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from duerun.web.console import statics, words


@cache
def environment() -> Environment:
    """The templates of the console with what they may call."""
    made = Environment(
        loader=PackageLoader("duerun.web.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        static=statics.address,
        badge_of=words.badge,
        amount_of=words.amount,
        day_of=words.day,
        moment_of=words.moment,
        zone_of=words.zone_name,
        rule_of=words.rule,
        count_of=words.count,
    )
    made.filters.update(capitalize_first=words.capitalized)
    return made


def render(template: str, **values: Any) -> str:
    """The text of a template."""
    return environment().get_template(template).render(**values)
