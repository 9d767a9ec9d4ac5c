"""Upgrade, removal and purge."""
import glob
import os
import pathlib
import re

from world import (
    CONFIGURATION, SERVICE, arrivals, check, is_active, main_pid, must, own_entries, polls, run, wait_until,
)


def upgrade():
    """a newer package, with a changed sample"""
    must("dpkg-deb", "-R", "/test/package.deb", "/root/newer")
    control = pathlib.Path("/root/newer/DEBIAN/control")
    control.write_text(re.sub(r"^Version: (.*)$", r"Version: \1+newer", control.read_text(), flags=re.M))
    sample = pathlib.Path("/root/newer/etc/importwatchd/importwatchd.toml")
    sample.write_text(sample.read_text() + "\n# newer\n")
    must("dpkg-deb", "--root-owner-group", "-b", "/root/newer", "/root/newer.deb")
    edited = CONFIGURATION.read_text()
    pids = {unit: main_pid(unit) for unit in [SERVICE, "importwatchd@eu.service"]}
    before = len(arrivals())
    status, printed = run(
        "dpkg", "--install", "--force-confdef", "--force-confold", "/root/newer.deb",
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
    check("it installs over the older one", status == 0, printed)
    check("the edited configuration is kept", CONFIGURATION.read_text() == edited)
    for unit, pid in pids.items():
        check(f"{unit} runs anew", is_active(unit) and main_pid(unit) != pid)
    asked = polls("endless")
    check("the daemon goes on with its jobs", wait_until(lambda: polls("endless") > asked))
    check("the state is kept: nothing is told again", len(arrivals()) == before, len(arrivals()) - before)


def removal():
    """removal and purge"""
    state = pathlib.Path("/var/lib/importwatchd/state.sqlite")
    status, printed = run("apt-get", "remove", "--yes", "importwatchd")
    check("it is removed", status == 0, printed)
    running = run("pgrep", "-x", "importwatchd")[1]
    check("no daemon is left", not running, running)
    check("configuration and state are kept", CONFIGURATION.exists() and state.exists())
    status, printed = run("apt-get", "purge", "--yes", "importwatchd")
    check("it is purged", status == 0, printed)
    left = [
        path for pattern in ["/etc/importwatchd*", "/var/lib/importwatchd*", "/run/importwatchd*", "/usr/*/importwatch*",
                             "/usr/lib/*/*/importwatchd*", "/usr/share/*/importwatchd*", "/etc/systemd/system/importwatchd[.@-]*",
                             "/etc/systemd/system/*.wants/importwatchd[.@-]*", "/var/lib/systemd/*/importwatchd*",
                             "/var/lib/systemd/*/*/importwatchd*", "/var/lib/dpkg/info/importwatchd*"]
        for path in glob.glob(pattern) if "importwatchd-test" not in path
    ]
    check("nothing is left", not left, left)
    check("neither is the user", run("getent", "passwd", "importwatchd")[0] != 0)
    failed = run("systemctl", "list-units", "--failed", "--no-legend", "--plain", "importwatchd*")[1]
    check("no failed unit is left", not failed.strip(), failed)
