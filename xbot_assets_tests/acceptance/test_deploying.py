"""The files of a deployment name what exists, and open nothing to other machines."""

import re
from pathlib import Path

from xbot_assets.settings import CHECKOUT, Settings, load_settings
from xbot_assets_tests.acceptance.composing import composed, services

DEPLOY = CHECKOUT / "deploy"
OURS = {"browser", "xbot"}


def test_every_setting_that_the_compose_file_gives_is_one_and_together_they_are_accepted(tmp_path: Path) -> None:
    """A renamed setting is found here."""
    for name, service in composed(database_url="postgresql://a@127.0.0.1/b", redis_url="redis://127.0.0.1").items():
        given = {key.removeprefix("XBOT_").lower() for key in service.environment}
        assert given <= set(Settings.model_fields), name
        settings = load_settings(service.environment | {"XBOT_HOME": f"{tmp_path}/.xbot"})
        assert settings.browser_token is not None


def test_no_port_is_open_to_other_machines() -> None:
    """The stores are published on loopback; what shares the host's network binds loopback by itself."""
    for name, service in services({}).items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert (service.get("network_mode") == "host") is (name in OURS)
        assert "XBOT_SERVICE_BIND" not in service.get("environment", {})


def test_our_services_have_no_rights_and_write_to_their_volume_only() -> None:
    """And the image's user is a normal one."""
    read = services({})
    assert all(read[name]["read_only"] and read[name]["cap_drop"] == ["ALL"] for name in OURS)
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER xbot"]


def test_what_the_image_copies_is_there_and_is_let_through() -> None:
    """The context leaves out everything that is not named."""
    copied = {
        name
        for line in (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY") and "--from" not in line
        for name in line.split()[1:-1]
    }
    let_through = [line[1:] for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert all((CHECKOUT / name).exists() for name in copied)
    patterns = [re.compile(re.escape(one).replace(r"\*", "[^/]*")) for one in let_through]
    assert all(any(pattern.fullmatch(name) for pattern in patterns) for name in copied)


def test_every_variable_without_a_default_is_in_the_example() -> None:
    """Whoever copies it sees what to fill in."""
    needed = set(re.findall(r"\$\{(\w+):\?", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert needed
    assert needed == set(re.findall(r"^(\w+)=$", (DEPLOY / "env.example").read_text(encoding="utf-8"), re.MULTILINE))
