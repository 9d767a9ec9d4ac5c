"""The table for people and the file for programs."""

import json
import os
import platform
import statistics
from dataclasses import asdict

from . import goals
from .rounds import modes


class Report:
    """What the samples and the starts come to."""

    def __init__(self, samples, starts, settings):
        self.samples, self.starts, self.settings = samples, starts, settings
        self.modes = modes(settings)

    def ratio(self, mode, client):
        """Our cost in the client's: the median over the rounds of each round's ratio."""
        ratios = self.ratios(mode, client)
        return statistics.median(ratios) if ratios else None

    def ratios(self, mode, client):
        ours, theirs = (
            {sample.round: sample.cpu / sample.requests for sample in self._of(mode, name) if sample.requests}
            for name in ("importwatchd", client)
        )
        return [ours[number] / theirs[number] for number in ours if number in theirs]

    def goals(self):
        found = list(goals.of_ratios(self.ratio))
        for start in self.starts:
            found += goals.of_start(start)
        return found

    def text(self):
        lines = [f"{self.settings.rounds} rounds of {self.settings.seconds:g} s on {_machine()}"]
        lines += ["CPU is the client's, on a core of its own; medians, in brackets least and most of the rounds.", ""]
        header = ("", "client", "us CPU/poll", "polls/s", "core", "wake-ups", "VmRSS", "ours in theirs")
        lines.append(_row(*header))
        for mode in self.modes.values():
            for client in self.settings.clients:
                if samples := self._of(mode.name, client):
                    lines.append(self._line(mode, client, samples))
        if self.starts:
            lines += ["", f"{'known jobs':>12} {'READY ms':>22} {'VmRSS/private MiB':>20} {'after reloads':>16}"]
        for start in self.starts:
            ready = _spread([value * 1000 for value in start["ready"]], "{:.1f}")
            settled = f"{start['resident']:.1f}/{start['private']:.1f}"
            reloaded = f"{start['resident_reloaded']:.1f}/{start['private_reloaded']:.1f}"
            lines.append(f"{start['jobs']:>12,} {ready:>22} {settled:>20} {reloaded:>16}")
        lines += ["", "goals"]
        for goal in self.goals():
            bound = "at least" if goal.at_least else "at most"
            verdict = "met" if goal.is_met else "NOT MET"
            lines.append(f"  {verdict:7}  {goal.words}: {goal.value:.2f}, {bound} {goal.limit:g}{goal.unit}")
        return "\n".join(lines)

    def write(self, path, complaints):
        """Writes everything that was measured, as JSON."""
        ratios = {
            mode: {client: found for client in self.settings.clients if (found := self.ratios(mode, client))}
            for mode in self.modes
        }
        content = {
            "machine": _machine(),
            "rounds": self.settings.rounds,
            "seconds": self.settings.seconds,
            "samples": [asdict(sample) for sample in self.samples],
            "ours_in_theirs": ratios,
            "starts": self.starts,
            "goals": [asdict(goal) | {"is_met": goal.is_met} for goal in self.goals()],
            "complaints": complaints,
        }
        path.write_text(json.dumps(content, indent=1) + "\n")

    def _of(self, mode, client):
        return [sample for sample in self.samples if (sample.mode, sample.client) == (mode, client)]

    def _line(self, mode, client, samples):
        first = client == next(name for name in self.settings.clients if name in mode.clients)
        asked = [sample for sample in samples if sample.requests]
        rate = statistics.median(sample.requests / sample.seconds for sample in samples)
        behind = " !" if mode.rate and rate < 0.95 * mode.rate and mode.rate > 1 else ""
        ratios = self.ratios(mode.name, client) if client != "importwatchd" else []
        return _row(
            mode.title if first else "",
            client,
            _spread([sample.cpu / sample.requests * 1e6 for sample in asked], "{:.1f}"),
            f"{rate:,.0f}{behind}" if mode.rate != 1 else f"{rate:.1f}",
            f"{statistics.median(sample.cpu / sample.seconds for sample in samples):.1%}",
            f"{statistics.median(sample.wakeups / sample.seconds for sample in samples):,.1f}/s",
            f"{max(sample.resident for sample in samples):.1f}",
            _spread(ratios, "{:.2f}") if ratios else "",
        )


def _row(mode, client, cost, rate, core, wakeups, memory, ratio):
    return f"{mode:18} {client:13} {cost:>24} {rate:>9} {core:>7} {wakeups:>12} {memory:>7} {ratio:>20}".rstrip()


def _spread(values, form):
    if not values:
        return "-"
    middle, least, most = (form.format(value) for value in (statistics.median(values), min(values), max(values)))
    return f"{middle} ({least}..{most})"


def _machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    load = os.getloadavg()[0]
    return f"{len(models)} x {models[0] if models else platform.machine()}, load {load:.1f}"
