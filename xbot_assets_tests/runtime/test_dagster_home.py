"""Dagster's directory, with the package's own configuration or the owner's."""

from pathlib import Path

import pytest

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.dagster_home import DAGSTER_YAML, INSTANCE, prepare_dagster_home


def test_the_package_s_own_file_is_used_unless_another_one_is_named(tmp_path: Path) -> None:
    """At each start: a file that was changed meanwhile counts."""
    own = tmp_path / "own.yaml"
    own.write_text("telemetry: {enabled: false}\n")
    assert (prepare_dagster_home(tmp_path) / DAGSTER_YAML).read_bytes() == INSTANCE.read_bytes()
    assert (prepare_dagster_home(tmp_path, own) / DAGSTER_YAML).read_bytes() == own.read_bytes()


def test_a_named_file_that_is_not_there_is_told_with_its_setting(tmp_path: Path) -> None:
    """Before Dagster is started with another one."""
    with pytest.raises(PermanentFailure, match=r"no\.yaml is missing") as caught:
        prepare_dagster_home(tmp_path, tmp_path / "no.yaml")
    assert "XBOT_DAGSTER_YAML_PATH" in caught.value.remedy
