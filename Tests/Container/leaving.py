"""Upgrade, removal and purge."""
import glob
import os
import pathlib
import re

from world import (
    CONFIGURATION, SERVICE, arrivals, check, configure, drop_in, is_active, main_pid, must, own_entries, polls, run,
    wait_until,
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


def reinstallation():
    """removal, and installation again"""
    must("apt-get", "remove", "--yes", "importwatchd")
    check("no daemon is left", not is_active() and not is_active("importwatchd@eu.service"))
    must("systemctl", "mask", "importwatchd@masked.service")
    status, printed = run("dpkg", "--install", "/root/newer.deb")
    check("it installs again", status == 0, printed)
    for unit in [SERVICE, "importwatchd@eu.service"]:
        check(f"{unit} is enabled and runs again", is_active(unit), run("systemctl", "status", "--no-pager", unit)[1])
    check("with the configuration of before", wait_until(lambda: polls("endless") > 0))
    check("what is masked stays so", not is_active("importwatchd@masked.service"))
    must("systemctl", "unmask", "importwatchd@masked.service")


def removal():
    """removal and purge"""
    state = pathlib.Path("/var/lib/importwatchd/state.sqlite")
    # What the manual and the unit's comments advise, beyond what lies in the package's own folders.
    drop_in("credentials", "[Service]\nLoadCredentialEncrypted=-ops:/etc/credstore.encrypted/ops-secret\n")
    encrypted = pathlib.Path("/etc/credstore.encrypted/ops-secret")
    encrypted.parent.mkdir(exist_ok=True)
    encrypted.write_text("not read here\n")
    pathlib.Path("/etc/default/importwatchd").write_text("AWS_REGION=eu-west-1\n")
    metrics = pathlib.Path("/var/tmp/importwatchd-of-the-test.prom")
    metrics.write_text("# old\n")
    configure(CONFIGURATION.read_text() + f'\n[metrics]\ntextfile = "{metrics}"\n')
    status, printed = run("apt-get", "remove", "--yes", "importwatchd")
    check("it is removed", status == 0, printed)
    running = run("pgrep", "-x", "importwatchd")[1]
    check("no daemon is left", not running, running)
    check("configuration and state are kept", CONFIGURATION.exists() and state.exists())
    status, printed = run("apt-get", "purge", "--yes", "importwatchd")
    check("it is purged", status == 0, printed)
    check("it says which secrets are left, for they are not the package's", str(encrypted) in printed and encrypted.exists(), printed)
    check("no old metrics are left to cry wolf", not metrics.exists(), printed)
    encrypted.unlink()
    left = [
        path for pattern in ["/etc/importwatchd*", "/etc/default/importwatchd*", "/var/lib/importwatchd*", "/run/importwatchd*", "/usr/*/importwatch*",
                             "/usr/lib/*/*/importwatchd*", "/usr/share/*/importwatchd*", "/etc/systemd/system/importwatchd[.@-]*",
                             "/etc/systemd/system/*.wants/importwatchd[.@-]*", "/var/lib/systemd/*/importwatchd*",
                             "/var/lib/systemd/*/*/importwatchd*", "/var/lib/dpkg/info/importwatchd*"]
        for path in glob.glob(pattern) if "importwatchd-test" not in path
    ]
    check("nothing is left", not left, left)
    check("neither is the user", run("getent", "passwd", "importwatchd")[0] != 0)
    failed = run("systemctl", "list-units", "--failed", "--no-legend", "--plain", "importwatchd*")[1]
    check("no failed unit is left", not failed.strip(), failed)
