"""The clients: how each is started, and what it says that it has learnt."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .processes import Program
from .settings import Settings


@dataclass
class Load:
    """What a client is to do."""

    endpoint: str
    #: Requests a second in all; 0 means as many as it can.
    rate: float
    jobs: list
    authorities: str | None = None


class Peer:
    """A client of those that we compare with; it prints what it has learnt at its end."""

    COMMANDS = {
        "C": ["ceiling"],
        "Go": ["sdk"],
        "boto3": ["venv/bin/python", "boto3_client.py"],
        "aiobotocore": ["venv/bin/python", "aiobotocore_client.py"],
    }

    def __init__(self, name, load, folder, settings):
        self.name = name
        (folder / "jobs").write_text("\n".join(load.jobs) + "\n")
        program, *scripts = self.COMMANDS[name]
        scripts = [Path(__file__).resolve().parents[1] / "Peers" / script for script in scripts]
        command = [settings.build / "peers" / program, *scripts]
        command += [load.endpoint, folder / "jobs", load.rate, settings.in_flight]
        self.program = Program(settings.client_core, command, folder, _environment(load, folder), name)

    def stop(self):
        """What it has learnt: answers, failures, how many jobs have which status, records of those that ended."""
        return json.loads(self.program.stop())


class Daemon:
    """Our daemon, with as many sources as the rate asks for: each has a budget of 1,000 requests a second at most."""

    def __init__(self, load, folder, settings, start=True):
        self.name = "importwatchd"
        self.folder, self.settings, self.load = folder, settings, load
        self.configuration = folder / "importwatchd.toml"
        sources = settings.sources if load.rate == 0 else max(1, round(load.rate / 1000))
        self.budget = min(1000, load.rate / sources) if load.rate else 1000
        self._configure(sources)
        if start:
            self.start()

    def _configure(self, sources):
        delay = "100ms" if self.budget > 100 else "1s"
        lines = [
            f'region = "eu-west-1"\nendpoint_url = "{self.load.endpoint}"\n[state]\npath = "state.sqlite"\n[polling]',
            f'requests_per_second = {self.budget}\nmin_delay = "{delay}"\nmax_delay = "{delay}"\ndeadline = "0s"',
            # All sources connect at once, which may take a machine that is shared more than the usual 5 s.
            'connect_timeout = "30s"\nrequest_timeout = "30s"',
        ]
        for index in range(sources):
            (self.folder / f"{index}.list").write_text("\n".join(self.load.jobs[index::sources]) + "\n")
            lines.append(f'[[source]]\nname = "source-{index}"\njobs_files = ["{index}.list"]')
        self.configuration.write_text("\n".join(lines) + "\n")

    def start(self):
        """Starts it, and answers the seconds until it said READY=1."""
        path = self.folder / "notify"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications:
            notifications.bind(str(path))
            notifications.settimeout(60)
            environment = _environment(self.load, self.folder) | {"NOTIFY_SOCKET": str(path)}
            command = [self.settings.build / "release/importwatchd", "--config", self.configuration]
            began = time.monotonic()
            self.program = Program(self.settings.client_core, command, self.folder, environment)
            while b"READY=1" not in notifications.recv(4096).split(b"\n"):
                self.program.check_it_runs()
            return time.monotonic() - began

    def ask(self, *arguments):
        """Runs the tool, and answers its output."""
        command = [self.settings.build / "release/importwatchctl", arguments[0], "--config", self.configuration]
        environment = _environment(self.load, self.folder)
        done = subprocess.run([*command, *arguments[1:]], env=environment, capture_output=True, text=True, check=False)
        # status says by 1 that the daemon does not run.
        if done.returncode != 0 and arguments[0] != "status" or not done.stdout:
            raise SystemExit(f"importwatchctl {arguments[0]} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def stop(self):
        """Ends it, and answers as a peer does; the daemon counts no answers but says which sources are in trouble."""
        self.program.stop()
        # A stopped daemon's state is read from its file: a saturated one may take its time to answer.
        report = json.loads(self.ask("status", "--json"))
        statuses, processed = {}, 0
        for job in report["jobs"]:
            if status := job.get("status"):
                statuses[status] = statuses.get(status, 0) + 1
                if status in ("COMPLETED", "FAILED", "CANCELLED"):
                    processed += job.get("processed") or 0
        # "… warning: source source-0 (eu-west-1): …"; notifications name their source in the middle of the line.
        entries = self.program.errors.read_text().splitlines()
        troubles = [entry for entry in entries if re.match(r"\S+ (\w+: )?source source-", entry)]
        return {"failures": len(troubles), "statuses": statuses, "processed": processed, "troubles": troubles[:3]}


def start(name, load, folder, settings):
    """Starts a client of that name in a folder of its own, which it finds empty."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return Daemon(load, folder, settings) if name == "importwatchd" else Peer(name, load, folder, settings)


def _environment(load, folder):
    environment = Settings.environment | {"HOME": str(folder)}
    if load.authorities:
        environment["AWS_CA_BUNDLE"] = str(load.authorities)
    return environment
