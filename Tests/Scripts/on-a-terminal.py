"""Runs a program on a pseudo-terminal until it has shown a text, interrupts it, and prints what became of it as JSON.

Usage: on-a-terminal.py [--stop PID SIGN] COLUMNS TEXT PROGRAM ARGUMENT…

The process PID is stopped when the program has shown SIGN.
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

arguments = sys.argv[1:]
victim, sign = None, b""
if arguments[0] == "--stop":
    victim, sign, arguments = int(arguments[1]), arguments[2].encode(), arguments[3:]
columns, text, command = int(arguments[0]), arguments[1].encode(), arguments[2:]
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
    if victim and sign in output:
        os.kill(victim, signal.SIGSTOP)
        victim = None
    if text in output and not interrupted:
        interrupted = True
        os.kill(child, signal.SIGINT)
if time.monotonic() >= end:
    os.kill(child, signal.SIGKILL)
_, status = os.waitpid(child, 0)
print(json.dumps({"output": output.decode(errors="replace"), "status": os.waitstatus_to_exitcode(status)}))
