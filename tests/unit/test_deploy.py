"""What ships for operators, checked by what can be checked without an engine."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest

from cli.commands import COMMANDS
from config.settings import Settings
from tests.manifests import ManifestError, documents

ROOT = Path(__file__).parents[2]
KUBERNETES = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
MANIFESTS = [ROOT / "compose.yaml", ROOT / "deploy" / "alerts.yml", *KUBERNETES]
SHIPPED = [
    *MANIFESTS,
    ROOT / "Dockerfile",
    ROOT / "deploy" / "duban.service",
    ROOT / "deploy" / "duban.env",
    ROOT / "deploy" / "dashboard.json",
]
KINDS = {"Deployment", "Service", "Ingress", "ConfigMap", "PersistentVolumeClaim", "CronJob", "Kustomization"}
SETTINGS = {f"DUBAN_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_it_is_yaml(path: Path) -> None:
    assert all(isinstance(each, dict) for each in documents(path))


@pytest.mark.parametrize("slip", ["a: b: c", "a:\n\tb: 1", "a: 1\na: 2", "a: 'b'", "a:\n  b: 1\n c: 2", "- a\nb: 1", "a: |\n  x"])
def test_the_reader_is_strict(tmp_path: Path, slip: str) -> None:
    (tmp_path / "a.yaml").write_text(slip)
    with pytest.raises(ManifestError):
        documents(tmp_path / "a.yaml")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_setting_and_command_that_is_named_exists(path: Path) -> None:
    text = path.read_text()
    own = {"DUBAN_DATABASE_PASSWORD"}  # compose's own
    assert set(re.findall(r"\bDUBAN_[A-Z_]+[A-Z]\b", text)) <= SETTINGS | own
    assert set(re.findall(r"`duban (?:--settings \S+ )?([a-z-]+)", text)) <= set(COMMANDS)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_images_are_plain_names(path: Path) -> None:
    """No registry's host: whoever runs it chooses where images come from."""
    names = re.findall(r"^(?:\s*image:|FROM|ARG BASE=)\s*(\S+)", path.read_text(), re.MULTILINE)
    assert [name for name in names if "/" in name or ".." in name] == []


def test_the_image_runs_as_nobody_in_particular() -> None:
    lines = [line.strip() for line in (ROOT / "Dockerfile").read_text().splitlines()]
    last_stage = lines[max(n for n, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER 10001:10001" in last_stage
    assert next(line for line in last_stage if line.startswith("ENTRYPOINT")) == 'ENTRYPOINT ["duban"]'
    assert "--require-hashes" in "\n".join(lines)
    assert any("/healthz/live" in line for line in last_stage)
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_holds_no_secret_and_no_tests() -> None:
    ignored = set((ROOT / ".dockerignore").read_text().splitlines())
    assert {".git", "tests", "*.key", "*.db*", "data", ".venv"} <= ignored


def test_compose_starts_the_bot_after_the_database() -> None:
    [compose] = documents(ROOT / "compose.yaml")
    bot, database = compose["services"]["bot"], compose["services"]["database"]
    assert bot["depends_on"]["database"]["condition"] == "service_healthy"
    assert "healthcheck" in database
    assert all(port.startswith("127.0.0.1:") for port in bot["ports"]), "whoever publishes it does so knowingly"
    assert bot["read_only"] is True
    used = {volume.partition(":")[0] for service in compose["services"].values() for volume in service["volumes"]}
    assert used == set(compose["volumes"])


def _objects() -> Iterator[dict[str, Any]]:
    for path in KUBERNETES:
        yield from documents(path)


def _pods() -> Iterator[dict[str, Any]]:
    for each in _objects():
        if each["kind"] == "Deployment":
            yield each["spec"]["template"]["spec"]
        if each["kind"] == "CronJob":
            yield each["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_kubernetes_objects_are_whole() -> None:
    kinds = {each["kind"] for each in _objects()}
    assert kinds == KINDS
    assert all(each.get("metadata", {}).get("name") for each in _objects() if each["kind"] != "Kustomization")
    [kustomization] = documents(ROOT / "deploy" / "kubernetes" / "kustomization.yaml")
    assert sorted(kustomization["resources"]) == sorted(path.name for path in KUBERNETES if path.name != "kustomization.yaml")


def test_pods_run_without_rights_and_find_what_they_mount() -> None:
    claims = {each["metadata"]["name"] for each in _objects() if each["kind"] == "PersistentVolumeClaim"}
    assert len(list(_pods())) == 2
    for pod in _pods():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {volume["persistentVolumeClaim"]["claimName"] for volume in pod["volumes"] if "persistentVolumeClaim" in volume} <= claims
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container.get("args", ["run"])[0] in COMMANDS


def test_services_and_probes_meet_the_pod() -> None:
    by_kind = {each["kind"]: each for each in _objects()}
    pod = by_kind["Deployment"]["spec"]["template"]
    [bot] = pod["spec"]["containers"]
    [port] = bot["ports"]
    assert by_kind["Service"]["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    assert by_kind["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    assert {bot[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")} == {
        "/healthz/live",
        "/healthz/ready",
    }
    [rule] = by_kind["Ingress"]["spec"]["rules"]
    assert [path["path"] for path in rule["http"]["paths"]] == ["/webhook"], "probes and metrics stay inside"


def test_every_rule_says_what_to_do() -> None:
    [rules] = documents(ROOT / "deploy" / "alerts.yml")
    [group] = rules["groups"]
    names = [rule["alert"] for rule in group["rules"]]
    assert len(names) == len(set(names))
    for rule in group["rules"]:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert set(rule["annotations"]) == {"summary", "mend"}
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_the_dashboard_is_whole() -> None:
    board = json.loads((ROOT / "deploy" / "dashboard.json").read_text())
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]}) == len(board["panels"]), "none covers another"
    assert all(panel["targets"] for panel in board["panels"])


def test_the_unit_of_systemd(tmp_path: Path) -> None:
    unit = ROOT / "deploy" / "duban.service"
    read = RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # keys of systemd have capitals
    read.read_string(unit.read_text())
    service = dict(read["Service"])
    assert service["User"] == "duban"
    assert service["NoNewPrivileges"] == "true"
    assert service["RestartPreventExitStatus"] == "2"
    assert service["ExecStart"].split()[1:] == ["run"]
    assert read["Install"]["WantedBy"] == "multi-user.target"
    if (systemd := shutil.which("systemd-analyze")) is not None:
        copy = tmp_path / "duban.service"
        copy.write_text(unit.read_text().replace(service["ExecStart"].split()[0], sys.executable))
        checked = subprocess.run([systemd, "verify", str(copy)], capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")
