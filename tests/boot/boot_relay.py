"""One connection of the guest, carried on to a port of this host's loopback: QEMU starts one of these for each."""

from __future__ import annotations

import os
import socket
import sys
import threading

BLOCK = 65536


def main() -> None:
    """Carry bytes both ways until either end has finished."""
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10) as far:
        far.settimeout(None)

        def back() -> None:
            while block := far.recv(BLOCK):
                os.write(1, block)
            os._exit(0)

        threading.Thread(target=back, daemon=True).start()
        while block := os.read(0, BLOCK):
            far.sendall(block)
        far.shutdown(socket.SHUT_WR)
        threading.Event().wait(30)


if __name__ == "__main__":
    main()
