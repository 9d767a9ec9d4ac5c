"""The journal of a daemon that watches jobs of every outcome."""
import re
import time

from world import (
    SECRET, SECRETS, SERVICE, ZONE, arrivals, check, configure, drop_in, journal, messages, must, now, own_entries, polls, run,
    settings, show, start_simulator, text, wait_until,
)

# The job, how its event's type ends, its priority, its status, and the first line of the catalog.
OUTCOMES = [
    ("done", "completed", 5, "COMPLETED", "Import job done completed"),
    ("partly", "completed_with_errors", 4, "COMPLETED", "Import job partly completed with failed records"),
    ("broken", "failed", 3, "FAILED", "Import job broken failed"),
    ("latin", "failed", 3, "FAILED", "Import job latin failed"),
    ("stopped", "cancelled", 4, "CANCELLED", "Import job stopped was cancelled"),
    ("gone", "lost", 3, "PROCESSING", "Import job gone is not known to SES"),
    ("endless", "overdue", 4, "PROCESSING", "Import job endless has not ended in time"),
    ("odd", "completed", 5, "COMPLETED", "Import job odd completed"),
]
LINES = "line 1: no column \"Email\"\n\tline 2: “naïve” ✓\nSES_FAKE=1"
PROCESSING = {"status": "PROCESSING", "seconds": 0.5}
began = None


def outcomes():
    """jobs of every outcome, with AWS keys and the webhook's secret as credentials"""
    global began
    start_simulator({
        "faults": [{"kind": "throttled", "times": 3}, {"kind": "latin1", "job": "latin"}],
        "jobs": [
            {"id": "done", "clock": "first_request", "records": 1200, "timeline": [PROCESSING, {"status": "COMPLETED"}]},
            {"id": "partly", "records": 900, "failed": 7, "timeline": [PROCESSING, {"status": "COMPLETED"}]},
            {"id": "broken", "records": 0, "message": LINES, "timeline": [{"status": "FAILED"}]},
            {"id": "latin", "message": "Zürich\nist voll", "timeline": [{"status": "FAILED"}]},
            {"id": "stopped", "clock": "first_request", "timeline": [PROCESSING, {"status": "CANCELLED"}]},
            {"id": "gone", "clock": "first_request", "vanishes_at": 1, "timeline": [{"status": "PROCESSING"}]},
            {"id": "endless", "timeline": [{"status": "PROCESSING"}]},
            {"id": "odd", "clock": "first_request",
             "timeline": [{"status": "QUEUED", "seconds": 1}, {"status": "COMPLETED"}]},
        ],
        "webhooks": [{"name": "ops", "secret": SECRET}],
    })
    SECRETS.mkdir(mode=0o700, exist_ok=True)
    (SECRETS / "ops-secret").write_text(SECRET + "\n")
    (SECRETS / "aws").write_text(
        "[default]\naws_access_key_id = AKIDSIMULATOR\naws_secret_access_key = simulator-secret\n"
    )
    # Shorter times than those of the unit, for the sake of the tests' own.
    for unit in [SERVICE, "importwatchd@.service"]:
        drop_in("test", f"""
[Service]
WatchdogSec=3s
RestartSec=500ms
LoadCredential=ops-secret:{SECRETS}/ops-secret
LoadCredential=aws-credentials:{SECRETS}/aws
""", unit)
    began = now()
    configure(settings([outcome[0] for outcome in OUTCOMES], deadline="8s"))
    must("systemctl", "restart", SERVICE)
    wait_until(lambda: len(arrivals()) >= len(OUTCOMES))
    told = {(arrival["job_id"], arrival["type"]) for arrival in arrivals()}
    wanted = {(job, f"ses.import_job.{kind}") for job, kind, *_ in OUTCOMES}
    check("the webhook has every outcome, once", told == wanted and len(arrivals()) == len(wanted), told ^ wanted)
    check("each is signed with the secret from LoadCredential", all(a["signature_valid"] for a in arrivals()))
    check("a job that has not ended is watched on", wait_until(lambda: polls("endless") > 20, 30), polls("endless"))


def fields():
    """fields, priorities and catalog texts of events"""
    for job, kind, priority, status, subject in OUTCOMES:
        entries = [e for e in own_entries(f"SES_JOB_ID={job}", since=began) if "SES_EVENT_TYPE" in e]
        if not check(f"{job} has one entry of an event", len(entries) == 1, entries):
            continue
        entry = entries[0]
        wanted = {
            "PRIORITY": str(priority), "SES_EVENT_TYPE": f"ses.import_job.{kind}", "SES_JOB_STATUS": status,
            "SES_SOURCE": "default", "SES_REGION": "eu-west-1", "SYSLOG_IDENTIFIER": "importwatchd",
            "SES_EVENT_ID": arrivals(job)[0]["id"],
        }
        found = {name: entry.get(name) for name in wanted}
        check(f"{job}: priority {priority} and fields as they should be", found == wanted, found)
        explained = must("journalctl", "-x", "--no-pager", f"--since=@{began:.6f}", f"SES_JOB_ID={job}", f"MESSAGE_ID={entry['MESSAGE_ID']}")
        check(f"{job}: journalctl -x explains it", f"Subject: {subject}" in explained, explained)
    partly = own_entries("SES_JOB_ID=partly", since=began)[-1]
    counts = [partly.get(name) for name in ["SES_PREVIOUS_STATUS", "SES_PROCESSED_RECORDS", "SES_FAILED_RECORDS"]]
    check("partly: its counts", counts[1:] == ["900", "7"], counts)
    check("partly: the request's ID at AWS", "AWS_REQUEST_ID" in partly, partly)
    check("done: the status before", own_entries("SES_JOB_ID=done", since=began)[-1].get("SES_PREVIOUS_STATUS") == "PROCESSING")


def texts():
    """what the service says, whatever it is"""
    broken = own_entries("SES_JOB_ID=broken", since=began)[-1]
    check("a text of several lines survives in its field", text(broken["SES_ERROR_MESSAGE"]) == LINES, broken)
    check("no line of it becomes a field", "SES_FAKE" not in broken)
    latin = own_entries("SES_JOB_ID=latin", since=began)[-1]
    check("a text that is no UTF-8 survives", text(latin["SES_ERROR_MESSAGE"]) == "Z\ufffdrich\nist voll", latin)


def queries():
    """the queries that people make"""
    graver = own_entries("-p", "warning", since=began)
    wanted = sorted(["partly", "broken", "latin", "stopped", "gone", "endless", "odd"])
    check("-p warning shows what needs a person and nothing else", sorted(e.get("SES_JOB_ID", "") for e in graver) == wanted,
          messages(graver))
    throttled = [entry for entry in own_entries(since=began) if "throttled" in text(entry["MESSAGE"])]
    check("throttling is told, but as nothing grave", {e["PRIORITY"] for e in throttled} == {"5"}, throttled)
    story = messages(journal("SES_JOB_ID=odd"))
    check("SES_JOB_ID= tells a job's whole story", len(story) == 2 and "QUEUED" in story[0] and "completed" in story[1], story)
    everything = must("journalctl", "--no-pager", "-u", SERVICE)
    check("libdispatch has no complaint", "Failed to set thread priority" not in everything)
    others = {e.get("MESSAGE_ID", text(e["MESSAGE"])) for e in own_entries() if not re.fullmatch("[0-9a-f]{32}", e.get("MESSAGE_ID", ""))}
    check("every entry has a MESSAGE_ID", not others, others)


def status():
    """what systemctl status shows"""
    pattern = r"watching 2 jobs \(2 processing\), 2 failed(?:, \d+ [a-z ]+)*, next poll (\d\d:\d\d:\d\d)"
    line = wait_until(lambda: re.fullmatch(pattern, show(SERVICE, "StatusText")["StatusText"]), 20)
    check("its words, with the next poll by the clock", line, show(SERVICE, "StatusText"))
    local = [time.strftime("%H:%M:%S", time.gmtime(now() + ZONE + offset)) for offset in range(-60, 61)]
    check("of this machine's time zone", line and line[1] in local, (line, local[60]))
    printed = run("systemctl", "status", "--no-pager", SERVICE)[1]
    check("systemctl status shows them", re.search("Status: \"watching 2 jobs", printed), printed)
    place = now()
    must("systemctl", "kill", "--signal=USR1", "--kill-who=main", SERVICE)
    summary = wait_until(lambda: own_entries("MESSAGE_ID=b183256ea16e4121b07a6fc42fd7b23a", since=place), 10)
    check("USR1 writes the summary", "watching 2 jobs" in "".join(messages(summary)), summary)
