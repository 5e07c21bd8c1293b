"""The real server, the real client against it, and books in memory, for all tests here."""

from xbot_assets_tests.llm.model_rig import brief, ledger, server, writer_for

__all__ = ["brief", "ledger", "server", "writer_for"]
