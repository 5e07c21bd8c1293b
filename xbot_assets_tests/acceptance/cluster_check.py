"""A program for an environment with dagster-k8s: are these manifests and this ``dagster.yaml`` what their readers take?

Every key of a manifest is one of the Kubernetes client's own model of that object, with what it requires; the
launcher's configuration is what dagster-k8s accepts. Prints the job of a run as JSON; what is wrong is on stderr.

    python cluster_check.py DAGSTER_YAML MANIFEST...
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # ships no types
from dagster import DagsterRun
from dagster._config import process_config, resolve_to_config_type
from dagster_k8s import K8sRunLauncher
from dagster_k8s.container_context import K8sContainerContext
from dagster_k8s.job import construct_dagster_k8s_job
from kubernetes import client

KINDS = {
    "ServiceAccount": client.V1ServiceAccount,
    "Role": client.V1Role,
    "RoleBinding": client.V1RoleBinding,
    "Deployment": client.V1Deployment,
    "Service": client.V1Service,
    "NetworkPolicy": client.V1NetworkPolicy,
    "PersistentVolumeClaim": client.V1PersistentVolumeClaim,
}
NOWHERE = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "here",
    "clusters": [{"name": "here", "cluster": {"server": "http://127.0.0.1:9"}}],
    "users": [{"name": "me", "user": {}}],
    "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
}


def unknown_keys(model: Any, given: Any, where: str) -> list[str]:  # noqa: ANN401 - the client has no types
    """Return what the client's model of an object does not know, and what it misses."""
    if isinstance(given, list):
        inner = model.removeprefix("list[").removesuffix("]")
        return [told for index, one in enumerate(given) for told in unknown_keys(inner, one, f"{where}[{index}]")]
    kind = getattr(client, model, None) if isinstance(model, str) else model
    if kind is None or not hasattr(kind, "openapi_types") or not isinstance(given, dict):
        return []
    own = {kind.attribute_map[name]: of for name, of in kind.openapi_types.items()}
    told = [f"{where}: {kind.__name__} knows no '{key}'" for key in given if key not in own]
    for key in given.keys() & own.keys():
        told += unknown_keys(own[key], given[key], f"{where}.{key}")
    names = {key: name for name, key in kind.attribute_map.items()}
    try:
        kind(**{names[key]: value for key, value in given.items() if key in names})
    except ValueError as error:
        told.append(f"{where}: {error}")
    return told


def launcher_of(file: Path) -> dict[str, Any]:
    """Return the launcher's configuration with every default, or leave with what is wrong."""
    given = yaml.safe_load(file.read_text())["run_launcher"]
    assert (given["module"], given["class"]) == ("dagster_k8s", K8sRunLauncher.__name__)
    done = process_config(resolve_to_config_type(K8sRunLauncher.config_type()), given["config"])
    if not done.success:
        sys.exit("\n".join(error.message for error in done.errors or []))
    return dict(done.value or {})


def job_of(config: dict[str, Any]) -> dict[str, Any]:
    """Return the job of one run as the launcher would ask for it."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as kubeconfig:
        json.dump(NOWHERE, kubeconfig)
        kubeconfig.flush()
        launcher = K8sRunLauncher(**config | {"load_incluster_config": False, "kubeconfig_file": kubeconfig.name})
    context = K8sContainerContext.create_for_run(DagsterRun("a_job"), launcher, include_run_tags=True)
    job = construct_dagster_k8s_job(
        job_config=context.get_k8s_job_config(None, launcher),
        args=["dagster", "api", "execute_run"],
        job_name="a-run",
        user_defined_k8s_config=context.run_k8s_config,
        pod_name="a-run",
        component="run_worker",
    )
    document: dict[str, Any] = client.ApiClient().sanitize_for_serialization(job)
    return document


def main(arguments: list[str]) -> None:
    """Check all, then print the job."""
    told: list[str] = []
    for name in arguments[1:]:
        for document in yaml.safe_load_all(Path(name).read_text()):
            told += unknown_keys(KINDS[document["kind"]], document, f"{Path(name).name} {document['kind']}")
    job = job_of(launcher_of(Path(arguments[0])))
    told += unknown_keys(client.V1Job, job, "the job of a run")
    if told:
        sys.exit("\n".join(told))
    sys.stdout.write(json.dumps(job))


if __name__ == "__main__":
    main(sys.argv[1:])
