"""What a run does and how long, from the environment."""

import os
from dataclasses import dataclass, field
from pathlib import Path


def _number(name, default):
    return float(os.environ.get(name, default))


def _list(name, default):
    return os.environ.get(name, default).split()


@dataclass
class Settings:
    """BENCH_ROUNDS, BENCH_SECONDS and so on; the defaults take about eight minutes."""

    #: Rounds in which every client has its turn in every mode; medians are over these.
    rounds: int = field(default_factory=lambda: int(_number("BENCH_ROUNDS", 5)))
    #: Seconds of a measurement, and those before it that don't count.
    seconds: float = field(default_factory=lambda: _number("BENCH_SECONDS", 2))
    warm_up: float = field(default_factory=lambda: _number("BENCH_WARM_UP", 1))
    #: Seconds of a measurement at one request a second.
    slow_seconds: float = field(default_factory=lambda: _number("BENCH_SLOW_SECONDS", 10))
    #: Which of the modes, clients and starts.
    modes: list = field(default_factory=lambda: _list("BENCH_MODES", "saturated tls 4000 1000 1"))
    clients: list = field(default_factory=lambda: _list("BENCH_CLIENTS", "importwatchd C Go boto3 aiobotocore"))
    starts: list = field(default_factory=lambda: [int(n) for n in _list("BENCH_STARTS", "1 10000 100000")])
    #: Sources that saturate the daemon, with 1,000 requests a second and 100 jobs each.
    sources: int = field(default_factory=lambda: int(_number("BENCH_SOURCES", 40)))
    #: Requests that the other clients have under way.
    in_flight: int = field(default_factory=lambda: int(_number("BENCH_IN_FLIGHT", 64)))

    #: The folder of the release build, with the peers in it; another build of ours has the figures of before a change.
    build: Path = field(
        default_factory=lambda: Path(
            os.environ.get("BENCH_BUILD", Path(__file__).resolve().parents[3] / ".build-release")
        ).resolve()
    )

    #: The cores of the client and of the server.
    client_core, server_core = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))

    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "AKIDSIMULATOR",
        "AWS_SECRET_ACCESS_KEY": "simulator-secret",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
