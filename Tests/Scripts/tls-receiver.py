"""An HTTPS receiver that asks for client certificates, and an HTTP proxy in front of it, with certificates of their own.

Usage: tls-receiver.py FOLDER. Writes ca.pem, other-ca.pem, client.pem and client.key there, prints the two addresses,
then a JSON object for each notification and each CONNECT; ends with its standard input.
"""

import datetime
import http.server
import ipaddress
import json
import os
import socket
import ssl
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

folder = sys.argv[1]


def write(name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def certificate(name, issuer=None, addresses=()):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if addresses:
        names = [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return key, builder.sign(issuer[0] if issuer else key, hashes.SHA256())


authority = certificate("authority")
server_key, server_certificate = certificate("receiver", authority, ["127.0.0.1"])
client_key, client_certificate = certificate("importwatchd-client", authority)
write("ca.pem", pem(authority[1]))
write("other-ca.pem", pem(certificate("another authority")[1]))
write("server.pem", pem(server_certificate) + key_pem(server_key))
write("client.pem", pem(client_certificate))
write("client.key", key_pem(client_key))


def say(**members):
    print(json.dumps(members), flush=True)


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        peer = dict(pair[0] for pair in self.connection.getpeercert()["subject"])
        say(arrived=self.headers["webhook-id"], path=self.path, client=peer["commonName"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Proxy(http.server.BaseHTTPRequestHandler):
    def do_CONNECT(self):
        say(connect=self.path)
        host, port = self.path.rsplit(":", 1)
        upstream = socket.create_connection((host, int(port)))
        self.send_response(200)
        self.end_headers()

        def copy(source, target):
            try:
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        thread = threading.Thread(target=copy, args=(self.connection, upstream), daemon=True)
        thread.start()
        copy(upstream, self.connection)
        self.close_connection = True

    def log_message(self, *arguments):
        pass


receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.path.join(folder, "server.pem"))
context.load_verify_locations(os.path.join(folder, "ca.pem"))
context.verify_mode = ssl.CERT_REQUIRED
receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
for server in (receiver, proxy):
    threading.Thread(target=server.serve_forever, daemon=True).start()
say(receiver=f"https://127.0.0.1:{receiver.server_port}", proxy=f"http://127.0.0.1:{proxy.server_port}")
sys.stdin.read()
