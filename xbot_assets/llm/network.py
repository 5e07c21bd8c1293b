"""The way to the API: the HTTP client with the environment's proxies, and whether a request ever left this machine.

Proxies are named by ``ALL_PROXY``, ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``NO_PROXY`` (or in small letters), as for curl;
``http``, ``https``, ``socks5`` and ``socks5h`` work. A proxy's address may hold a password, so none is ever shown.
"""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2
import openai

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure

OPENAI_BASE_URL = "https://api.openai.com/v1"
PROXY_NAMES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
"""What is read of the environment, in capitals or in small letters."""
CERTIFICATE_NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
ANSWER_BYTES_MAX = 16 * 1024 * 1024
"""Far above any answer, its thoughts included; a body without an end is not kept in memory."""
_SENDING = "xbot_sending"
_TRACE = "trace"
"""httpcore's name for the callback that is told of each stage of a request."""


@dataclass(slots=True)
class _Sending:
    """How far a request came; a proxy's own handshake does not count.

    httpcore leaves the connection to a SOCKS proxy open when the handshake fails; ``handshake`` is closed here.
    """

    began: bool = False
    handshake: Any = None

    def note(self, stage: str, info: Mapping[str, Any]) -> None:
        """Take a stage as httpcore names it: from the first byte of its body on, the API may have done the work."""
        if stage.endswith("send_request_body.started"):
            self.began |= info["request"].method != b"CONNECT"
        elif stage.endswith("setup_socks5_connection.started"):
            self.handshake = info["stream"]
        elif stage.endswith("setup_socks5_connection.failed"):
            self.handshake.close()


class _Bounded(httpx2.SyncByteStream):
    """An answer's body that ends in time: a server may keep a connection busy with blank lines for minutes.

    The time-outs of the libraries below are for each piece that arrives.
    """

    def __init__(self, stream: Any, request: httpx2.Request, until: float) -> None:  # noqa: ANN401 - httpx's own
        self._stream, self._request, self._until = stream, request, until

    def __iter__(self) -> Iterator[bytes]:
        left = ANSWER_BYTES_MAX
        for piece in self._stream:
            left -= len(piece)
            if time.monotonic() > self._until or left < 0:
                raise httpx2.ReadTimeout("the answer does not end", request=self._request)
            yield piece

    def close(self) -> None:
        """Close the connection's stream."""
        self._stream.close()


class _Client(openai.DefaultHttpxClient):
    """The SDK's own client, which notes how far each request came and lets only HTTP's failures out.

    A proxy that answers nonsense makes the libraries below raise what the SDK does not expect. The time-out of a
    request holds for the whole of its answer.
    """

    def send(self, request: httpx2.Request, *, stream: bool = False, **options: Any) -> httpx2.Response:  # noqa: ANN401 - httpx's own
        """Send one request as the SDK asks."""
        sending = _Sending()
        seconds = request.extensions.get("timeout", {}).get("read")
        until = float("inf") if seconds is None else time.monotonic() + seconds
        request.extensions = {**request.extensions, _SENDING: sending, _TRACE: sending.note}
        try:
            response = super().send(request, stream=True, **options)
            response.stream = _Bounded(response.stream, request, until)
            return response if stream else _read_whole(response)
        except httpx2.HTTPError:
            raise
        except Exception as error:
            kind = httpx2.ReadError if sending.began else httpx2.ConnectError
            raise kind(f"unexpected {type(error).__name__}", request=request) from error


def _read_whole(response: httpx2.Response) -> httpx2.Response:
    try:
        response.read()
    except BaseException:
        response.close()
        raise
    return response


def http_client(base_url: str) -> httpx2.Client:
    """Return the client for an address; it notes of each request whether it was sent.

    Raises:
        PermanentFailure: ``bad_proxy``; what the environment says of proxies or certificates cannot be used.
    """
    try:
        _refuse_placeless(_proxy_of(base_url))
        # A proxy from the environment cannot reach this machine's own loopback.
        return _Client(trust_env=not is_loopback(base_url))
    except OSError as error:
        raise _unusable(CERTIFICATE_NAMES, "names no readable certificates", error) from error
    except (ImportError, ValueError, TypeError, httpx2.InvalidURL) as error:
        why = "names a proxy that cannot be used: write it as http://host:port or socks5://host:port"
        raise _unusable(PROXY_NAMES, why, error) from error


def was_sent(exc: openai.APIConnectionError) -> bool | None:
    """Say whether the request of a failed call left this machine; ``None`` for one that no client of ours made."""
    sending = exc.request.extensions.get(_SENDING)
    return sending.began if isinstance(sending, _Sending) else None


def proxy_in_use(base_url: str) -> str | None:
    """Return the proxy that requests to an address go through, without its password; ``None`` for a direct way."""
    proxy = _proxy_of(base_url)
    if proxy is None:
        return None
    scheme, _, rest = proxy.rpartition("://")
    return f"{scheme or 'http'}://{rest.rpartition('@')[2].partition('/')[0]}"


def _proxy_of(base_url: str) -> str | None:
    """Return the proxy that the environment names for an address, as it is written there."""
    parts, proxies = urlsplit(base_url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return None if not proxy or is_loopback(base_url) or proxy_bypass(parts.hostname or "") else proxy


def _refuse_placeless(proxy: str | None) -> None:
    """Raise ValueError for a proxy without a host, or with a port that none can have: the client takes it."""
    if proxy is None:
        return
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    host = parts.hostname or ""
    if not host.strip() or parts.port == 0 or " " in parts.netloc.rpartition("@")[2] or parts.path.startswith("//"):
        raise ValueError


def is_loopback(url: str) -> bool:
    """Say whether an address is this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(names: tuple[str, ...], why: str, error: Exception) -> PermanentFailure:
    """Name the variables that are set; never what they hold."""
    given = [name for both in names for name in (both, both.lower()) if os.environ.get(name)]
    return PermanentFailure(
        f"The connection to the language model cannot be made ready: {' or '.join(given) or 'the environment'} {why} "
        f"({type(error).__name__}).",
        code=FailureCode.BAD_PROXY,
        remedy=f"Correct or unset {', '.join(given or names)}. Publishing and measuring go on without it.",
    )
