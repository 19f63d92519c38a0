"""`duerun vop`: checks of payees."""

import typer

from duerun.cli import (
    vop_check,
    vop_clients,
    vop_compare,
    vop_directory,
    vop_peers,
    vop_practice,
    vop_server,
)

app = typer.Typer(
    no_args_is_help=True, help="Verification of payees: who is paid, checked before money moves."
)
app.add_typer(vop_clients.app, name="client")
app.add_typer(vop_directory.app, name="directory")
app.add_typer(vop_peers.app, name="peers")
vop_check.add_to(app)
vop_practice.add_to(app)
vop_compare.add_to(app)
vop_server.add_to(app)
