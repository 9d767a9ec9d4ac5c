"""What a daemon that is stuck, killed or stopped leaves behind."""
import os
import signal
import time

from world import (
    OTHER_SECRET, SERVICE, add_job, arrivals, check, configure, now, is_active, journal, main_pid, messages, must, own_entries,
    play, run, settings, show, wait_until,
)


def restarts():
    return int(show(SERVICE, "NRestarts")["NRestarts"])


def stuck_loop():
    """a loop that makes no progress"""
    pid, before = main_pid(), restarts()
    place = now()
    os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    check("it is killed and restarted", wait_until(lambda: restarts() == before + 1 and is_active(), 30), show(SERVICE, "NRestarts"))
    took = time.monotonic() - begun
    check("by the watchdog, not earlier than it says", took > 2, took)
    said = messages(journal("UNIT=importwatchd.service", since=place))
    check("systemd says why", any("Watchdog timeout" in line for line in said), said)
    check("another process watches now", main_pid() not in (0, pid))
    add_job("after-watchdog")
    configure(settings(["endless", "after-watchdog"]))
    run("systemctl", "reload", SERVICE)
    check("and tells what ends", wait_until(lambda: arrivals("after-watchdog")))


def kill():
    """SIGKILL while notifications are under way"""
    jobs = [f"killed-{number}" for number in range(40)]
    # When the kill comes, one webhook has everything, and everything waits for the other.
    play(webhooks=[{"name": "ops", "secret": OTHER_SECRET}, {"name": "late", "probability": 1, "status": 503}])
    for job in jobs:
        add_job(job)
    late = '[[webhook]]\nname = "late"\nurl = "http://127.0.0.1:8002/hook/late"\n'
    configure(settings(["endless", *jobs], more=late))
    place = now()
    run("systemctl", "reload", SERVICE)
    told = lambda: {arrival["job_id"] for arrival in arrivals(webhook="ops")} >= set(jobs)
    check("all arrive at the webhook that takes them", wait_until(told))
    entries = wait_until(lambda: [e for e in own_entries(since=place) if e.get("SES_JOB_ID") in jobs][39:])
    check("all are in the journal", len(entries) == 1, len(entries))
    wait_until(lambda: arrivals(webhook="late", delivered=False))
    # Results go to the disk with the turn that follows the answer.
    time.sleep(1)
    before = restarts()
    os.kill(main_pid(), signal.SIGKILL)
    play(webhooks=[{"name": "late"}])
    check("it is restarted", wait_until(lambda: restarts() == before + 1 and is_active(), 30))
    check("what was not delivered is, after the restart",
          wait_until(lambda: {a["job_id"] for a in arrivals(webhook="late")} >= set(jobs)),
          len(arrivals(webhook="late")))
    repeated = [job for job in jobs for webhook in ["ops", "late"] if len(arrivals(job, webhook)) != 1]
    check("nothing is repeated at a webhook whose result was recorded", not repeated, repeated)
    entries = [entry.get("SES_JOB_ID") for entry in own_entries("SES_EVENT_TYPE=ses.import_job.completed", since=place)]
    check("nor in the journal", sorted(entries) == sorted(jobs), len(entries))
    configure(settings(["endless"]))
    run("systemctl", "reload", SERVICE)


def stop_during_reload():
    """stops while a reload is under way"""
    left = []
    for number in range(20):
        must("systemctl", "reload", "--no-block", SERVICE)
        # From before the first command of the reload runs to after the last has ended.
        time.sleep(number * 0.012)
        run("systemctl", "stop", SERVICE)
        shown = show(SERVICE, "ActiveState", "Result", "ExecMainStatus")
        if shown != {"ActiveState": "inactive", "Result": "success", "ExecMainStatus": "0"}:
            left.append((number, shown))
        run("systemctl", "reset-failed", SERVICE)
        must("systemctl", "start", SERVICE)
    check("none of 20 leaves a failed unit", not left, left)


def stop():
    """a stop in the midst of work"""
    play(webhooks=[{"name": "ops", "secret": OTHER_SECRET, "failure": "hang", "from": 0}],
         faults=[{"kind": "hang", "job": "endless"}])
    for number in range(8):
        add_job(f"stopping-{number}")
    configure(settings(["endless", *[f"stopping-{number}" for number in range(8)]]))
    run("systemctl", "reload", SERVICE)
    wait_until(lambda: arrivals(webhook="ops", job="stopping-7", delivered=False), 5)
    begun = time.monotonic()
    status, printed = run("systemctl", "stop", SERVICE)
    took = time.monotonic() - begun
    shown = show(SERVICE, "Result", "ExecMainStatus", "ExecMainCode")
    check("it stops well within TimeoutStopSec", status == 0 and took < 5, (took, printed))
    check("with success", shown["Result"] == "success" and shown["ExecMainStatus"] == "0", shown)
    status, printed = run("importwatchctl", "status")
    check("importwatchctl status reads the state then", "\nstopped: " in printed and "endless" in printed, (status, printed))
    play(webhooks=[{"name": "ops", "secret": OTHER_SECRET}], faults=[])
    run("systemctl", "start", SERVICE)
    wanted = {f"stopping-{number}" for number in range(8)}
    check("the next start delivers what was pending",
          wait_until(lambda: {arrival["job_id"] for arrival in arrivals()} >= wanted))
    configure(settings(["endless"]))
    run("systemctl", "reload", SERVICE)
