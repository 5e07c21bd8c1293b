"""As much of the Kubernetes API as starting runs takes, on loopback; a job's pod is a process of this machine.

What asks is the real launcher of dagster-k8s with the real client; what runs is the command that a pod would run, with
the environment that the job gives it. Not in it: images, volumes, schedulers, rights.
"""

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Document = dict[str, Any]
_JOB = re.compile(r"/apis/batch/v1/namespaces/[\w-]+/jobs(?:/([\w-]+))?(?:/status)?(?:\?.*)?")


class Cluster:
    """The jobs that were asked for, and their processes.

    Attributes:
        kubeconfig: the file by which a client finds the API.
        jobs: what was asked for, by name, as the client wrote it.
        maps: the config maps and secrets, by name; read when a pod starts.
    """

    def __init__(self, place: Path, maps: dict[str, dict[str, str]]) -> None:
        self.kubeconfig = place / "kubeconfig.json"
        self.jobs: dict[str, Document] = {}
        self.maps = maps
        self._place = place
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def create(self, job: Document) -> Document:
        """Start the process of a job's pod, with the config maps and secrets that it names as its environment."""
        name = job["metadata"]["name"]
        self.jobs[name] = job
        container = job["spec"]["template"]["spec"]["containers"][0]
        with (self._place / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(  # noqa: S603 - our own program
                container["args"],  # to which the image adds only what reaps orphans
                env=self._environment(container),
                stdout=log,
                stderr=log,
            )
        return job

    def status(self, name: str) -> Document | None:
        """Return a job with its state; ``None`` for one that nobody asked for."""
        if name not in self.jobs:
            return None
        code = self._processes[name].poll()
        counts = {"active": 1} if code is None else {"failed" if code else "succeeded": 1}
        return self.jobs[name] | {"status": counts}

    def delete(self, name: str) -> Document:
        """End a job's process."""
        self._processes[name].terminate()
        return {"kind": "Status", "apiVersion": "v1", "status": "Success"}

    def end(self) -> None:
        """End every process and wait for it."""
        for process in self._processes.values():
            process.kill()
            process.wait()

    def _environment(self, container: Document) -> dict[str, str]:
        sources = [source for given in container.get("envFrom") or [] for source in given.values() if source]
        named = [self.maps[source["name"]] for source in sources]
        own = {one["name"]: one["value"] for one in container.get("env") or []}
        plain = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        return plain | {name: value for given in named for name, value in given.items()} | own


@contextmanager
def running_cluster(place: Path, maps: dict[str, dict[str, str]]) -> Iterator[Cluster]:
    """Serve the API until the block ends, then end what runs.

    Args:
        place: a directory for the kubeconfig and the pods' logs.
        maps: the config maps and secrets, by name; read when a pod starts.
    """
    cluster = Cluster(place, maps)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(cluster))
    cluster.kubeconfig.write_text(json.dumps(_kubeconfig(server.server_address[1])))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield cluster
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        cluster.end()


def _kubeconfig(port: int) -> Document:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "me", "user": {}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
    }


def _handler(cluster: Cluster) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._answer(HTTPStatus.CREATED, cluster.create(body))

        def do_GET(self) -> None:
            asked = _JOB.fullmatch(self.path)
            job = cluster.status(asked[1]) if asked and asked[1] else None
            nothing = {"kind": "List", "apiVersion": "v1", "items": []}
            missing = asked is not None and asked[1] is not None and job is None
            self._answer(HTTPStatus.NOT_FOUND if missing else HTTPStatus.OK, job or nothing)

        def do_DELETE(self) -> None:
            asked = _JOB.fullmatch(self.path)
            self._answer(HTTPStatus.OK, cluster.delete(asked[1]) if asked else {})

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

        def _answer(self, status: HTTPStatus, document: Document) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
