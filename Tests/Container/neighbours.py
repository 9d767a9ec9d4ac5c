"""Runs beside the daemon: a DNS server that knows every name as 127.0.0.1, and a webhook receiver with TLS.

Usage: neighbours.py CERTIFICATE-AND-KEY ARRIVALS. Writes the job of each notification to ARRIVALS, one a line.
"""
import http.server
import json
import socket
import ssl
import sys
import threading


def answer_names():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    while True:
        query, client = server.recvfrom(512)
        end = query.index(0, 12) + 5
        is_ipv4 = query[end - 4:end - 2] == b"\0\1"
        head = query[:2] + b"\x81\x80\0\1" + (b"\0\1" if is_ipv4 else b"\0\0") + bytes(4)
        record = b"\xc0\x0c\0\1\0\1" + (60).to_bytes(4, "big") + b"\0\4\x7f\0\0\1" if is_ipv4 else b""
        server.sendto(head + query[12:end] + record, client)


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(sys.argv[2], "a") as file:
            file.write(body["data"]["job_id"] + "\n")
        self.send_response(204)
        self.end_headers()


receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 8443), Receiver)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
answer_names()
