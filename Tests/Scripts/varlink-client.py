"""Asks a daemon at its control socket with PyPI's varlink, which knows nothing of us; prints JSON.

Usage: varlink-client.py SOCKET STATE_PATH
"""

import json
import sys

import varlink

socket, state = sys.argv[1:]
answers = {}


def error(call):
    try:
        call()
    except varlink.VarlinkError as problem:
        return problem.error()
    except ConnectionError as problem:
        return type(problem).__name__
    return None


with varlink.Client.new_with_address(f"unix:{socket}") as client:
    info = client.get_interfaces()
    answers["interfaces"] = sorted(client.interfaces if hasattr(client, "interfaces") else info)
    with client.open("io.importwatchd") as daemon:
        status = daemon.Status()
        answers["jobs"] = [job["id"] for job in status["jobs"]]
        answers["one"] = [job["id"] for job in daemon.Status(job="b")["jobs"]]
        answers["reload"] = daemon.Reload()["accepted"]
        answers["deliveries"] = len(daemon.Deliveries(state_path=state)["deliveries"])
        answers["replayed"] = daemon.Replay(dead=True)["replayed"]
        answers["other_state"] = error(lambda: daemon.Replay(dead=True, state_path="/somewhere/else.sqlite"))
        answers["no_selection"] = error(lambda: daemon.Replay())
        answers["bad_state"] = error(lambda: daemon.Deliveries(state="asleep"))
print(json.dumps(answers))
