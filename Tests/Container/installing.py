"""The package, as it comes."""
import glob
import gzip
import os
import pathlib
import struct

from world import SERVICE, ZONE, check, is_active, main_pid, must, own_entries, owner, process, run, say, show


def package():
    """what the package brings, on a machine without Swift"""
    # A time zone of 5 h 30 min, so that local times are told from UTC: TZif, one zone, no transitions.
    zone = pathlib.Path("/etc/localtime")
    zone.unlink(missing_ok=True)
    counts = [0, 0, 0, 0, 1, 4]
    zone.write_bytes(b"TZif" + bytes(16) + struct.pack(">6l", *counts) + struct.pack(">lbb", ZONE, 0, 0) + b"IST\0")
    status, printed = run(
        "apt-get", "install", "--yes", "/test/package.deb", env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    )
    check("the package installs", status == 0, printed)
    check("no Swift is on this machine", run("sh", "-c", "command -v swift || ls /usr/lib/swift")[0] != 0)
    for program in ["importwatchd", "importwatchctl"]:
        libraries = must("ldd", f"/usr/bin/{program}")
        check(f"{program} needs no library of Swift", "swift" not in libraries and "not found" not in libraries, libraries)
    conffiles = must("dpkg-query", "-W", "-f", "${Conffiles}", "importwatchd")
    for path in ["/etc/importwatchd/importwatchd.toml", "/etc/importwatchd/jobs.d/jobs.list"]:
        check(f"{path} is a conffile", path in conffiles, conffiles)
    check("/etc/importwatchd is for root and the daemon's group", owner("/etc/importwatchd") == "root:importwatchd 750")
    for page, title in {"importwatchd.8": 8, "importwatchctl.1": 1, "importwatchd.toml.5": 5}.items():
        path = f"/usr/share/man/man{title}/{page}.gz"
        check(f"there is a manual page {page}", b".Sh NAME" in gzip.open(path).read())
    completions = {
        "bash": "/usr/share/bash-completion/completions/importwatchctl",
        "zsh": "/usr/share/zsh/vendor-completions/_importwatchctl",
        "fish": "/usr/share/fish/vendor_completions.d/importwatchctl.fish",
    }
    for shell, path in completions.items():
        content = pathlib.Path(path).read_text()
        check(f"there are completions for {shell}", "reload" in content and "check" in content, content)
    words = 'source "$0"; COMP_WORDS=(importwatchctl rel); COMP_CWORD=1; _importwatchctl importwatchctl rel importwatchctl; '
    printed = run("bash", "-c", words + 'echo "${COMPREPLY[@]}"', completions["bash"])[1]
    check("bash completes a subcommand", printed.strip() == "reload", printed)


def units():
    """the units, as systemd sees them"""
    installed = sorted(glob.glob("/usr/lib/systemd/system/importwatchd*"))
    names = [path.replace("@.", "@eu.") for path in installed]
    status, printed = run("systemd-analyze", "verify", "--man=no", *[os.path.basename(name) for name in names])
    check("systemd-analyze verify has nothing to say", status == 0 and not printed, printed)
    for unit in [SERVICE, "importwatchd@eu.service"]:
        status, printed = run("systemd-analyze", "security", "--threshold=11", "--no-pager", unit)
        check(f"the exposure of {unit} is at most 1.1", status == 0, printed)
    say("     " + must("systemd-analyze", "security", "--no-pager", SERVICE).splitlines()[-1].strip("→ "))
    shown = show(
        SERVICE, "Type", "NotifyAccess", "WatchdogUSec", "Restart", "RestartUSec", "StartLimitIntervalUSec",
        "RestartPreventExitStatus", "User", "UMask", "LogRateLimitIntervalUSec", "TimeoutStopUSec", "Wants",
    )
    wanted = {
        "Type": "notify", "NotifyAccess": "main", "WatchdogUSec": "30s", "Restart": "on-failure", "RestartUSec": "5s",
        "StartLimitIntervalUSec": "0", "RestartPreventExitStatus": "2 4 6", "User": "importwatchd", "UMask": "0077",
        "LogRateLimitIntervalUSec": "0", "TimeoutStopUSec": "10s",
    }
    for name, value in wanted.items():
        check(f"{name} is {value}", shown[name] == value, shown[name])
    check("network-online.target is wanted", "network-online.target" in shown["Wants"], shown["Wants"])


def first_start():
    """the service right after the installation"""
    check("it runs and starts at boot", is_active() and run("systemctl", "is-enabled", SERVICE)[1].strip() == "enabled")
    pid = main_pid()
    check("it runs as importwatchd", process(pid, "Uid").split()[0] == must("id", "-u", "importwatchd").strip())
    check("its state is its own", owner("/var/lib/importwatchd") == "importwatchd:importwatchd 700")
    check("its runtime directory is its own", owner("/run/importwatchd") == "importwatchd:importwatchd 750")
    told = own_entries("-p", "warning")
    warned = [entry["MESSAGE"] for entry in told]
    check("it warns once that there is no job", len(warned) == 1 and "there is no job to watch" in warned[0], warned)
    times = show(SERVICE, "ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic", "MemoryCurrent", "StatusText")
    start = int(times["ActiveEnterTimestampMonotonic"]) - int(times["ExecMainStartTimestampMonotonic"])
    say(f"     start to READY as systemd sees it {start / 1000:.1f} ms, VmRSS {process(pid, 'VmRSS')}, MemoryCurrent {times['MemoryCurrent']}")
    check("its status says what it does", times["StatusText"] == "watching 0 jobs", times["StatusText"])
    status, printed = run("importwatchctl", "status")
    check("importwatchctl status asks it", status == 0 and f"pid {pid}" in printed, printed)


def without_package():
    """make install, followed by what it says is to be done"""
    printed = must("/test/project/systemd/install.sh", env={**os.environ, "BUILT": "/test/project/.build-release/release"})
    steps = [line.strip() for line in printed.splitlines() if line.startswith("  ")]
    check("it says what is to be done", len(steps) >= 4, printed)
    for step in steps:
        status, said = run("sh", "-c", step)
        check(step, status == 0, said)
    program = os.readlink(f"/proc/{main_pid()}/exe") if is_active() else None
    check("the service runs from /usr/local", program == "/usr/local/bin/importwatchd", program)
    check("and reloads", run("systemctl", "reload", SERVICE)[0] == 0)
    check("/etc/importwatchd is for root and the daemon's group", owner("/etc/importwatchd") == "root:importwatchd 750")
    explained = must("journalctl", "-x", "-n", "20", "--no-pager", "-u", SERVICE)
    check("the catalog is there", "Defined-By: importwatchd" in explained, explained)
