#!/usr/bin/env python3
"""Counts the instructions of single steps with callgrind, and compares them with those that are on file.

Each step runs N and 2 N times; the difference is that of N steps, without start and end of the program. Wall time is
noise on a shared machine; instructions repeat to a fraction of a per cent, so 5 % more are a change of the code.
Usage: instructions.py [--record]    (writes what was counted to the file, after a change that is meant)
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ALLOWANCE = 0.05
#: How often each step runs in the shorter of its two runs.
STEPS = {"signature": 2000, "decode": 2000, "reschedule": 5000, "poll": 2000, "commit": 100}

FOLDER = Path(__file__).resolve().parent
PROGRAM = FOLDER.parents[1] / ".build-release/release/InstructionCounts"
ON_FILE = FOLDER / "instructions.json"

#: What would differ between runs and between processors of a kind: the seed of Swift's hashes, and which instructions
#: OpenSSL and the C library find there.
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "SWIFT_DETERMINISTIC_HASHING": "1",
    "OPENSSL_ia32cap": "0:0",
    "OPENSSL_armcap": "0",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-AVX512VL,-BMI2,-ERMS,-FSRM,-MOVBE,-RTM",
}


def instructions(program, step, count):
    """All instructions of a run of the program."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, step, str(count), folder]
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(f"{step} {count} ended with {done.returncode}: {done.stdout}{done.stderr[-2000:]}")
    return int(found[1])


def count_all():
    """Instructions of each step."""
    runs = [(step, count * times) for step, count in STEPS.items() for times in (1, 2)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        # valgrind does not understand all of what Swift writes for debuggers, and gives up where it does not.
        program = Path(folder) / PROGRAM.name
        subprocess.run(["strip", "--strip-debug", "-o", program, PROGRAM], check=True)
        totals = dict(zip(runs, pool.map(lambda run: instructions(program, *run), runs)))
    return {step: round((totals[step, 2 * count] - totals[step, count]) / count) for step, count in STEPS.items()}


def main():
    on_file = json.loads(ON_FILE.read_text()) if ON_FILE.exists() else {}
    machine = platform.machine()
    counted, known = count_all(), on_file.get(machine, {})
    if "--record" in sys.argv[1:]:
        ON_FILE.write_text(json.dumps(on_file | {machine: counted}, indent=2) + "\n")
    exceeded = []
    print(f"{'step':12} {'instructions':>12} {'on file':>12}")
    for step, count in counted.items():
        change = count / known[step] - 1 if step in known else 0
        words = f"{known[step]:>12,} {change:+7.1%}" if step in known else f"{'none':>12}"
        print(f"{step:12} {count:>12,} {words}")
        if change > ALLOWANCE:
            exceeded.append(step)
        elif change < -ALLOWANCE:
            print(f"  {step} takes less than on file: --record keeps it so")
    if exceeded and "--record" not in sys.argv[1:]:
        sys.exit(f"more than {ALLOWANCE:.0%} over what is on file: {', '.join(exceeded)} (--record if that is meant)")


main()
