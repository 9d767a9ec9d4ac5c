"""Starts that fail, and starts that take long."""
import os
import time

from world import (
    CONFIGURATION, SERVICE, check, configure, now, drop_in, is_active, must, own_entries, run, settings, show, wait_until,
)

CANNOT_START = "MESSAGE_ID=f947750efb154c2597dd18ad767031c7"


def refused():
    """a configuration that can't be used"""
    def start(what, code, words):
        place = now()
        status, printed = run("systemctl", "restart", SERVICE)
        shown = show(SERVICE, "ExecMainStatus", "ActiveState", "SubState")
        check(f"{what}: the start fails with {code}", status != 0 and shown["ExecMainStatus"] == str(code), (printed, shown))
        entries = wait_until(lambda: own_entries(CANNOT_START, since=place), 10)
        found = bool(entries) and entries[0]["PRIORITY"] == "2" and words in entries[0]["MESSAGE"]
        check(f"{what}: the journal says what is wrong, with priority 2", found, entries)
        time.sleep(1.5)
        check(f"{what}: it isn't tried again", show(SERVICE, "ActiveState")["ActiveState"] == "failed")

    good = CONFIGURATION.read_text()
    configure(good.replace("requests_per_second", "request_per_second"))
    start("a bad file", 6, 'did you mean "requests_per_second"?')
    CONFIGURATION.unlink()
    start("a missing file", 6, "no such file")
    configure(good)
    os.chmod(CONFIGURATION, 0o600)
    start("a file that it may not read", 4, "permission denied")
    os.chmod(CONFIGURATION, 0o644)
    explained = must("journalctl", "-x", "--no-pager", CANNOT_START)
    check("journalctl -x says what to do", "importwatchctl check" in explained, explained)
    check("mended, it starts", run("systemctl", "start", SERVICE)[0] == 0 and is_active())


def slow():
    """a start that takes longer than TimeoutStartSec, on a slow disk"""
    drop_in("slow", "[Service]\nTimeoutStartSec=11s\nEnvironment=LD_PRELOAD=/test/libraries/slow-disk.so\n")
    must("systemctl", "stop", SERVICE)
    begun = time.monotonic()
    status, printed = run("systemctl", "start", SERVICE)
    took = time.monotonic() - begun
    check("the daemon asks for more time and gets it", status == 0 and took > 13, (took, printed))
    drop_in("slow", None)
    must("systemctl", "restart", SERVICE)
    must("importwatchctl", "reload")
    configure(settings(["endless"]))
