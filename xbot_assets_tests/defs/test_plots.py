"""Pictures of assets: files below the data directory, and only their address in the event log."""

from pathlib import Path
from urllib.parse import urlsplit

import dagster as dg
import pytest

from xbot_assets.defs import plots as plots_module
from xbot_assets.defs.plots import Plots
from xbot_assets.settings import PLOTS_DIRECTORY, Settings

ADDRESS = "http://127.0.0.1:9"


def drawn(settings: Settings, runs: int = 1) -> list[object]:
    """Materialize an asset with one plot so many times; return what its metadata says."""

    @dg.asset
    def drawing(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        plots = Plots.of(context, settings)
        return dg.MaterializeResult(metadata={"plot": plots.bars("bars", ["a"], [1.0], errors=None, title="Bars")})

    results = [dg.materialize([drawing]) for _ in range(runs)]
    return [result.asset_materializations_for_node("drawing")[0].metadata["plot"] for result in results]


def test_a_plot_is_a_link_to_a_file_that_the_service_shows(tmp_path: Path) -> None:
    """The event log holds a hundred characters of it."""
    (value,) = drawn(Settings(home=tmp_path, service_url=ADDRESS))
    assert isinstance(value, dg.UrlMetadataValue)
    assert value.value.startswith(f"{ADDRESS}/{PLOTS_DIRECTORY}/drawing/bars-")
    assert (tmp_path / urlsplit(value.value).path.lstrip("/")).read_bytes().startswith(b"\x89PNG")


def test_without_a_service_a_plot_is_a_path(tmp_path: Path) -> None:
    """So that it can be looked at all the same."""
    (value,) = drawn(Settings(home=tmp_path))
    assert isinstance(value, dg.PathMetadataValue)
    assert Path(str(value.value)).is_file()


def test_old_files_of_a_plot_are_removed_and_others_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture keeps its newest."""
    monkeypatch.setattr(plots_module, "PLOTS_KEPT", 2)
    directory = tmp_path / PLOTS_DIRECTORY / "drawing"
    directory.mkdir(parents=True)
    for name in ("bars-20200101-000000-aaaaaaaa.png", "lines-20200101-000000-aaaaaaaa.png"):
        (directory / name).write_bytes(b"old")
    values = drawn(Settings(home=tmp_path), runs=2)
    kept = {Path(str(value.value)).name for value in values if isinstance(value, dg.PathMetadataValue)}
    assert {file.name for file in directory.iterdir()} == kept | {"lines-20200101-000000-aaaaaaaa.png"}


def test_a_plot_that_cannot_be_stored_costs_only_itself(tmp_path: Path) -> None:
    """The numbers beside it are worth more."""
    (tmp_path / PLOTS_DIRECTORY).write_text("in the way")
    (value,) = drawn(Settings(home=tmp_path))
    assert isinstance(value, dg.TextMetadataValue)
    assert "not stored" in str(value.value)
