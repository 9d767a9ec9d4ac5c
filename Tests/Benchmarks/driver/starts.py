"""Our daemon's start and its memory, with 1 to 100,000 known jobs."""

import shutil
import statistics
import sys
import time

from . import clients

RELOADS = 6


class States:
    """States that know many jobs, made by a daemon that has asked for each once."""

    def __init__(self, service, folder, settings):
        self.service, self.folder, self.settings = service, folder / "states", settings

    def copy(self, count, folder):
        """Puts a state that knows the jobs into a folder that is not there yet."""
        kept = self.folder / str(count)
        if not kept.exists():
            self._make(count, kept)
        folder.mkdir(parents=True)
        shutil.copy(kept / "state.sqlite", folder)

    def _make(self, count, folder):
        print(f"making a state with {count:,} jobs", file=sys.stderr)
        # As many sources as it takes to ask for all soon; whose a job is matters to nobody.
        load = clients.Load(self.service.endpoint(), min(50_000, count * 10), _jobs(count))
        before = self.service.requests()
        daemon = clients.start("importwatchd", load, folder, self.settings)
        for _ in range(1200):
            time.sleep(0.1)
            # First dues are spread, so some jobs are asked for again before others are asked for at all.
            if self.service.requests() - before >= count * 2 + 10:
                break
        daemon.program.stop()


def measure(count, service, folder, settings, states):
    """Start to READY in seconds (each round's), VmRSS and private memory in MiB settled and after reloads."""
    target = folder / "starts"
    shutil.rmtree(target, ignore_errors=True)
    states.copy(count, target)
    daemon = clients.Daemon(clients.Load(service.endpoint(), 1, _jobs(count)), target, settings, start=False)
    ready = []
    for remaining in reversed(range(settings.rounds)):
        ready.append(daemon.start())
        if remaining:
            daemon.program.stop()
    try:
        time.sleep(3)
        program = daemon.program
        settled = (program.resident(), program.private())
        for _ in range(RELOADS):
            daemon.ask("reload")
        time.sleep(2)
        reloaded = (program.resident(), program.private())
        known = sum(daemon.stop()["statuses"].values())
    finally:
        daemon.program.kill()
    return {
        "jobs": count,
        "known": known,
        "ready": ready,
        "ready_median": statistics.median(ready),
        "resident": settled[0],
        "private": settled[1],
        "resident_reloaded": reloaded[0],
        "private_reloaded": reloaded[1],
    }


def _jobs(count):
    return [f"{index:08d}-0d3b-4f9a-9a55-0c1d2e3f4a5b" for index in range(count)]
