"""A dashboard's Jobs REST API in one thread, with the answers that a real one of Ray 2.52 gave."""

import base64
import hashlib
import http.server
import json
import re
import socketserver
import struct
import threading
import time
import urllib.parse

NODE = "ab" * 28


class FakeDashboard:
    """Runs one job for each POST. Its log is all there at once; the job is over after `questions` GETs about it.

    `runs` counts what ran for each submission id; `packages` holds what was uploaded; `requests` is every request line.
    """

    def __init__(self, log=b"", questions=3, end="SUCCEEDED", token=None, job=None, post_status=200, port=0):
        self.log, self.questions, self.end, self.token = log, questions, end, token
        self.job_fields = job or {}
        self.post_status = post_status
        self.agent_less_posts = 0  # so many POSTs of jobs come before the head's job agent has started
        self.jobs, self.runs, self.packages, self.requests = {}, {}, {}, []
        self.ray_version = "2.52.0"
        self.tail_sends_nothing = False
        self.tail_text = None  # what the WebSocket sends instead of the log
        self.log_failures = 0  # so many reads of the log fail first, as they do while the node's agent comes up
        self.only_jobs_api_has_logs = False  # as with token authentication: no file is read, and the Jobs API has the text
        self.node_state = "ALIVE"
        self.upload_rate = None  # bytes a second that uploads are taken at, as over a slow line; None: as they come
        self.doubles_posts = False  # each POST comes twice and the second one is answered, as behind a proxy that retries
        self.reborn_after = None  # so many questions after a DELETE the job is there again, as FAILED
        self.missed = {}  # questions about a job that was deleted
        self.summary = None  # what /nodes?view=summary has of each node
        self.cluster_status = None  # what /api/cluster_status has: without format, and with format=1
        self.posted = threading.Event()  # set once a job was posted
        self.post_answers = None  # an Event that answers to POSTs of jobs wait for
        self.posts_are_lost = False  # with post_answers: the job never runs
        self.refused_paths = {}  # GETs that a gateway answers itself, with this status
        self.serve = None  # what Serve serves, by PUT: the configs of its applications; None: it has not been started
        self.state = {}  # lists of the state API by their name: "actors", "runtime_envs"
        self.lock = threading.Lock()
        dashboard = self

        class Handler(_Handler):
            fake = dashboard

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request, client_address):
                pass  # connections that are cut are the point

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def submit(self, body):
        with self.lock:
            if self.agent_less_posts > 0:
                self.agent_less_posts -= 1
                return 500, self.no_agent().encode()
            if self.post_status != 200:
                return self.post_status, b"Traceback:\nValueError: not this one."
            submission_id = body["submission_id"]
            if submission_id in self.jobs:
                return 500, b"Traceback:\nValueError: Job with submission_id already exists."
            self.runs[submission_id] = self.runs.get(submission_id, 0) + 1
            self.jobs[submission_id] = {"asked": 0, "body": body, "stopped": False}
            return 200, json.dumps({"job_id": submission_id, "submission_id": submission_id}).encode()

    def no_agent(self):
        """What job_head.py answers without an agent: 2.40.0 was run, the other text is in the sources of 2.9.3 and 2.60.0."""
        if self.ray_version != "2.40.0":
            return "No available agent to submit job, please try again later."
        return ('Traceback (most recent call last):\n  File "job_head.py", line 399, in submit_job\n'
                "    resp = await job_agent_client.submit_job_internal(submit_request)\n"
                "AttributeError: 'NoneType' object has no attribute 'submit_job_internal'\n")

    def details(self, submission_id):
        with self.lock:
            job = self.jobs.get(submission_id)
            if job is None and submission_id in self.missed:
                self.missed[submission_id] += 1
                if self.missed[submission_id] == self.reborn_after:
                    job = self.jobs[submission_id] = {"asked": 0, "body": {"entrypoint": "Entrypoint not found."}, "stopped": False}
                    self.end, self.questions = "FAILED", 0
            if job is None:
                return None
            job["asked"] += 1
            over = job["stopped"] or job["asked"] > self.questions
            return {"type": "SUBMISSION", "job_id": None, "submission_id": submission_id, "driver_info": None,
                    "status": ("STOPPED" if job["stopped"] else self.end) if over else "RUNNING",
                    "entrypoint": job["body"]["entrypoint"], "message": "", "error_type": None, "start_time": 1,
                    "end_time": 2 if over else None, "metadata": job["body"].get("metadata"),
                    "runtime_env": job["body"].get("runtime_env"), "driver_agent_http_address": "http://x:1",
                    "driver_node_id": NODE, "driver_exit_code": 0 if over else None, **self.job_fields}

    def serve_details(self):
        """As serve_head.py of 2.60 answers; every application runs at once."""
        if self.serve is None:
            return {"controller_info": {}, "proxies": {}, "applications": {}, "target_capacity": None}
        applications = {config["name"]: {"name": config["name"], "route_prefix": config["route_prefix"], "status": "RUNNING",
                                         "message": "", "source": "declarative", "deployed_app_config": config, "deployments": {}}
                        for config in self.serve}
        return {"controller_info": {"node_id": NODE}, "proxies": {NODE: {"status": "HEALTHY"}}, "applications": applications}

    def marks_logs(self):
        return (2, 0) <= tuple(map(int, re.findall(r"\d+", self.ray_version)[:2])) <= (2, 44)

    def is_over(self, submission_id):
        with self.lock:
            job = self.jobs[submission_id]
            return job["stopped"] or job["asked"] > self.questions


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake = None

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_json(self, value):
        self.answer(200, json.dumps(value).encode())

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        data = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(size)
            if self.fake.upload_rate:
                time.sleep(size / self.fake.upload_rate)  # the slow line itself, nothing is waited for
            self.rfile.readline()
        self.rfile.readline()
        return data

    def refused(self):
        self.fake.requests.append(f"{self.command} {self.path}")
        if self.fake.token and self.headers.get("Authorization") != f"Bearer {self.fake.token}":
            self.body()
            self.answer(401, b"Unauthorized: Missing authentication token")
            return True
        return False

    def do_GET(self):
        if self.refused():
            return
        url = urllib.parse.urlparse(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if status := self.fake.refused_paths.get(url.path):
            self.answer(status)
        elif url.path == "/api/version":
            self.answer_json({"version": "4", "ray_version": self.fake.ray_version, "ray_commit": "x"})
        elif match := re.fullmatch(r"/api/packages/gcs/([^/]+)", url.path):
            self.answer(200 if match[1] in self.fake.packages else 404)
        elif url.path == "/api/serve/applications/":
            self.answer_json(self.fake.serve_details())
        elif url.path == "/api/jobs/":
            self.answer_json([self.fake.details(job) for job in list(self.fake.jobs)])
        elif match := re.fullmatch(r"/api/jobs/([^/]+)/logs/tail", url.path):
            self.tail(match[1])
        elif match := re.fullmatch(r"/api/jobs/([^/]+)", url.path):
            details = self.fake.details(match[1])
            self.answer_json(details) if details else self.answer(404, b"Job does not exist")
        elif self.fake.only_jobs_api_has_logs and (match := re.fullmatch(r"/api/jobs/([^/]+)/logs", url.path)):
            self.answer_json({"logs": self.fake.log.decode().replace("\r\n", "\n")})
        elif url.path == "/api/v0/logs/file" and self.fake.only_jobs_api_has_logs:
            self.answer(500, b'<AioRpcError of RPC that terminated with:\n\tdetails = "Invalid or missing authentication token"\n>')
        elif url.path == "/api/v0/logs/file" and query["node_id"] == NODE:
            if self.fake.log_failures > 0:
                self.fake.log_failures -= 1
                if self.fake.marks_logs():
                    self.answer(200, b"0Closing HTTP stream due to internal server error.\nno agent yet", "text/plain")
                    return
                self.answer(500, b'<_InactiveRpcError of RPC that terminated with:\n\tdetails = "no agent yet"\n>')
                return
            lines = int(query["lines"]) or 1000  # a 0 is Ray's default
            log = self.fake.log if lines < 0 else b"".join(self.fake.log.splitlines(keepends=True)[-lines:])
            if self.fake.marks_logs():  # a mark before each block of the agent's: ray/marked_log.h
                log = b"".join(b"1" + log[at:at + 65536] for at in range(0, len(log), 65536))
            self.answer(200, log, "text/plain")
        elif url.path == "/api/cluster_status" and self.fake.cluster_status:
            self.answer_json({"data": {"clusterStatus": self.fake.cluster_status["format" in query]}})
        elif url.path == "/nodes" and query.get("view") == "summary" and self.fake.summary is not None:
            self.answer_json({"data": {"summary": self.fake.summary, "nodeLogicalResources": {}}})
        elif match := re.fullmatch(r"/api/v0/(nodes|actors|runtime_envs)", url.path):
            nodes = [{"node_id": NODE, "state": self.fake.node_state, "resources_total": {"CPU": 2.0}}]
            listed = {"nodes": nodes, **self.fake.state}.get(match[1], [])
            self.answer_json({"result": True, "data": {"result": {"total": len(listed), "result": listed}}})
        else:
            self.answer(404)

    def do_POST(self):
        if self.refused():
            return
        body = json.loads(self.body())
        if match := re.fullmatch(r"/api/jobs/([^/]+)/stop", self.path):
            if match[1] not in self.fake.jobs:
                self.answer(404, b"Job does not exist")
                return
            was_running = not self.fake.is_over(match[1])
            self.fake.jobs[match[1]]["stopped"] = was_running
            self.answer_json({"stopped": was_running})
        else:
            if self.fake.doubles_posts:
                self.fake.submit(body)
            answer = (503,) if self.fake.posts_are_lost else self.fake.submit(body)
            self.fake.posted.set()
            if self.fake.post_answers:
                self.fake.post_answers.wait(30)
            self.answer(*answer)

    def do_PUT(self):
        if self.refused():
            return
        if self.path == "/api/serve/applications/":
            self.fake.serve = json.loads(self.body())["applications"]
        else:
            self.fake.packages[self.path.rsplit("/", 1)[1]] = self.body()
        self.answer(200)

    def do_DELETE(self):
        if self.refused():
            return
        if self.path == "/api/serve/applications/":
            self.fake.serve = None
            self.answer(200)
            return
        name = self.path.rsplit("/", 1)[1]
        del self.fake.jobs[name]
        self.fake.missed.setdefault(name, 0)
        self.answer_json({"deleted": True})

    def tail(self, submission_id):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.close_connection = True
        text = self.fake.tail_text or self.fake.log.decode(errors="strict").replace("\r\n", "\n").replace("\r", "\n")
        lines = [] if self.fake.tail_sends_nothing else text.splitlines(keepends=True)
        for begin in range(0, len(lines), 10):
            self.send_frame(1, "".join(lines[begin:begin + 10]).encode())
        closing = threading.Event()
        while not self.fake.is_over(submission_id):
            closing.wait(0.02)
        self.send_frame(8, struct.pack("!H", 1000))

    def send_frame(self, opcode, payload):
        header = bytes([0x80 | opcode])
        if len(payload) < 126:
            header += bytes([len(payload)])
        else:
            header += bytes([126]) + struct.pack("!H", len(payload))
        self.wfile.write(header + payload)
        self.wfile.flush()
