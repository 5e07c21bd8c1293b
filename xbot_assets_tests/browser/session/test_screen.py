"""A login by hand needs a screen to show its window on."""

import pytest

from xbot_assets.browser.session.login import check_display
from xbot_assets.domain.failures import PermanentFailure


def test_without_a_screen_the_remedy_is_said() -> None:
    """A server has none; any of the two kinds will do."""
    with pytest.raises(PermanentFailure, match="no screen") as caught:
        check_display({"DISPLAY": ""})
    assert "--import FILE" in caught.value.remedy
    check_display({"WAYLAND_DISPLAY": "wayland-0"})
    check_display({"DISPLAY": ":0"})
