"""What an operator's probes hear of a program that starts, runs, fails and ends; and that /metrics names nobody."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.web.server import application
from tests.faults.edge import Edge, until
from tests.faults.program import Program
from tours.stage import free_port

LABELS = {"state", "result", "regime", "light", "version"}


@pytest.fixture
async def http(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=application(edge.bot))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        yield client


async def _metrics(http: httpx.AsyncClient) -> dict[str, float]:
    """Each sample by its name and labels, as Prometheus writes them."""
    answer = await http.get("/metrics")
    assert answer.status_code == 200
    return {
        sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_a_program_that_serves_is_alive_and_ready(edge: Edge, http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz/live")).status_code == 200
    answer = await http.get("/healthz/ready")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "reason": ""})
    assert (await http.get("/healthz")).json()["ok"] is True


async def test_one_that_failed_or_ends_is_alive_and_not_ready(edge: Edge, http: httpx.AsyncClient) -> None:
    edge.bot.ready = False
    assert (await http.get("/healthz/ready")).json() == {"ok": False, "reason": "starting"}
    assert (await http.get("/healthz")).status_code == 503
    assert (await http.post("/webhook", json={"update_id": 1})).status_code == 503
    edge.bot.ready = True
    edge.bot.fail(RuntimeError("planted"))
    answer = await http.get("/healthz/ready")
    assert (answer.status_code, answer.json()["reason"]) == (503, "failed")
    assert (await http.get("/healthz/live")).status_code == 200


async def test_a_database_that_is_away_is_told_by_ready_alone(edge: Edge, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(_fn: object) -> None:
        raise OSError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(edge.bot.store, "read", away)
        answer = await http.get("/healthz/ready")
        assert (answer.status_code, answer.json()["reason"]) == (503, "database")
        assert (await http.get("/healthz/live")).status_code == 200
    assert (await http.get("/healthz/ready")).status_code == 200


async def test_while_telegram_is_away_at_the_start_it_is_alive_and_not_ready(tmp_path: Path) -> None:
    port = free_port()
    program = Program(tmp_path, settings={"HTTP_LISTEN": f"127.0.0.1:{port}"})
    await program.start()
    assert program.process is not None
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def answers() -> bool:
            try:
                return (await client.get("/healthz/live")).status_code == 200
            except httpx.TransportError:
                return False

        await until(answers, "the port to answer")
        answer = await client.get("/healthz/ready")
        assert (answer.status_code, answer.json()["reason"]) == (503, "starting")
    program.process.terminate()
    assert (await program.end())[0] == 0


async def test_metrics_tell_what_was_sent_and_what_waits(edge: Edge, http: httpx.AsyncClient) -> None:
    person = await edge.person("周办")
    before = await _metrics(http)
    assert before["duban_sends_total result=sent"] >= 1
    assert before["duban_sender_lease_held"] == 1
    assert before["duban_outbox_rows state=waiting"] == 0
    await edge.sandbox.fault("drop", method="sendMessage", times=1)
    await edge.say(person, "一", "二")
    await edge.rest()
    after = await _metrics(http)
    assert after["duban_sends_total result=sent"] == before["duban_sends_total result=sent"] + 2
    assert after["duban_sends_ambiguous_total"] == 1
    assert after["duban_sends_total result=retried"] == 1


async def test_metrics_name_nobody(edge: Edge, http: httpx.AsyncClient) -> None:
    person = await edge.person("周办")
    answer = await http.get("/metrics")
    assert str(person.id) not in answer.text
    assert "周" not in answer.text
    ours = [line for line in answer.text.splitlines() if line.startswith("duban")]
    assert {label for line in ours for label in re.findall(r'(\w+)="', line)} <= LABELS


def test_prometheus_is_imported_only_when_it_is_asked() -> None:
    import subprocess
    import sys

    script = "import sys, bot.web.server; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


async def test_alerts_and_dashboard_ask_only_for_what_metrics_tell(http: httpx.AsyncClient) -> None:
    root = Path(__file__).parents[2] / "deploy"
    asked = set(re.findall(r"\b(?:duban|process)_[a-z_]+", (root / "alerts.yml").read_text() + (root / "dashboard.json").read_text()))
    told = {sample.partition(" ")[0] for sample in await _metrics(http)}
    assert len(asked) > 10
    assert asked <= told
