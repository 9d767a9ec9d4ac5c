"""The daemon's whole job under the unit's hardening."""
import pathlib

from world import (
    HOOKS, SERVICE, add_job, check, configure, drop_in, main_pid, must, now, own_entries, owner, polls,
    process, run, say, settings, wait_until,
)

ARRIVALS = pathlib.Path("/run/https-arrivals")
METRICS = pathlib.Path("/var/lib/prometheus/node-exporter/importwatchd.prom")


def kernel():
    """the hardening, as the kernel sees it"""
    pid = main_pid()
    for name, value in {"NoNewPrivs": "1", "Seccomp": "2", "CapEff": "0" * 16, "CapBnd": "0" * 16}.items():
        check(f"{name} is {value}", process(pid, name) == value, process(pid, name))
    say(f"     VmRSS {process(pid, 'VmRSS')}, of it {process(pid, 'RssAnon')} anonymous, {process(pid, 'Threads')} threads")


def neighbours():
    """Starts a name server and a receiver with a certificate that the system trusts."""
    must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=hooks.example", "-addext", "subjectAltName=DNS:hooks.example",
         "-keyout", "/run/receiver.key", "-out", "/usr/local/share/ca-certificates/receiver.crt")
    must("update-ca-certificates")
    must("sh", "-c", "cat /usr/local/share/ca-certificates/receiver.crt /run/receiver.key >/run/receiver.pem")
    ARRIVALS.touch()
    must("systemd-run", "--quiet", "--unit=neighbours", "/usr/bin/python3", "-B", "/test/suite/neighbours.py",
         "/run/receiver.pem", str(ARRIVALS))
    pathlib.Path("/etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
    pathlib.Path("/etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")


def whole_job():
    """names from DNS, TLS, keys from another program, metrics"""
    neighbours()
    keys = pathlib.Path("/usr/local/bin/keys")
    keys.write_text('#!/bin/sh\n'
                    'echo \'{"Version": 1, "AccessKeyId": "AKIDSIMULATOR", "SecretAccessKey": "simulator-secret"}\'\n')
    keys.chmod(0o755)
    home = pathlib.Path("/var/lib/importwatchd/.aws")
    home.mkdir()
    (home / "config").write_text(f"[default]\ncredential_process = {keys}\n")
    must("chown", "-R", "importwatchd:importwatchd", str(home))
    METRICS.parent.mkdir(parents=True, exist_ok=True)
    must("chown", "importwatchd", str(METRICS.parent))
    # Only the webhook's secret comes from systemd here, the AWS keys come by way of HOME.
    drop_in("whole-job", f"""
[Service]
LoadCredential=
LoadCredential=ops-secret:/root/secrets/ops-secret
ReadWritePaths={METRICS.parent}
""")
    add_job("confined")
    text = settings(["endless", "confined"], more=f'[metrics]\ntextfile = "{METRICS}"\n')
    configure(text.replace("http://localhost:8001", "http://ses.example:8001")
              .replace(f"{HOOKS}/hook/ops", "https://hooks.example:8443/hook"))
    must("systemctl", "restart", SERVICE)
    arrived = wait_until(lambda: "confined" in ARRIVALS.read_text().split(), 30)
    check("a job is polled by a name from DNS, with keys of a credential_process, and told with TLS", arrived,
          run("journalctl", "-n", "20", "--no-pager", "-u", SERVICE)[1])
    check("metrics are written where ReadWritePaths allows it", wait_until(METRICS.exists, 30))
    check("for the collector to read", owner(METRICS) == "importwatchd:importwatchd 644", owner(METRICS))
    status, printed = doctor()
    check("importwatchctl doctor finds what the daemon finds", status == 0 and "process" in printed, (status, printed))
    drop_in("whole-job", None)
    must("rm", "-r", str(home))
    configure(settings(["endless"]))
    must("systemctl", "restart", SERVICE)
    status, printed = doctor()
    check("also keys that systemd hands over", status == 0 and "…ATOR" in printed, (status, printed))


def doctor():
    """Asks as the catalog says, and as the daemon's own user; the answers must be the same."""
    answer = run("importwatchctl", "doctor")
    own = run("systemd-run", "--quiet", "--pipe", "--uid=importwatchd", "importwatchctl", "doctor")
    return answer if answer == own else (1, f"root: {answer}, the daemon's user: {own}")


def network():
    """a network that goes away"""
    pid = main_pid()
    place = now()
    must("ip", "link", "set", "lo", "down")
    told = wait_until(lambda: own_entries("MESSAGE_ID=68e58909ccb24416925a56c9a30f4300", since=place))
    check("it is told once, as a warning", len(told) == 1 and told[0]["PRIORITY"] == "4", told)
    must("ip", "link", "set", "lo", "up")
    before = wait_until(lambda: polls("endless"))
    check("polling goes on when it is back", wait_until(lambda: polls("endless") > before))
    check("that is told, too", wait_until(lambda: own_entries("MESSAGE_ID=ff53a46f5ead403a84c4b877678537a3", since=place)))
    check("the process did not end", main_pid() == pid)


def readers():
    """what the daemon's group may ask, through the unit's user namespace"""
    must("useradd", "--groups", "importwatchd", "reader")
    must("useradd", "stranger")
    for command in [["status"], ["status", "--job", "endless"], ["deliveries"]]:
        status, printed = run("runuser", "-u", "reader", "--", "importwatchctl", *command)
        check(f"a member of the group sees {' '.join(command)}", status == 0, printed)
        status, printed = run("runuser", "-u", "stranger", "--", "importwatchctl", *command)
        check(f"a stranger does not see {' '.join(command)} and is told so",
              status == 1 and "this user may not do that" in printed, printed)
    for command in [["reload"], ["replay", "--dead"]]:
        status, printed = run("runuser", "-u", "reader", "--", "importwatchctl", *command)
        check(f"a member of the group may not {command[0]}, and is told so",
              status == 1 and "this user may not do that" in printed, printed)
    status, printed = run("runuser", "-u", "importwatchd", "--", "importwatchctl", "jobs", "add", "by-reader")
    check("the daemon's user can't write the lists, and is told who can",
          status == 1 and "it belongs to root: run sudo importwatchctl jobs add by-reader" in printed, printed)
