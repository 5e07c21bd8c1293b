"""Where the browser host listens."""

from pathlib import Path
from urllib.parse import urlsplit

import httpx

from xbot_assets_tests.browser.host_rig import as_its_account, browser_host
from xbot_assets_tests.browser.tiny_site import tiny_site


def test_a_host_answers_other_machines_only_when_it_is_told_to(tmp_path: Path) -> None:
    """Its address says which it is; the token is needed in both."""
    for words, address in (((), "127.0.0.1"), (("--bind", "all"), "0.0.0.0")):  # noqa: S104 - what is looked for
        arguments = (*words, *as_its_account())
        with (
            tiny_site() as site,
            browser_host(tmp_path, site.url, arguments=arguments or ("--bind", "loopback")) as host,
        ):
            assert urlsplit(host.url).hostname == address
            here = f"http://127.0.0.1:{urlsplit(host.url).port}/operations"
            assert httpx.post(here, json={}, trust_env=False).status_code == 401
