"""The files of other projects that the pages carry are those that are listed, each with its licence."""

from xbot_assets.testing.vendored import faults, vendored


def test_every_vendored_file_is_listed_whole_and_licensed() -> None:
    """A changed byte, a file nobody listed and a package without a licence's text are all found here."""
    assert faults() == []
    for package in vendored():
        assert any("LICENSE" in name for name in (*package.files, *package.texts)), package.name
        assert package.licence in {"0BSD", "MIT", "MPL-2.0"}
