"""Starts programs on a core, and reads what they use from /proc."""

import subprocess
import time
from pathlib import Path


class Program:
    """A program that runs on one core until it is stopped."""

    def __init__(self, core, command, folder, environment, name=None, **options):
        self.name = name or Path(str(command[0])).name
        self.errors = Path(folder) / f"{self.name}.stderr"
        with open(self.errors, "wb") as errors:
            # taskset becomes the program, so the process ID is the program's.
            self.process = subprocess.Popen(
                ["taskset", "-c", str(core), *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                text=True,
                **options,
            )
        self.pid = self.process.pid

    def check_it_runs(self):
        if self.process.poll() is not None:
            raise SystemExit(f"{self.name} ended with {self.process.returncode}:\n{self.errors.read_text()[-2000:]}")

    def stop(self):
        """Ends it with SIGTERM, and answers what it printed."""
        self.check_it_runs()
        self.process.terminate()
        try:
            output, _ = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise SystemExit(f"{self.name} did not stop within 20 s of SIGTERM") from None
        return output

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def cpu(self):
        """CPU time of all its threads, user's and system's, in seconds: the clock has nanoseconds, not ticks."""
        # How the kernel names the CPU clock of another process (MAKE_PROCESS_CPUCLOCK).
        return time.clock_gettime_ns((~self.pid << 3) | 2) / 1e9

    def wakeups(self):
        """How often its threads have gone to sleep to be woken: voluntary context switches."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(_status(task / "status", "voluntary_ctxt_switches") for task in tasks)

    def resident(self):
        """VmRSS in MiB."""
        return _status(f"/proc/{self.pid}/status", "VmRSS") / 1024

    def private(self):
        """Memory that it shares with nobody, in MiB."""
        path = f"/proc/{self.pid}/smaps_rollup"
        return (_status(path, "Private_Clean") + _status(path, "Private_Dirty")) / 1024


def _status(path, name):
    try:
        with open(path, encoding="ascii") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
    except FileNotFoundError:
        pass
    return 0
