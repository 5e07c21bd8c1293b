"""The command line imports what a command needs, and no more."""

import subprocess
import sys

import pytest

from xbot_assets.cli.lazy_commands import MODULES, commands_of


@pytest.mark.parametrize("module", sorted(set(MODULES.values())))
def test_the_table_names_every_command_that_a_module_registers(module: str) -> None:
    """Or a command would be told of by nobody."""
    assert sorted(commands_of(module)) == sorted(name for name, place in MODULES.items() if place == module)


def test_the_stack_s_own_process_holds_neither_a_browser_s_client_nor_a_model_s() -> None:
    """It stays as long as the stack does: 35 MB of what it never uses."""
    program = f"import sys, {MODULES['up']}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)
    assert not {"openai", "playwright.async_api", "numpy", "dagster"} & set(loaded.stdout.split())
