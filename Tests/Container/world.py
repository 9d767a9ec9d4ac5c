"""What the checks reach the system with: commands, units, the journal, the simulator, the configuration."""
import json
import os
import pathlib
import pwd
import subprocess
import time
import urllib.request

SERVICE = "importwatchd.service"
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
OTHER_SECRET = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="
CONFIGURATION = pathlib.Path("/etc/importwatchd/importwatchd.toml")
LIST = pathlib.Path("/etc/importwatchd/jobs.d/jobs.list")
SECRETS = pathlib.Path("/root/secrets")
SES = "http://127.0.0.1:8001"
HOOKS = "http://127.0.0.1:8002"
# Seconds that the clocks of this machine are ahead of UTC.
ZONE = 19_800
_REPORT = open("/test/out/report", "a", buffering=1)
counts = {"passed": 0, "failed": 0}


def say(line):
    _REPORT.write(line + "\n")


def check(promise, holds, found=""):
    """Notes whether a promise holds; what was found instead is shown where it does not."""
    counts["passed" if holds else "failed"] += 1
    say(f"ok   {promise}" if holds else f"FAIL {promise}: {found!s:.2000}")
    return holds


def run(*command, **options):
    """Runs a command and answers its exit status and what it printed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, **options)
    return done.returncode, done.stdout.decode(errors="replace")


def must(*command, **options):
    status, printed = run(*command, **options)
    if status != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {status}: {printed}")
    return printed


def wait_until(condition, seconds=60):
    """Waits until a condition holds and answers its value, or its last value when the time is up."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.1)


# Units


def show(unit, *properties):
    """Properties of a unit, as a dictionary."""
    printed = must("systemctl", "show", unit, "-p", ",".join(properties))
    return dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)


def main_pid(unit=SERVICE):
    return int(show(unit, "MainPID")["MainPID"])


def is_active(unit=SERVICE):
    return show(unit, "ActiveState")["ActiveState"] == "active"


def drop_in(name, text, unit=SERVICE):
    """Writes a drop-in, as "systemctl edit" would, or removes it where there is no text."""
    path = pathlib.Path(f"/etc/systemd/system/{unit}.d/{name}.conf")
    if text is None:
        path.unlink()
    else:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    must("systemctl", "daemon-reload")


# The journal


def journal(*matches, since=0):
    """The entries that match, oldest first; `since` is a time that now() answered."""
    must("journalctl", "--sync")
    printed = subprocess.run(
        ["journalctl", "--all", "--output=json", "--no-pager", *matches], stdout=subprocess.PIPE, check=True
    ).stdout
    # Not --after-cursor: with matches, journalctl 252 leaves out the first entry that matches.
    entries = [json.loads(line) for line in printed.splitlines()]
    return [entry for entry in entries if int(entry["__REALTIME_TIMESTAMP"]) >= since * 1e6]


def own_entries(*matches, since=0, unit=SERVICE):
    """The entries that the daemon wrote."""
    return journal(f"_SYSTEMD_UNIT={unit}", *matches, since=since)


def now():
    return time.time()


def messages(entries):
    return [text(entry.get("MESSAGE")) for entry in entries]


def text(field):
    """A field's text: journalctl writes what is no plain text as numbers."""
    return bytes(field).decode(errors="replace") if isinstance(field, list) else field or ""


# The simulator


def start_simulator(scenario):
    pathlib.Path("/run/scenario.json").write_text(json.dumps(scenario))
    must(
        "systemd-run", "--quiet", "--unit=ses-simulator", "--setenv=LD_LIBRARY_PATH=/test/libraries",
        "/test/ses-simulator", "--listen", "127.0.0.1:8001", "--webhooks", "127.0.0.1:8002", "--quiet",
        "--scenario", "/run/scenario.json",
    )
    if not wait_until(lambda: run("curl", "-s", SES + "/simulator/statistics")[0] == 0):
        raise RuntimeError("the simulator did not start: " + run("systemctl", "status", "ses-simulator")[1])


def play(**scenario):
    """Adds jobs and webhooks to the scenario and replaces its other members."""
    request = urllib.request.Request(SES + "/simulator/scenario", json.dumps(scenario).encode(), method="POST")
    urllib.request.urlopen(request, timeout=30).read()


def statistics():
    return json.load(urllib.request.urlopen(SES + "/simulator/statistics", timeout=30))


def arrivals(job=None, webhook=None, delivered=True):
    """The notifications that arrived, those that were answered with success."""
    return [
        arrival for arrival in statistics()["arrivals"]
        if job in (None, arrival["job_id"]) and webhook in (None, arrival["webhook"])
        and (not delivered or arrival["answered"] == 204)
    ]


def polls(job):
    return statistics()["requests_per_job"].get(job, 0)


# The configuration


def settings(jobs=(), deadline="24h", more=""):
    """The text of a configuration that watches jobs at the simulator."""
    return f"""
region = "eu-west-1"
endpoint_url = "http://localhost:8001"
jobs = {json.dumps(list(jobs))}
jobs_files = ["jobs.d/*.list"]
[polling]
requests_per_second = 1000
min_delay = "100ms"
max_delay = "500ms"
not_found_grace = "2s"
deadline = "{deadline}"
[[webhook]]
name = "ops"
url = "{HOOKS}/hook/ops"
secret_file = "ops-secret"
concurrency = 16
{more}
"""


def configure(content, path=CONFIGURATION):
    """Replaces a file as editors do: written beside it and renamed."""
    new = path.with_name("." + path.name + ".new")
    new.write_text(content)
    os.rename(new, path)


def add_job(job, lasts=0.2, **members):
    """Has the simulator play a job that ends soon."""
    timeline = [{"status": "PROCESSING", "seconds": lasts}, {"status": members.pop("ends", "COMPLETED")}]
    play(jobs=[{"id": job, "timeline": timeline, **members}])


def process(pid, name):
    """The value of a line in /proc/PID/status."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(name + ":"))


def owner(path):
    """Owner, group and mode of a path as stat prints them."""
    return must("stat", "-c", "%U:%G %a", str(path)).strip()


def user_id():
    return pwd.getpwnam("importwatchd").pw_uid
