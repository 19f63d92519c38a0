"""The files of `deploy/` name commands, options, settings, ports and paths that are there."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from duerun.cli import app
from duerun.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy"
COMMAND = typer.main.get_command(app)
VARIABLES = {f"{PREFIX}{each.name.upper()}" for each in fields(Settings)}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    return found


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text("utf-8")))


def containers() -> Iterator[dict[str, Any]]:
    for each in manifests():
        if each["kind"] in ("Deployment", "Job"):
            yield from each["spec"]["template"]["spec"]["containers"]


def commands() -> Iterator[list[str]]:
    for name, service in compose()["services"].items():
        if name != "db":
            yield service["command"]
    for container in containers():
        yield container["args"]
    dockerfile = (FOLDER / "Dockerfile").read_text("utf-8")
    yield json.loads(re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[0])


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_every_command_is_one_of_ours_with_its_options(command: list[str]) -> None:
    name, *options = command
    with COMMAND.make_context("duerun", [name]) as context:
        found = COMMAND.get_command(context, name)  # type: ignore[attr-defined]

    with found.make_context(name, options, parent=context) as given:
        assert given.args == []


def test_every_setting_is_one_of_ours() -> None:
    services = [each for name, each in compose()["services"].items() if name != "db"]
    named = {variable for each in services for variable in each["environment"]}
    named |= {each["name"] for container in containers() for each in container["env"]}

    assert named <= VARIABLES
    assert "DUERUN_DATABASE_URL" in named


def test_two_servers_and_two_workers_start_once_the_schema_is_there() -> None:
    services = compose()["services"]
    kinds = [each["command"][0] for name, each in services.items() if name != "db"]

    assert sorted(kinds) == ["migrate", "serve", "serve", "work", "work"]
    for name, service in services.items():
        if name not in ("db", "migrate"):
            assert service["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
            assert service["volumes"] == ["scratch:/var/lib/duerun"]
    assert {each["kind"]: each["spec"].get("replicas") for each in manifests()}["Deployment"] == 2


def test_probes_ask_the_port_that_is_served_for_what_is_there() -> None:
    asked = 0
    for container in containers():
        ports = {each["name"]: each["containerPort"] for each in container.get("ports", [])}
        for probe, path in (("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
            if probe in container:
                told = container[probe]["httpGet"]
                assert (told["path"], ports[told["port"]]) == (path, 8080)
                asked += 1
    assert asked == 4


def test_no_container_is_root_or_may_become_it() -> None:
    for each in manifests():
        if each["kind"] in ("Deployment", "Job"):
            assert each["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"] is True
    for container in containers():
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert re.search(r"^USER 10001$", (FOLDER / "Dockerfile").read_text("utf-8"), re.MULTILINE)


def test_the_image_is_built_from_what_is_let_into_it() -> None:
    let_in = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").split() if line.startswith("!")
    }
    dockerfile = (FOLDER / "Dockerfile").read_text("utf-8")
    copied = {
        name
        for line in re.findall(r"^COPY (?!--)(.*)$", dockerfile, re.MULTILINE)
        for name in line.split()[:-1]
    }

    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)
