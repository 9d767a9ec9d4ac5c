"""nginx in the place of SES: it answers every GetImportJob with a job that is being processed."""

import socket
import subprocess
import time
import urllib.request

from .processes import Program

ANSWER = (
    '{"JobId":"$job","ImportDestination":{"ContactListDestination":{"ContactListName":"newsletter",'
    '"ContactListImportAction":"PUT"}},"ImportDataSource":{"S3Url":"s3://imports-eu-west-1/2026/11/newsletter.csv",'
    '"DataFormat":"CSV"},"JobStatus":"PROCESSING","CreatedTimestamp":1.7951E9,"ProcessedRecordsCount":48211,'
    '"FailedRecordsCount":3}'
)

CONFIGURATION = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr error; worker_processes 1; worker_rlimit_nofile 65536;
events {{ worker_connections 32768; }}
http {{
    access_log off; server_tokens off; default_type application/json;
    keepalive_timeout 1h; keepalive_requests 1000000000;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{plain} backlog=8192; listen 127.0.0.1:{tls} ssl backlog=8192;
        ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
        location ~ ^/v2/email/import-jobs/(?<job>[^/]+)$ {{
            add_header x-amzn-RequestId $request_id;
            return 200 '{answer}';
        }}
    }}
    server {{ listen 127.0.0.1:{status}; location / {{ stub_status; }} }}
}}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Service:
    """The server, and how many requests it has answered."""

    def __init__(self, folder, core):
        # nginx makes its temporary folders its own user's.
        self.folder = folder = folder / "nginx"
        folder.mkdir()
        self.authorities = folder / "certificate.pem"
        self.plain, self.tls, self.status = free_port(), free_port(), free_port()
        self._certify()
        text = CONFIGURATION.format(folder=folder, plain=self.plain, tls=self.tls, status=self.status, answer=ANSWER)
        (folder / "nginx.conf").write_text(text)
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        command = ["nginx", "-p", folder, "-c", folder / "nginx.conf"]
        self.program = Program(core, command, folder, environment)
        for _ in range(100):
            self.program.check_it_runs()
            try:
                self.requests()
                break
            except OSError:
                time.sleep(0.05)

    def endpoint(self, tls=False):
        return f"https://127.0.0.1:{self.tls}" if tls else f"http://127.0.0.1:{self.plain}"

    def requests(self):
        """Requests that were answered, those for this number left out."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.status}/", timeout=10) as answer:
            total = int(answer.read().split()[9])
        self.asked = getattr(self, "asked", 0) + 1
        return total - self.asked

    def _certify(self):
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1"
        files = ["-keyout", self.folder / "key.pem", "-out", self.authorities]
        extension = ["-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*command.split(), *files, *extension], check=True, capture_output=True)
