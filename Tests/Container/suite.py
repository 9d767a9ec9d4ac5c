"""Runs inside the container: every promise of the service, one line each; later sections build on what earlier ones set up."""
import subprocess
import sys
import traceback

import agreement
import confinement
import entries
import installing
import leaving
import outages
import reloading
import starting
import surviving
from world import counts, say

SECTIONS = [
    installing.package, installing.units, installing.first_start,
    entries.outcomes, entries.fields, entries.texts, entries.queries, entries.status,
    confinement.kernel, confinement.whole_job, confinement.network, confinement.readers,
    reloading.by_hand, reloading.credentials, reloading.by_path, reloading.instances,
    surviving.stuck_loop, surviving.kill, surviving.stop, surviving.stop_during_reload,
    outages.restart, outages.standstill,
    starting.refused, starting.slow,
    agreement.table,
    leaving.upgrade, leaving.reinstallation, leaving.removal, installing.without_package,
]


def main():
    for section in SECTIONS:
        say(f"-- {section.__module__}: {section.__doc__}")
        try:
            section()
        except Exception:
            counts["failed"] += 1
            say(f"FAIL {section.__module__}.{section.__name__} broke off: {traceback.format_exc()}")
    with open("/test/out/journal.txt", "wb") as file:
        subprocess.run(["journalctl", "--no-pager", "-o", "short-precise"], stdout=file, check=False)
    say(f"== {counts['passed'] + counts['failed']} checks in a booted systemd, {counts['failed']} failed")
    sys.exit(1 if counts["failed"] else 0)


main()
