"""A journal that goes away for a while."""
import collections
import os
import signal
import time

from world import (
    SERVICE, add_job, arrivals, check, configure, now, main_pid, messages, must, own_entries, play, polls, run, settings,
    show, wait_until,
)


def restart():
    """journald restarted under the daemon"""
    pid = main_pid()
    must("systemctl", "restart", "systemd-journald")
    place = now()
    add_job("after-restart")
    configure(settings(["endless", "after-restart"]))
    run("systemctl", "reload", SERVICE)
    check("the webhook has what ends afterwards", wait_until(lambda: arrivals("after-restart")))
    check("and so has the journal", wait_until(lambda: own_entries("SES_JOB_ID=after-restart", since=place)))
    check("the daemon was not restarted", main_pid() == pid)


def standstill():
    """journald stopped with SIGSTOP for three watchdog periods"""
    count = 700
    jobs = [f"bulk-{number}" for number in range(count)]
    pid, restarts = main_pid(), show(SERVICE, "NRestarts")["NRestarts"]
    play(jobs=[{"id": "bulk-{n}", "count": count,
                "timeline": [{"status": "PROCESSING", "seconds": 3}, {"status": "COMPLETED"}]}])
    configure(settings(["endless", *jobs]))
    run("systemctl", "reload", SERVICE)
    place = now()
    journald = main_pid("systemd-journald.service")
    os.kill(journald, signal.SIGSTOP)
    begun = time.monotonic()
    try:
        before = polls("endless")
        told = lambda: len({a["job_id"] for a in arrivals() if a["job_id"].startswith("bulk-")})
        wait_until(lambda: told() == count, 90)
        check(f"webhooks go on: {count} notifications", told() == count, told())
        time.sleep(max(0, 3 * 3 + 2 - (time.monotonic() - begun)))
        check("polling goes on", polls("endless") > before + 10, polls("endless") - before)
        check("no watchdog kill", main_pid() == pid and show(SERVICE, "NRestarts")["NRestarts"] == restarts)
    finally:
        os.kill(journald, signal.SIGCONT)
    entries = lambda: [e["SES_JOB_ID"] for e in own_entries("SES_EVENT_TYPE=ses.import_job.completed", since=place)]
    wait_until(lambda: len(entries()) >= count, 90)
    found = entries()
    check("all entries are there afterwards", set(found) == set(jobs), len(set(found)))
    check("each of them once", len(found) == count, len(found))
    sent = collections.Counter(arrival["id"] for arrival in arrivals() if arrival["job_id"].startswith("bulk-"))
    check("no notification is repeated", max(sent.values()) == 1, sent.most_common(5))
    said = [m for m in messages(own_entries(since=place)) if not m.startswith("job bulk-")]
    check("little else is said", len(said) < 10, said)
    configure(settings(["endless"]))
    run("systemctl", "reload", SERVICE)
