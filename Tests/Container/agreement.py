"""What `check`, `doctor`, `status` and the daemon each say of one trouble: they agree."""
import os
import pathlib
import shutil
import sqlite3

from world import (
    HOOKS, SECRET, SECRETS, check, configure, messages, must, now, own_entries, run, say, show, wait_until,
)

UNIT = "importwatchd@agree.service"
FOLDER = pathlib.Path("/etc/importwatchd")
CONFIGURATION = FOLDER / "agree.toml"
STATE = pathlib.Path("/var/lib/importwatchd-agree")
DROP_IN = pathlib.Path(f"/etc/systemd/system/{UNIT}.d/zz-row.conf")
WRONG_KEYS = "[default]\naws_access_key_id = AKIDSIMULATOR\naws_secret_access_key = another-secret\n"
KEYS = WRONG_KEYS.replace("another", "simulator")
SOURCE = """region = "eu-west-1"
endpoint_url = "http://localhost:8001"
jobs = ["endless"]
"""
HOOK = f"""
[[webhook]]
name = "ops"
url = "{HOOKS}/hook/ops"
"""
SIGNED = HOOK + 'secret_file = "ops-secret"\n'
# Neither the keys nor the secret of the other tests' drop-in.
NO_CREDENTIALS = "LoadCredential=\n"
# How a row ends: the daemon runs well, runs and is in trouble, or does not start (and then with which code).
WELL, TROUBLED = "well", "troubled"


def table():
    """one thing wrong at a time, and who says what"""
    CONFIGURATION.unlink(missing_ok=True)
    rows = sorted(ROWS, key=lambda row: row[1] != WELL)
    say(f"     {'what is wrong':38} {'check':>5} {'daemon':>8} {'status':>6} {'doctor':>6}  what check says first")
    for name, end, words, prepare in rows:
        try:
            row(name, end, words, prepare)
        finally:
            clean()
    DROP_IN.parent.rmdir()
    must("systemctl", "daemon-reload")


def row(name, end, words, prepare):
    """Breaks one thing, asks everybody, and compares the answers; `words` stand in each that sees the trouble."""
    configure(SOURCE + SIGNED, CONFIGURATION)
    prepare()
    stopped_doctor, found_stopped = tool("doctor")
    checked, said = tool("check")
    begun = now()
    started = run("systemctl", "start", UNIT)[0] == 0
    shown = show(UNIT, "ExecMainStatus", "Result", "ActiveState")
    daemon = "runs" if started else (shown["ExecMainStatus"] if shown["Result"] == "exit-code" else shown["Result"])
    status, told = tool("status")
    if end == TROUBLED:
        # What only polls or writes meet takes a moment.
        wait_until(lambda: tool("doctor")[0] == 1, 15)
    doctored, found = tool("doctor")
    entries = "\n".join(messages(own_entries(unit=UNIT, since=begun)))
    lines = said.splitlines()
    first = next((line for kind in [": error: ", ": warning: ", ""] for line in lines if kind in line), "")
    say(f"     {name:38} {checked:>5} {daemon:>8} {status:>6} {doctored:>6}  {first.removeprefix(f'{CONFIGURATION}:'):.110}")

    answers = f"check {said!r} daemon {daemon} {entries!r} status {told!r} doctor {found!r}"
    runs = end in (WELL, TROUBLED)
    wrong = []
    if started != runs:
        wrong.append("the daemon does not do what the row says")
    if (checked == 0) != started:
        wrong.append("check and the start do not agree")
    if shown["Result"] == "exit-code" and not started and shown["ExecMainStatus"] != "243" and daemon != str(checked):
        wrong.append("check and the daemon end differently")
    if not runs and str(end) != daemon:
        wrong.append(f"the daemon does not end with {end}")
    if (status == 0) != started:
        wrong.append("status is wrong about whether it runs")
    if (doctored == 0) != (end == WELL):
        wrong.append("doctor is wrong about whether there is a trouble")
    if not runs and stopped_doctor == 0:
        wrong.append(f"doctor finds nothing before the start: {found_stopped!r}")
    if end != WELL and words not in found:
        wrong.append(f"doctor does not say {words!r}")
    if words not in said and words not in ONLY_POLLS_TELL:
        wrong.append(f"check does not say {words!r}")
    if runs and "chown" in said:
        wrong.append("check gives advice where nothing is to be done")
    for secret in [SECRET, "simulator-secret", "another-secret", "AKIDSIMULATOR"]:
        if secret in said + told + found + found_stopped:
            wrong.append("a secret is shown")
    check(f"{name}: all agree", not wrong, (wrong, answers))


def tool(command):
    """What root is told; sudo's HOME is root's own, with keys that are not the service's."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/root", "AWS_ACCESS_KEY_ID": "AKIDOFROOT",
                   "AWS_SECRET_ACCESS_KEY": "secret-of-root", "AWS_PROFILE": "roots-own"}
    return run("importwatchctl", command, "--config", str(CONFIGURATION), env=environment)


def clean():
    run("systemctl", "stop", UNIT)
    run("systemctl", "reset-failed", UNIT)
    shutil.rmtree(STATE, ignore_errors=True)
    for path in [CONFIGURATION, DROP_IN, FOLDER / "agree.list", FOLDER / "agree-secret", SECRETS / "agree",
                 pathlib.Path("/etc/default/importwatchd-agree"), pathlib.Path("/home/agree.list")]:
        path.unlink(missing_ok=True)
    for path in ["/srv/agree", "/var/lib/agree-metrics"]:
        shutil.rmtree(path, ignore_errors=True)
    must("systemctl", "daemon-reload")


def unit(text):
    DROP_IN.parent.mkdir(exist_ok=True)
    DROP_IN.write_text("[Service]\nRestart=no\n" + text)
    must("systemctl", "daemon-reload")


def written(text, drop_in=""):
    """Prepares a configuration and, if wanted, a drop-in."""
    def prepare():
        configure(text, CONFIGURATION)
        unit(drop_in)
    return prepare


def file(path, content, mode, text, drop_in=""):
    """Prepares a file of root's besides."""
    def prepare():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(mode)
        written(text, drop_in)()
    return prepare


def private_configuration():
    unit("")
    CONFIGURATION.chmod(0o600)


def keys_of_the_service():
    """Keys in the service's own home, which no variable names."""
    unit(NO_CREDENTIALS)
    configure(SOURCE, CONFIGURATION)
    folder = STATE / ".aws"
    folder.mkdir(parents=True)
    (folder / "credentials").write_text(KEYS)
    must("chown", "-R", "importwatchd:importwatchd", str(STATE))
    STATE.chmod(0o700)


def folder_of_root(path, text, drop_in=""):
    def prepare():
        pathlib.Path(path).mkdir(parents=True)
        written(text, drop_in)()
    return prepare


def old_state(change):
    """A state of the daemon's own, changed while it does not run."""
    def prepare():
        unit("")
        must("systemctl", "start", UNIT)
        must("systemctl", "stop", UNIT)
        change(STATE / "state.sqlite")
    return prepare


def newer(state):
    with sqlite3.connect(state) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()


def damaged(state):
    state.write_bytes(b"no database " * 1000)


def state_of(path):
    return SOURCE + SIGNED + f'[state]\npath = "{path}"\n'


def metrics(path):
    return SOURCE + SIGNED + f'[metrics]\ntextfile = "{path}"\n'


OFTEN = '[polling]\nrequests_per_second = 100\nmin_delay = "100ms"\nmax_delay = "500ms"\n'
LISTED = SOURCE + 'jobs_files = ["agree.list"]\n' + SIGNED
NO_REGION = SOURCE.replace('region = "eu-west-1"', "")
TWO = """region = "eu-west-1"
[[source]]
name = "one"
jobs = ["endless"]
[[source]]
name = "two"
jobs = ["endless"]
"""
VARIABLES = pathlib.Path("/etc/default/importwatchd-agree")

# What no look at files tells.
ONLY_POLLS_TELL = ["no credentials: found none", "polls are refused", "polls get no answer"]

# What is wrong, how it ends, what everybody says who sees it, and how it is brought about.
ROWS = [
    ("nothing, before the first start", WELL, "", written(SOURCE + SIGNED)),
    ("nothing: Region from EnvironmentFile=", WELL, "",
     file(VARIABLES, 'AWS_REGION="eu-west-1"\n', 0o600, NO_REGION + SIGNED, f"EnvironmentFile={VARIABLES}\n")),
    ("nothing: keys from EnvironmentFile=", WELL, "",
     file(VARIABLES, "AWS_ACCESS_KEY_ID=AKIDSIMULATOR\nAWS_SECRET_ACCESS_KEY=simulator-secret\n", 0o600, SOURCE,
          NO_CREDENTIALS + f"EnvironmentFile={VARIABLES}\n")),
    ("nothing: keys in the service's HOME", WELL, "", keys_of_the_service),
    ("nothing: with a list of one's own", WELL, "",
     file(FOLDER / "agree.list", "endless\n", 0o644, LISTED.replace('jobs = ["endless"]', ""))),
    ("no job at all", WELL, "", written('region = "eu-west-1"\n')),
    ("a webhook without a secret", WELL, "", written(SOURCE + HOOK)),
    ("no TOML", 6, "agree.toml:1:", written("region = \n")),
    ("an unknown key", 6, 'did you mean "region"?', written(SOURCE.replace("region", "regoin"))),
    ("no Region", 6, "has no region", written(NO_REGION + SIGNED)),
    ("no such profile", TROUBLED, "there is no profile absent", written('profile = "absent"\n' + SOURCE + SIGNED)),
    ("no credentials", TROUBLED, "no credentials: found none",
     written(SOURCE, NO_CREDENTIALS + "Environment=AWS_EC2_METADATA_DISABLED=true\n")),
    ("refused credentials", TROUBLED, "polls are refused",
     file(SECRETS / "agree", WRONG_KEYS, 0o600, SOURCE, f"LoadCredential=aws-credentials:{SECRETS}/agree\n")),
    ("an endpoint that does not answer", TROUBLED, "polls get no answer",
     written(SOURCE.replace("8001", "9") + SIGNED + OFTEN)),
    ("a secret that only root reads", 6, "agree-secret: permission denied",
     file(FOLDER / "agree-secret", SECRET, 0o600, SOURCE + HOOK + 'secret_file = "agree-secret"\n')),
    ("a configuration that only root reads", 4, "agree.toml: permission denied", private_configuration),
    ("a named list that is missing", 6, "agree.list: no such file", written(LISTED)),
    ("a list that only root reads", 6, "agree.list: permission denied",
     file(FOLDER / "agree.list", "endless\n", 0o600, LISTED)),
    ("a list where ProtectHome= hides it", 6, "/home/agree.list: ",
     file(pathlib.Path("/home/agree.list"), "endless\n", 0o644, LISTED.replace("agree.list", "/home/agree.list"))),
    ("a secret file that is missing", 6, "agree-secret: no such file",
     written(SOURCE + HOOK + 'secret_file = "agree-secret"\n')),
    ("a LoadCredential= without its source", 243, "LoadCredential=ops-secret: ",
     written(SOURCE + SIGNED, "LoadCredential=ops-secret:/root/absent\n")),
    ("an EnvironmentFile= that is missing", "resources", "EnvironmentFile=/etc/absent: no such file",
     written(SOURCE + SIGNED, "EnvironmentFile=/etc/absent\n")),
    ("a CA file that is missing", 6, "absent.pem: no such file", written(SOURCE + HOOK + 'ca_file = "absent.pem"\n')),
    ("a CA bundle of AWS's that is missing", TROUBLED, "absent.pem: no such file",
     written(SOURCE + SIGNED, "Environment=AWS_CA_BUNDLE=/etc/absent.pem\n")),
    ("a bad endpoint in the environment", 6, "endpoint_url of sesv2",
     written('region = "eu-west-1"\njobs = ["endless"]\n', "Environment=AWS_ENDPOINT_URL=gopher://x\n")),
    ("two sources with one job", 6, "endless", written(TWO)),
    ("metrics without a folder", TROUBLED, "metrics can't be written", written(metrics("/var/lib/absent/m.prom"))),
    ("metrics where the unit is read-only", TROUBLED, "metrics can't be written",
     folder_of_root("/var/lib/agree-metrics", metrics("/var/lib/agree-metrics/m.prom"))),
    ("metrics in a folder of root's", TROUBLED, "metrics can't be written",
     folder_of_root("/var/lib/agree-metrics", metrics("/var/lib/agree-metrics/m.prom"),
                    "ReadWritePaths=/var/lib/agree-metrics\n")),
    ("a state where the unit is read-only", 1, "read-only", written(state_of(FOLDER / "state.sqlite"))),
    ("a state in a folder of root's", 1, "/srv/agree",
     folder_of_root("/srv/agree", state_of("/srv/agree/state.sqlite"), "ReadWritePaths=/srv/agree\n")),
    ("a state in use", 3, "in use by another importwatchd",
     written(state_of("/var/lib/importwatchd/state.sqlite"), "ReadWritePaths=/var/lib/importwatchd\n")),
    ("a state of a newer version", 1, "is newer than this program's", old_state(newer)),
    ("a state that is damaged", WELL, "", old_state(damaged)),
]
