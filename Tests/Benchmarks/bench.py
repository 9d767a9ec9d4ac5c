#!/usr/bin/env python3
"""Measures what a poll costs our daemon, beside the same in C, Go and Python.

One client at a time has a core for itself; nginx, in the place of SES, has the other. First each client has to show,
at the simulator, that it signs, decodes and schedules. `driver/settings.py` names the variables that change a run.
Exits with 1 if a client did not do its work; a goal that is missed is only said.
"""

import sys
import tempfile
from pathlib import Path

from driver import checks, starts
from driver.report import Report
from driver.rounds import Rounds
from driver.service import Service
from driver.settings import Settings


def main():
    settings = Settings()
    if settings.client_core == settings.server_core:
        print("there is one core only: clients and server disturb each other", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="importwatch-bench-") as name:
        folder = Path(name)
        complaints = []
        for client in settings.clients:
            complaints += [f"{client}: {words}" for words in checks.check(client, folder / "checks", settings)]
        if complaints:
            sys.exit("not measured, since it does not do its work:\n" + "\n".join(complaints))
        print("every client signs, decodes and schedules", file=sys.stderr)

        service = Service(folder, settings.server_core)
        try:
            states = starts.States(service, folder, settings)
            measured = [starts.measure(count, service, folder, settings, states) for count in settings.starts]
            complaints += [
                f"only {start['known']} of {start['jobs']} jobs are known"
                for start in measured
                # The report of the daemon's state names 10,000 jobs at most.
                if start["known"] < min(start["jobs"], 10_000)
            ]
            rounds = Rounds(service, folder, settings, states)
            rounds.run()
            complaints += rounds.complaints
        finally:
            service.program.kill()
    report = Report(rounds.samples, measured, settings)
    result = settings.build / "benchmarks.json"
    report.write(result, complaints)
    print(report.text())
    print(f"\neverything that was measured: {result}")
    if complaints:
        sys.exit("\n".join(["clients that did not do their work:", *complaints]))


main()
