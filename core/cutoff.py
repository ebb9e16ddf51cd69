"""An end to connections, however slowly the far side drips."""

import contextlib
import socket
import threading


class Cutoff:
    """Shuts a connected socket down after so many seconds. Time-outs of the socket itself start anew with
    every byte that comes in; this one does not."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        # A second handle on the same connection: TLS takes the first one over.
        self._handle = connection.dup()
        self._lock = threading.Lock()
        self.has_cut = False
        self._timer = threading.Timer(max(0.0, seconds), self._cut)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """The work is done; let the connection be."""
        self._timer.cancel()
        with self._lock:
            self._handle.close()

    def _cut(self) -> None:
        with self._lock:
            if self._handle.fileno() == -1:
                return  # cancelled in the last moment
            self.has_cut = True
            with contextlib.suppress(OSError):  # the far side was faster
                self._handle.shutdown(socket.SHUT_RDWR)
            self._handle.close()
