"""Taking up a changed configuration."""
import os
import pathlib
import shutil

from world import (
    CONFIGURATION, LIST, OTHER_SECRET, SECRETS, SERVICE, add_job, arrivals, check, configure, now, is_active, main_pid,
    messages, must, own_entries, owner, play, polls, run, settings, show, wait_until,
)

RELOADED = "MESSAGE_ID=77dde229df884e4dac2386e5cc86ba64"
REFUSED = "MESSAGE_ID=c3dd75f6808548e6ac925f09a227f039"


def ends(job):
    """Whether a job's end arrives."""
    return bool(wait_until(lambda: arrivals(job)))


def by_hand():
    """systemctl reload, with a good file and a bad one"""
    pid = main_pid()
    place = now()
    add_job("added")
    LIST.write_text("added  # by hand\n")
    status, printed = run("systemctl", "reload", SERVICE)
    check("a good configuration: the reload succeeds", status == 0, printed)
    entries = own_entries(RELOADED, since=place)
    check("it has waited for the daemon's verdict", len(entries) == 1 and "1 job added" in entries[0]["MESSAGE"], entries)
    check("an added job is watched", ends("added"))

    status, printed = run("importwatchctl", "check")
    check("importwatchctl check finds the service's credentials", status == 0, printed)
    add_job("by-tool")
    status, printed = run("sh", "-c", "umask 077; importwatchctl jobs add by-tool")
    check("importwatchctl jobs add takes a job up", status == 0 and ends("by-tool"), printed)

    place = now()
    good = CONFIGURATION.read_text()
    configure(good.replace("min_delay", "min_dely") + "\n[webhoook]\n")
    status, printed = run("systemctl", "reload", SERVICE)
    check("a bad configuration: the reload fails visibly", status != 0 and "failed" in printed, (status, printed))
    refused = own_entries(REFUSED, since=place)
    check("the daemon tells everything that is wrong, with priority 3",
          len(refused) == 1 and refused[0]["PRIORITY"] == "3" and 'did you mean "min_delay"?' in refused[0]["MESSAGE"]
          and "webhoook" in refused[0]["MESSAGE"], refused)
    check("importwatchctl reload ends with 6", run("importwatchctl", "reload")[0] == 6)
    before = polls("endless")
    check("the old configuration stays in force", is_active() and wait_until(lambda: polls("endless") > before, 30))
    configure(good)
    check("the mended one is taken", run("systemctl", "reload", SERVICE)[0] == 0)

    place = now()
    must("systemctl", "kill", "--signal=HUP", "--kill-who=main", SERVICE)
    check("HUP reloads as well", wait_until(lambda: own_entries(RELOADED, since=place), 20))
    check("systemd sees the end of that reload", wait_until(lambda: show(SERVICE, "SubState")["SubState"] == "running", 20))
    check("all of that was one process", main_pid() == pid and show(SERVICE, "NRestarts")["NRestarts"] == "0")


def credentials():
    """a LoadCredential= source and the file changed together before a reload"""
    (SECRETS / "ops-secret").write_text(OTHER_SECRET + "\n")
    play(webhooks=[{"name": "ops", "secret": OTHER_SECRET}])
    add_job("rotated")
    configure(settings(["endless", "rotated"]))
    status, printed = run("systemctl", "reload", SERVICE)
    check("the reload succeeds", status == 0, printed)
    check("the new job is told", ends("rotated"))
    check("signed with the new secret", all(arrival["signature_valid"] for arrival in arrivals("rotated")), arrivals("rotated"))
    (SECRETS / "ops-secret").write_text("whsec_short\n")
    status, printed = run("systemctl", "reload", SERVICE)
    check("a bad secret fails the reload", status != 0, printed)
    (SECRETS / "ops-secret").write_text(OTHER_SECRET + "\n")
    check("the mended secret is taken", run("systemctl", "reload", SERVICE)[0] == 0)


def by_path():
    """importwatchd-reload.path, for edits taken up without asking"""
    must("systemctl", "enable", "--quiet", "--now", "importwatchd-reload.path")

    def edit(what, job, change):
        add_job(job)
        change(settings(["endless", job]))
        check(what, ends(job))

    def in_place(content):
        CONFIGURATION.write_text(content)

    edit("a file written in place", "in-place", in_place)
    edit("a file replaced by another", "replaced", configure)

    add_job("listed")
    LIST.write_text("listed\n")
    check("a list of jobs", ends("listed"))

    store = pathlib.Path("/srv/configuration")
    for version in ["one", "two", "three"]:
        (store / version).mkdir(parents=True)

    def linked(content):
        (store / "one/importwatchd.toml").write_text(content)
        os.symlink("one", store / "current")
        new = CONFIGURATION.with_name("new")
        os.symlink(store / "current/importwatchd.toml", new)
        os.rename(new, CONFIGURATION)

    def swap(link, target):
        os.symlink(target, f"{link}.new")
        os.rename(f"{link}.new", link)

    def beside(content):
        (store / "two/importwatchd.toml").write_text(content)
        swap(CONFIGURATION, store / "two/importwatchd.toml")

    def behind(content):
        (store / "two/importwatchd.toml").write_text(content)

    edit("a file replaced by a link", "linked", linked)
    edit("a link swapped for another", "swapped", beside)
    edit("the file that a link leads to", "behind", behind)

    for number in range(10):
        add_job(f"burst-{number}")
    place = now()
    for number in range(10):
        LIST.write_text("\n".join(f"burst-{count}" for count in range(number + 1)) + "\n")
    check("ten edits in a row", all(ends(f"burst-{number}") for number in range(10)))
    reloads = own_entries(RELOADED, since=place)
    check("make fewer reloads", 1 <= len(reloads) < 6, messages(reloads))

    must("systemctl", "disable", "--quiet", "--now", "importwatchd-reload.path")
    CONFIGURATION.unlink()
    configure(settings(["endless"]))
    must("systemctl", "reload", SERVICE)


def instances():
    """two instances besides the service, all at once"""
    for name in ["eu", "us"]:
        configure(settings([f"only-{name}"]), CONFIGURATION.with_name(f"{name}.toml"))
        add_job(f"only-{name}", lasts=0.5)
    must("systemctl", "enable", "--quiet", "--now", "importwatchd@eu", "importwatchd@us")
    for name in ["eu", "us"]:
        unit = f"importwatchd@{name}.service"
        check(f"{unit} tells its job", ends(f"only-{name}") and len(arrivals(f"only-{name}")) == 1)
        entries = wait_until(lambda: own_entries(f"SES_JOB_ID=only-{name}", unit=unit))
        check(f"{unit} writes it under its own name", len(entries) == 1, entries)
        check(f"{unit} has its own directories",
              owner(f"/var/lib/importwatchd-{name}") == "importwatchd:importwatchd 700"
              and owner(f"/run/importwatchd-{name}") == "importwatchd:importwatchd 750")
        printed = run("importwatchctl", "status", "--config", f"/etc/importwatchd/{name}.toml")[1]
        check(f"importwatchctl asks {unit}", f"pid {main_pid(unit)}" in printed, printed)
        check(f"{unit} reloads", run("systemctl", "reload", unit)[0] == 0)
    check("the service itself goes on", is_active())
    shutil.rmtree("/srv/configuration")
