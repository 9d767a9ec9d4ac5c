"""Runs a program on a pseudo-terminal until it has shown a text, interrupts it, and prints what became of it as JSON.

Usage: on-a-terminal.py COLUMNS TEXT PROGRAM ARGUMENT…
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

columns, text, command = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.environ.update(
        AWS_ACCESS_KEY_ID="AKIDSIMULATOR", AWS_SECRET_ACCESS_KEY="simulator-secret", TERM="xterm-256color"
    )
    # The size is set before the program begins.
    time.sleep(0.2)
    os.execv(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
output, interrupted, end = b"", False, time.monotonic() + 60
while time.monotonic() < end:
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            output += os.read(terminal, 65536)
        except OSError:
            break
    if text in output and not interrupted:
        interrupted = True
        os.kill(child, signal.SIGINT)
if time.monotonic() >= end:
    os.kill(child, signal.SIGKILL)
_, status = os.waitpid(child, 0)
print(json.dumps({"output": output.decode(errors="replace"), "status": os.waitstatus_to_exitcode(status)}))
