"""Run as a program, as root: become another user, then become the browser. Imports the standard library only.

``unprivileged.py UID GID BROWSER ARGUMENT...`` gives the profile folder named by ``--user-data-dir=`` to that user,
drops every privilege and replaces itself by the browser. It runs before any of our packages can be imported, because
that user may not be able to read them.
"""

import os
import sys
from pathlib import Path

PROFILE_FLAG = "--user-data-dir="
_FIXED_ARGUMENTS = 4
_KEPT = frozenset({"PATH", "LANG", "LC_ALL", "TZ", "FONTCONFIG_PATH", "DISPLAY", "WAYLAND_DISPLAY"})
"""What the browser keeps of the environment; a window, which only ``xbot login`` opens, needs its display."""


def main(argv: list[str]) -> None:
    """Drop privileges and exec. Does not return."""
    uid, gid, browser, arguments = int(argv[1]), int(argv[2]), argv[3], argv[_FIXED_ARGUMENTS:]
    profile = next(word.removeprefix(PROFILE_FLAG) for word in arguments if word.startswith(PROFILE_FLAG))
    os.chown(profile, uid, gid, follow_symlinks=False)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.chdir(profile)
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), profile)
    os.execve(Path(browser), [browser, *arguments], kept | places)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv)
