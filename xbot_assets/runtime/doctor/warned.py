"""What a check of the doctor raises about something to act on in time."""


class Warned(Exception):
    """Raised by a check that found something to act on in time, while everything still works."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.text, self.remedy = text, remedy
