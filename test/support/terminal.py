"""Runs a command in a pseudo-terminal and prints what it wrote there: terminal.py COLUMNS COMMAND..."""

import fcntl
import os
import pty
import struct
import sys
import termios


def main() -> None:
    columns, command = int(sys.argv[1]), sys.argv[2:]
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        os.execvp(command[0], command)
    while True:
        try:
            read = os.read(terminal, 65_536)
        except OSError:  # what a terminal answers whose last process is gone
            break
        if not read:
            break
        sys.stdout.buffer.write(read)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    main()
