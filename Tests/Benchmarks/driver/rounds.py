"""The measurements: in each round every client has its turn in every mode."""

import shutil
import sys
import time
from dataclasses import dataclass

from . import clients


@dataclass(frozen=True)
class Mode:
    """A load under which clients are measured."""

    name: str
    title: str
    #: Requests a second; 0 means as many as it can.
    rate: float
    jobs: int
    tls: bool = False
    #: Python's clients don't reach every rate.
    clients: tuple = ("importwatchd", "C", "Go", "boto3", "aiobotocore")


def modes(settings):
    """The modes by name; the saturated daemon needs a job for ten requests a second."""
    busy = settings.sources * 100
    fast = ("importwatchd", "C", "Go")
    every = [
        Mode("saturated", "saturated", 0, busy),
        Mode("tls", "saturated, TLS", 0, busy, tls=True),
        Mode("4000", "4,000/s", 4000, 1000, clients=fast),
        Mode("1000", "1,000/s", 1000, 250),
        Mode("1", "1/s, 10,000 jobs", 1, 10_000, clients=fast),
    ]
    return {mode.name: mode for mode in every}


@dataclass
class Sample:
    """One measurement."""

    mode: str
    client: str
    round: int
    requests: int
    seconds: float
    cpu: float
    wakeups: int
    resident: float
    private: float


class Rounds:
    """Measures, and keeps the samples."""

    def __init__(self, service, folder, settings, states):
        self.service, self.folder, self.settings, self.states = service, folder, settings, states
        self.modes = [mode for name, mode in modes(settings).items() if name in settings.modes]
        self.samples = []
        self.complaints = []

    def run(self):
        for number in range(self.settings.rounds):
            for mode in self.modes:
                names = [name for name in self.settings.clients if name in mode.clients]
                # Nobody is always first, or always after the same one.
                shift = number % len(names) if names else 0
                for name in names[shift:] + names[:shift]:
                    self.samples.append(self._measure(mode, name, number))
                print(f"round {number + 1} of {self.settings.rounds}: {mode.title}", file=sys.stderr)

    def _measure(self, mode, name, number):
        authorities = self.service.authorities if mode.tls else None
        jobs = [f"{index:08d}-0d3b-4f9a-9a55-0c1d2e3f4a5b" for index in range(mode.jobs)]
        load = clients.Load(self.service.endpoint(mode.tls), mode.rate, jobs, authorities)
        client = self._start(mode, name, load)
        try:
            self._warm_up(mode, client)
            seconds = self.settings.slow_seconds if mode.rate == 1 else self.settings.seconds
            program = client.program
            before = (self.service.requests(), time.monotonic(), program.cpu(), program.wakeups())
            time.sleep(seconds)
            program.check_it_runs()
            after = (self.service.requests(), time.monotonic(), program.cpu(), program.wakeups())
            requests, took, cpu, wakeups = (late - early for early, late in zip(before, after))
            memory = (program.resident(), program.private())
            sample = Sample(mode.name, name, number, requests, took, cpu, wakeups, *memory)
            learnt = client.stop()
        finally:
            client.program.kill()
        self._judge(mode, name, sample, learnt)
        return sample

    def _warm_up(self, mode, client):
        """Lets it open its connections; a daemon has asked for every job by then, and put that on disk."""
        enough = mode.jobs if client.name == "importwatchd" else 100
        before, end = self.service.requests(), time.monotonic() + 20
        while mode.rate != 1 and self.service.requests() - before < enough and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(self.settings.warm_up)

    def _start(self, mode, name, load):
        folder = self.folder / name
        if name == "importwatchd" and mode.rate == 1:
            # Jobs that it has never heard of would each be a change to put on disk.
            shutil.rmtree(folder, ignore_errors=True)
            self.states.copy(mode.jobs, folder)
            return clients.Daemon(load, folder, self.settings)
        return clients.start(name, load, folder, self.settings)

    def _judge(self, mode, name, sample, learnt):
        def complain(words):
            self.complaints.append(f"{name}, {mode.title}, round {sample.round + 1}: {words}")

        if learnt["failures"]:
            complain(f"{learnt['failures']} failures: {learnt}")
        if set(learnt["statuses"]) != {"PROCESSING"}:
            complain(f"the jobs' statuses are {learnt['statuses']}")
        if "answers" in learnt and learnt["answers"] < sample.requests:
            complain(f"{learnt['answers']} answers were decoded of {sample.requests} and more")
        if sample.requests == 0:
            complain("it asked for nothing")
