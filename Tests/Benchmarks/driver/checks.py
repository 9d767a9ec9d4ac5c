"""Whether every client does its work, before any is measured: signed, decoded, scheduled.

The simulator verifies signatures; what a client says of the jobs must be what the simulator plays.
"""

import json
import time
import urllib.request

from . import clients
from .processes import Program

JOBS = {
    "runs on": {"id": "runs-on", "timeline": [{"status": "PROCESSING"}]},
    "runs too": {"id": "runs.too_~2", "timeline": [{"status": "CREATED"}]},
    "completed": {"id": "completed", "records": 1200, "failed": 7, "timeline": [{"status": "COMPLETED"}]},
    "failed": {"id": "failed", "records": 30, "message": "no CSV", "timeline": [{"status": "FAILED"}]},
}
EXPECTED = {"statuses": {"PROCESSING": 1, "CREATED": 1, "COMPLETED": 1, "FAILED": 1}, "processed": 1230}


def check(name, folder, settings):
    """Complains, one line each, about what the client did wrong."""
    folder.mkdir(exist_ok=True)
    (folder / "scenario.json").write_text(json.dumps({"jobs": list(JOBS.values())}))
    ready = folder / "ready.json"
    ready.unlink(missing_ok=True)
    command = [settings.build / "release/ses-simulator", "--quiet", "--scenario", folder / "scenario.json"]
    simulator = Program(settings.server_core, [*command, "--ready-file", ready], folder, settings.environment)
    client = None
    try:
        while not ready.exists():
            simulator.check_it_runs()
            time.sleep(0.02)
        endpoint = json.loads(ready.read_text())["ses"]
        ids = [job["id"] for job in JOBS.values()]
        client = clients.start(name, clients.Load(endpoint, 20, ids), folder / name, settings)
        statistics = _wait(endpoint, client)
        learnt = client.stop()
    finally:
        simulator.kill()
        if client:
            client.program.kill()
    return list(_complaints(statistics, learnt))


def _wait(endpoint, client):
    """Lets the client ask for all jobs, and again for those that have not ended."""
    for _ in range(200):
        time.sleep(0.05)
        client.program.check_it_runs()
        with urllib.request.urlopen(f"{endpoint}/simulator/statistics", timeout=10) as answer:
            statistics = json.load(answer)
        asked = statistics["requests_per_job"]
        if asked.get("runs-on", 0) >= 3 and len(asked) == len(JOBS) or statistics["refused_signatures"] > 3:
            break
    # The last answers may be on their way.
    time.sleep(0.2)
    return statistics


def _complaints(statistics, learnt):
    asked = statistics["requests_per_job"]
    if statistics["refused_signatures"]:
        yield f"signatures were refused: {statistics['refusals']}"
    if asked.get("runs-on", 0) < 3:
        yield f"a job that goes on was not asked for again: {asked}"
    for job in ("completed", "failed"):
        if asked.get(job, 0) != 1:
            yield f"job {job}, which had ended, was asked for {asked.get(job, 0)} times"
    if learnt["failures"]:
        yield f"{learnt['failures']} failures: {learnt}"
    for member, expected in EXPECTED.items():
        if learnt[member] != expected:
            yield f"{member} are {learnt[member]} instead of {expected}"
