"""The one place where redis-py's exceptions become the product's failures.

Apart from the database's, because redis-py takes 6 MB, and who only asks the database should not hold them.
"""

import redis

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure


def classify(exc: redis.RedisError) -> ProductError:
    """Turn what redis-py raised into the failure it means."""
    if isinstance(exc, redis.AuthenticationError | redis.exceptions.NoPermissionError):
        return PermanentFailure(
            "The cache refused the password.", code=FailureCode.CACHE_AUTH, remedy="Correct XBOT_REDIS_URL."
        )
    if isinstance(exc, redis.ConnectionError | redis.TimeoutError):
        return TransientFailure(
            "The cache does not answer.",
            code=FailureCode.CACHE_UNREACHABLE,
            remedy="Nothing is lost; it is only slower.",
        )
    return TransientFailure(f"The cache refused a command ({type(exc).__name__}).", code=FailureCode.CACHE_ERROR)
