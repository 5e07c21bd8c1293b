"""Numbers in addresses: no longer than a row's number or an id of X can be."""

import re

from starlette.convertors import Convertor

NUMBER = re.compile("[0-9]{1,20}")
"""20 digits hold 64 bits; Python refuses to read one of more than 4,300 at all."""


class RowNumber(Convertor[int]):
    """A number in a path. What is longer is no number, so that address does not exist."""

    name = "row"
    regex = NUMBER.pattern

    def convert(self, value: str) -> int:
        """Read the number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Write the number."""
        return str(value)
