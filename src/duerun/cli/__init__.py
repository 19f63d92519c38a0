"""The `duerun` command."""

import sys

import typer

from duerun.cli import (
    account,
    audit,
    backup,
    bulk,
    bulk_files,
    calendar,
    catchup,
    clock,
    console,
    keys,
    recipients,
    reconcile,
    server,
    uncertain,
    vop,
    webhooks,
)
from duerun.cli.demo import demo
from duerun.cli.doctor import doctor
from duerun.cli.explain import explain_command
from duerun.cli.forecast import forecast_command
from duerun.cli.recover import recover
from duerun.cli.terminal import tell_error
from duerun.domain.errors import DuerunError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Runs what falls due: schedules, their charges and transfers, bulk files and their reports.",
)
server.add_to(app)
app.add_typer(keys.app, name="keys")
app.add_typer(account.app, name="account")
app.add_typer(clock.app, name="clock")
app.add_typer(bulk.app, name="bulk")
bulk_files.add_to(bulk.app)
app.add_typer(recipients.app, name="recipients")
app.add_typer(catchup.app, name="catchup")
app.add_typer(uncertain.app, name="uncertain")
app.add_typer(audit.app, name="audit")
app.add_typer(reconcile.app, name="reconcile")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(vop.app, name="vop")
app.add_typer(backup.app, name="backup")
app.command("restore")(backup.restore)
app.command("recover")(recover)
app.add_typer(console.app, name="console")
app.add_typer(calendar.app, name="calendar")
app.command("forecast")(forecast_command)
app.command("explain")(explain_command)
app.command("doctor")(doctor)
app.command("demo")(demo)


def main() -> None:
    """Run a command; what cannot be done is one line on standard error and status 1."""
    try:
        app()
    except (DuerunError, OSError) as error:
        tell_error(error)
        sys.exit(1)
