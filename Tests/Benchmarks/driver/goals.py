"""What the figures are to be, and whether they are."""

from dataclasses import dataclass


@dataclass
class Goal:
    """A figure beside its limit."""

    words: str
    value: float
    limit: float
    unit: str = ""
    #: Whether the limit is the least instead of the most.
    at_least: bool = False

    @property
    def is_met(self):
        return self.value >= self.limit if self.at_least else self.value <= self.limit


#: The most that our daemon may cost as a multiple of the C client, by mode.
CEILING = {"saturated": 1.2, "4000": 1.2, "1000": 1.0}
#: How many times what our daemon costs a peer costs at least.
LESS = {"Go": 2, "boto3": 15}
#: Megabytes resident and private, and milliseconds to READY, by jobs.
MEMORY = {10_000: (20, 8), 100_000: (48, 32)}
READY = {1: 25, 100_000: 250}


def of_ratios(ratio):
    """Goals of the modes; `ratio(mode, client)` is our cost in the client's, `None` where not both were measured."""
    for mode, limit in CEILING.items():
        if value := ratio(mode, "C"):
            yield Goal(f"CPU a poll, {mode}: ours in C's", value, limit, " x")
    for client, limit in LESS.items():
        for mode in ("saturated", "tls", "4000", "1000", "1"):
            if client == "boto3" and mode != "saturated":
                continue
            if value := ratio(mode, client):
                yield Goal(f"CPU a poll, {mode}: {client}'s in ours", 1 / value, limit, " x", at_least=True)


def of_start(start):
    """Goals of a start with a number of known jobs."""
    jobs = start["jobs"]
    if jobs in READY:
        yield Goal(f"start to READY with {jobs:,} jobs", start["ready_median"] * 1000, READY[jobs], " ms")
    if jobs in MEMORY:
        resident, private = MEMORY[jobs]
        for when, suffix in (("", ""), (" after six reloads", "_reloaded")):
            yield Goal(f"VmRSS with {jobs:,} jobs{when}", start["resident" + suffix], resident, " MiB")
            yield Goal(f"private memory with {jobs:,} jobs{when}", start["private" + suffix], private, " MiB")
