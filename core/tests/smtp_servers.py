"""Mail servers that misbehave, each at a step of choice. (The well-behaved one is tests.support.smtp.)"""

import socket
import ssl
from collections.abc import Mapping

from core.tests.servers import Server

USUAL = {
    "greeting": b"220 sink\r\n", "EHLO": b"250 sink\r\n", "HELO": b"250 sink\r\n", "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n", "DATA": b"354 go on\r\n", "message": b"250 kept\r\n", "RSET": b"250 ok\r\n",
    "QUIT": b"221 bye\r\n",
}  # fmt: skip


def speaking(
    replies: Mapping[str, bytes], tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None
) -> Server:
    """Answers each step as usual, or as `replies` says; an empty reply hangs up."""
    script = {**USUAL, **replies}
    if starttls is not None:
        script = {**script, "EHLO": b"250-sink\r\n250 STARTTLS\r\n", "STARTTLS": b"220 go on\r\n"}

    def behave(connection: socket.socket) -> None:
        connection.sendall(script["greeting"])
        if not script["greeting"]:
            return
        reader = connection.makefile("rb")
        for line in reader:
            server.requests.append(line)
            command = line.split()[0].decode().upper() if line.split() else ""
            reply = script.get(command, b"502 no\r\n")
            connection.sendall(reply)
            if not reply or command == "QUIT":
                return
            if command == "DATA" and reply.startswith(b"354"):
                while reader.readline() not in (b".\r\n", b""):
                    pass
                connection.sendall(script["message"])
                if not script["message"]:
                    return
            if command == "STARTTLS" and starttls is not None:
                connection = starttls.wrap_socket(connection, server_side=True)
                reader = connection.makefile("rb")

    server = Server(behave, tls=tls)
    return server


def refusing(recipient: str) -> Server:
    """Takes mail for everybody but one."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(USUAL["greeting"])
        reader = connection.makefile("rb")
        for line in reader:
            command = line.split()[0].decode().upper()
            is_refused = command == "RCPT" and recipient.encode() in line
            connection.sendall(b"550 no such user\r\n" if is_refused else USUAL[command])
            if command == "DATA":
                while reader.readline() not in (b".\r\n", b""):
                    pass
                connection.sendall(USUAL["message"])

    return Server(behave)
