"""What makes a question: its mark, or the words by which a language without one asks."""

import re

_MARKS = "[?؟;՞፧⁇]"
_PARTICLES = (
    r"(?:か|かな|でしょう|の|かしら)[。!\s]*$",
    r"[吗呢吧][。!\s]*$",
    r"ไหม|มั้ย|หรือ(?:ยัง|เปล่า|ไม่)|อะไร|ทำไม|อย่างไร|ยังไง|ที่ไหน|เมื่อไร|เมื่อไหร่|ใคร|เท่าไร|กี่",
    r"ຫຍັງ|ບໍ່?[\s.]*$|ໃສ|ໃຜ|ຈັກ|ແນວໃດ|ເມື່ອໃດ",
    r"ទេ[។\s]*$|អ្វី|ហេតុអ្វី|ណា[។\s]*$|យ៉ាងណា|ប៉ុន្មាន",
    r"(?:လား|လဲ|နည်း)[။\s]*$",
)
_ASKS = re.compile("|".join((_MARKS, *_PARTICLES)), re.MULTILINE)


def asks(seen: str) -> bool:
    """Say whether a text without tricks holds a question."""
    return bool(_ASKS.search(seen))
