"""The manifests for many hosts name what exists, fit each other and the code, and the real launcher's runs run."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # ships no types

from xbot_assets.runtime.dagster_home import INSTANCE
from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.settings import CHECKOUT, Settings, load_settings
from xbot_assets.settings.secrecy import secret_names
from xbot_assets.testing.cluster import Cluster, running_cluster
from xbot_assets.testing.load.stack import LOAD_SETTINGS, LoadStack, running_stack
from xbot_assets.testing.load.work import Launcher
from xbot_assets.testing.patience import until
from xbot_assets_tests.acceptance.wheel import INSTALL_SECONDS, uv

PLACE = CHECKOUT / "deploy" / "kubernetes"
MANIFESTS = ("accounts.yaml", "browser.yaml", "stack.yaml")
POSTS = 2
RUNS = "select status from runs where pipeline_name = 'publish' order by id"
STATUS = "select status from posts where text = %(text)s"
Document = dict[str, Any]


def variables(name: str) -> dict[str, str]:
    """Return the variables of a file, without the comments."""
    lines = (PLACE / name).read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key: value for key, _, value in pairs}


def documents() -> list[Document]:
    """Return every object of the manifests."""
    return [one for name in MANIFESTS for one in yaml.safe_load_all((PLACE / name).read_text())]


def pods() -> dict[str, Document]:
    """Return what each part's pod is made of."""
    made = {one["metadata"]["name"]: one for one in documents() if one["kind"] == "Deployment"}
    return {name: one["spec"]["template"]["spec"] for name, one in made.items()}


def instance(file: Path) -> Document:
    """Return Dagster's configuration in a file."""
    read: Document = yaml.safe_load(file.read_text())
    return read


def test_the_instance_of_pods_differs_from_the_package_s_only_in_what_starts_a_run() -> None:
    """The lanes' limits are the same: one browser host with the same slots. No run is begun twice."""
    ours, pod = instance(INSTANCE), instance(PLACE / "dagster.yaml")
    assert {name for name in ours | pod if ours.get(name) != pod.get(name)} == {"run_launcher", "run_monitoring"}
    changed = {
        name: value for name, value in pod["run_monitoring"].items() if ours["run_monitoring"].get(name) != value
    }
    assert changed == {"start_timeout_seconds": 180, "max_resume_run_attempts": 0}


def test_the_settings_of_each_pod_are_some_and_together_they_are_accepted(tmp_path: Path) -> None:
    """Filled in, as the owner would; no run and no browser host is given what it does not need."""
    given = variables("settings.env") | {"XBOT_HANDLE": "me"}
    secrets = variables("run-secrets.env.example")
    filled = {
        "XBOT_DATABASE_URL": "postgresql://a@db/b",
        "XBOT_OPENAI_API_KEY": "sk-not-one",
        "XBOT_BROWSER_TOKEN": "t",
    }
    assert set(filled) <= set(secrets)
    stack = variables("stack-secrets.env.example")
    settings = load_settings(given | secrets | filled | stack | {"XBOT_HOME": str(tmp_path / ".xbot")})
    assert (settings.browser_slots, settings.mode) == (3, "shadow")
    names = {name.removeprefix("XBOT_").lower() for name in given}
    assert not names & secret_names()
    own = {one["name"] for one in pods()["xbot-browser"]["containers"][0]["env"]}
    assert {name.removeprefix("XBOT_").lower() for name in own} <= set(Settings.model_fields)
    assert not own & {"XBOT_DATABASE_URL", "XBOT_OPENAI_API_KEY", "XBOT_SERVICE_TOKEN"}


def test_every_pod_is_a_normal_user_s_and_gets_no_address_of_a_service_as_a_setting() -> None:
    """Read-only, without rights; Kubernetes would name a service's address XBOT_BROWSER_PORT, which nothing takes."""
    config = instance(PLACE / "dagster.yaml")["run_launcher"]["config"]
    run = config["run_k8s_config"]["pod_spec_config"] | {
        "containers": [{"securityContext": config["security_context"]}]
    }
    for pod in [*pods().values(), run]:
        assert pod["enableServiceLinks"] is False
        assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (True, 10001)
        (container,) = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert [name for name, pod in pods().items() if pod.get("automountServiceAccountToken") is not False] == [
        "xbot-stack"
    ]


def test_what_the_manifests_name_is_made_by_them_or_by_the_kustomization() -> None:
    """But for the session, which the owner puts there by hand."""
    kustomization: Document = yaml.safe_load((PLACE / "kustomization.yaml").read_text())
    assert kustomization["resources"] == list(MANIFESTS)
    made = {one["name"] for kind in ("configMapGenerator", "secretGenerator") for one in kustomization[kind]}
    made |= {one["metadata"]["name"] for one in documents()}
    config = instance(PLACE / "dagster.yaml")["run_launcher"]["config"]
    named = {*config["env_config_maps"], *config["env_secrets"], config["service_account_name"]}
    named |= {config["instance_config_map"], config["volumes"][0]["persistentVolumeClaim"]["claimName"]}
    assert named <= made
    assert config["job_namespace"] == kustomization["namespace"]
    address = variables("settings.env")["XBOT_BROWSER_URL"]
    assert address.removeprefix("http://").partition(":")[0] in made
    files = {
        name for one in kustomization["configMapGenerator"] for name in [*one.get("files", []), *one.get("envs", [])]
    }
    assert all((PLACE / name).is_file() for name in files)
    secrets = [name for one in kustomization["secretGenerator"] for name in one["envs"]]
    assert all((PLACE / f"{name}.example").is_file() for name in secrets)


def test_the_image_starts_what_a_run_s_pod_is_told_to() -> None:
    """The first image's entry point would make "xbot dagster api" of it."""
    lines = (PLACE / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("ENTRYPOINT")] == ['ENTRYPOINT ["tini", "--"]']
    assert [line.split()[1] for line in lines if line.startswith("USER")] == ["root", "xbot"]
    assert (CHECKOUT / "requirements-kubernetes.lock").is_file()


def test_the_lock_of_that_image_has_the_versions_of_the_other() -> None:
    """What runs in a pod is what was tested."""
    ours = set((CHECKOUT / "requirements.pins").read_text().splitlines())
    lines = (CHECKOUT / "requirements-kubernetes.lock").read_text().splitlines()
    assert ours <= {line.removesuffix(" \\") for line in lines}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with that lock."""
    place = tmp_path_factory.mktemp("kubernetes") / "venv"
    lock = str(CHECKOUT / "requirements-kubernetes.lock")
    install = ["pip", "install", "--compile-bytecode", "--require-hashes", "-r", lock]
    for words in (["venv", "--python", sys.executable, str(place)], install):
        environment = os.environ | {"VIRTUAL_ENV": str(place)}
        done = subprocess.run(
            [uv(), *words], env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr
    return place / "bin" / "python"


def checked(python: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    """Run the check of the manifests in that environment."""
    program = Path(__file__).with_name("cluster_check.py")
    return subprocess.run(
        [python, "-P", program, *files], capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )


@pytest.mark.soak
def test_the_launcher_and_the_client_take_every_key_and_a_run_is_one_pod_without_a_second_try(
    python: Path, tmp_path: Path
) -> None:
    """By the models of the real client and the configuration of the real launcher; a wrong key is found."""
    files = [PLACE / name for name in MANIFESTS]
    done = checked(python, PLACE / "dagster.yaml", *files)
    assert done.returncode == 0, done.stderr
    spec = json.loads(done.stdout)["spec"]
    assert (spec["backoffLimit"], spec["template"]["spec"]["restartPolicy"]) == (0, "Never")
    assert spec["template"]["metadata"]["labels"]["part"] == "run"
    assert spec["template"]["spec"]["serviceAccountName"] == "xbot-run"
    wrong = tmp_path / "stack.yaml"
    wrong.write_text((PLACE / "stack.yaml").read_text().replace("replicas:", "replicsa:"))
    refused = checked(python, PLACE / "dagster.yaml", wrong)
    assert "V1DeploymentSpec knows no 'replicsa'" in refused.stderr


@pytest.fixture
def cluster(tmp_path: Path, python: Path) -> Iterator[Cluster]:
    """A cluster whose pods have that environment; what is in their home they learn from the stack's start."""
    where = {"PATH": f"{python.parent}:{os.environ['PATH']}", "PYTHONPATH": str(PACKAGE_ROOT)}
    settings = where | {f"XBOT_{name.upper()}": value for name, value in LOAD_SETTINGS.items()}
    maps = {"xbot-settings": settings, "xbot-run-secrets": {}}
    with running_cluster(tmp_path, maps) as made:
        yield made


@pytest.fixture
def stack(tmp_path: Path, cluster: Cluster, python: Path) -> Iterator[LoadStack]:
    """A stack of that environment, whose runs are pods there."""
    chosen = instance(PLACE / "dagster.yaml")
    chosen["run_launcher"]["config"] |= {
        "load_incluster_config": False,
        "kubeconfig_file": str(cluster.kubeconfig),
    }
    file = tmp_path / "dagster.yaml"
    file.write_text(json.dumps(chosen))
    with running_stack(LOAD_SETTINGS | {"dagster_yaml_path": str(file)}, python=str(python)) as running:
        cluster.maps["xbot-settings"]["XBOT_HOME"] = str(running.home)
        yield running


@pytest.mark.soak
def test_posts_go_out_by_runs_that_the_real_launcher_starts_as_pods(stack: LoadStack, cluster: Cluster) -> None:
    """A queued post, one pod, one post; the limits of the pools hold there, too, as they are in the database."""
    launcher, texts = Launcher(stack), list[str]()
    for _ in range(POSTS):
        texts.append(launcher.queue_post())
        until(lambda: stack.ask_database(STATUS, text=texts[-1]) == [{"status": "published"}], "the post is out")
    until(lambda: {row["status"] for row in stack.ask_database(RUNS)} == {"SUCCESS"}, "the runs that posted have ended")
    assert len(cluster.jobs) >= len(texts)
    on_x = [post["text"] for post in stack.ask_sandbox("ledger")["posts"]]
    assert sorted(text for text in on_x if text in texts) == sorted(texts)
