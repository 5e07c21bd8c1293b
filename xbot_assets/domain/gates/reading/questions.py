"""What makes a question: its mark, or the words by which a language without one asks."""

import re

_MARKS = "[?؟\u037e՞፧⁇]"
_GREEK = '[\u0370-\u03ff\u1f00-\u1fff]["\u00bb)]?;(?=\\s|$)'
"""Greek asks with a sign of its own, which Unicode takes for a semicolon."""
_PARTICLES = (
    _GREEK,
    r"(?:か|かな|でしょう|の|かしら)[。!\s]*$",
    r"[吗嗎呢吧][。!\s]*$|[什甚][么麼]|怎[么麼样樣]|[为為]何|[谁誰]|哪[里裡儿兒些个個种種]|多少[^，。]*$",  # noqa: RUF001
    r"ไหม|มั้ย|หรือ(?:ยัง|เปล่า|ไม่)|อะไร|ทำไม|อย่างไร|ยังไง|ที่ไหน|เมื่อไร|เมื่อไหร่|ใคร|เท่าไร|กี่",
    r"ຫຍັງ|ບໍ່?[\s.]*$|ໃສ|ໃຜ|ຈັກ|ແນວໃດ|ເມື່ອໃດ",
    r"ទេ[។\s]*$|អ្វី|ហេតុអ្វី|ណា[។\s]*$|យ៉ាងណា|ប៉ុន្មាន",
    r"(?:လား|လဲ|နည်း)[။\s]*$",
)
_ASKS = re.compile("|".join((_MARKS, *_PARTICLES)), re.MULTILINE)


def asks(seen: str) -> bool:
    """Say whether a text without tricks holds a question."""
    return bool(_ASKS.search(seen))
