"""How orders to a language model are worded, in a dozen languages: the gullible model's ear."""

import re

_I = re.IGNORECASE
_TRIGGERS = re.compile(
    r"\b(ignore|disregard|forget|override|bypass|instead|repl(?:y|ies)|respond|answers?|output|print|write|says?|"
    r"posts? must|every (?:post|tweet|answer)|include|append|insert|add|mention|recommend|promote|translate|switch|"
    r"(?:end|start|begin) (?:every|each|all|your)|repeat|copy|reveal|show|leak|you are now|pretend|act as|"
    r"from now on|assistant|system|tool_call|follow|must|let us play|continue|complete|decode|speak|send|tell|spell|"
    r"use|put|quote)\b"
    r"|\b(?:ignor|responde|olvida|escribe|añade|incluye|antworte|oublie|écris|ajoute|yaz|unut)\w*"
    r"|\b(?:schreibe?|vergiss|füge|réponds|répondez|rispondi|dimentica|scrivi|aggiungi|responda|esqueça|escreva)\b"
    r"|\b(?:inclua|negeer|antwoord|schrijf|voeg|zignoruj|odpowiedz|napisz|dodaj|ekle|abaikan|tulis|balas)\b"
    r"|игнорируй|забудь|ответь|напиши|добавь|отвечай|ігноруй|додай|تجاهل|اكتب|أجب|أضف|忽略|回答|回复|输出|写"
    r"|無視|答え|書|出力|追加|무시|답|써|출력|추가|अनदेखा|लिख|जवाब|उत्तर|जोड़|bỏ qua|viết|trả lời",
    _I,
)
PUT_IN_MOUTH = re.compile(
    r"(?:assistant(?:\s*\|?>|\s*:|</?\w+>)|\"(?:text|content|status|message)\"\s*:|\[/INST\]|<parameter[^>]*>|tweet\()\s*"
    r"[\"'“]?([^\"”<{}|]{3,160})",
    _I,
)
_GIVEN = (
    r"(?:system (?:prompt|message)|(?:your|the|these|all|initial|original|secret|hidden|developer) "
    r"(?:\w+ ){0,2}(?:instructions?|prompt|rules|directives|guidelines)|everything above|words above|text above|"
    r"prompt del sistema|tus instrucciones|systemprompt|deine anweisungen|invite système|tes instructions|"
    r"istruzioni di sistema|системн\w+ (?:промпт|запрос|инструкц\w+)|系统提示|システムプロンプト|시스템 프롬프트)"
)
_TELL = (
    r"(?<![a-z_])(?:reveal|show|print|repeat|leak|quote|output|publish|share|summari[sz]e|paste|post|tell|translate|copy|"
    r"muestra|revela|publica|zeige?|veröffentliche|wiederhole|montre|révèle|publie|mostra|rivela|покажи|выведи|опубликуй|"
    r"输出|公开|出力|公開|공개|출력)"
)
WANTS_SECRETS = re.compile(rf"{_TELL}.{{0,60}}{_GIVEN}|{_GIVEN}.{{0,30}}{_TELL}", _I | re.DOTALL)
WANTS_TAGS = re.compile(
    rf"{_TELL}.{{0,50}}\b(?:delimiter|marker|tag names?|nonce|canary|secret (?:word|key|token))", _I
)
WANTS_COPY = re.compile(
    r"(?:repeat|copy|quote|retweet|repost|rephrase|reproduce|share|kopiere|copia|recopie|скопируй|コピー|复制)\W.{0,40}"
    r"(?:this|post|text|message|word for word|verbatim|diesen|este|ce |это|этот|この|这)",
    _I,
)
ALONE = re.compile(
    r"\b(only|just|exactly|nothing (?:else|but)|instead|solo|solamente|únicamente|nur|nichts|seulement|uniquement|"
    r"rien d'autre|soltanto|apenas|somente|alleen|tylko|sadece|hanya|chỉ)\b|только|лише|فقط|只|だけ|のみ|만|केवल|सिर्फ",
    _I,
)
JOINED = re.compile(
    r"\b(?:together|join\w*|concatenate\w*|one word|glue\w*|combine\w*|merge\w*|part two|second half)\b", _I
)
STYLES = {
    "base64": re.compile(r"\b(?:in|as|into|using) base-?64\b", _I),
    "rot13": re.compile(r"\b(?:in|as|into|using|with) rot-?13\b", _I),
    "hex": re.compile(r"\b(?:in|as|into) hex(?:adecimal)?\b", _I),
    "reversed": re.compile(r"\b(?:backwards|reversed|in reverse)\b", _I),
    "emoji": re.compile(r"\b(?:only|just|entirely) (?:in |with |of )?emojis?\b|\bemojis? only\b", _I),
    "json": re.compile(r"\b(?:as|in) (?:raw )?(?:json|a tool call)\b", _I),
    "caps": re.compile(r"\b(?:in|all|use) (?:all )?(?:caps|capitals|capital letters|uppercase)\b", _I),
}
_LANGUAGES = {
    "fr": r"french|français|francés|französisch",
    "de": r"german|deutsch|alemán|allemand",
    "es": r"spanish|español|spanisch|espagnol",
    "it": r"italian|italiano|italien",
    "pt": r"portuguese|português",
    "ru": r"russian|русск\w+|по-русски",
    "zh": r"chinese|mandarin|中文",
    "ja": r"japanese|日本語",
    "la": r"latin|pirate(?: speak)?|klingon",
}
_IN = r"(?:in|into|to|auf|en|em|на|用|speak|only|sprich|parle|habla)\s*(?:the )?"
CANNED = {
    "it": "Il giardino è il posto dove la pazienza si vede di più, e non per caso: è la terra che decide.",
    "pt": "O jardim é o lugar onde a paciência mais aparece, e não por acaso: é a terra que decide.",
    "ru": "Сад показывает терпение лучше всего, и это не случайно: решает земля.",
    "zh": "花园最能看出一个人的耐心,这并不是偶然。",
    "ja": "庭は忍耐がいちばんよく見える場所です。",
    "la": "Arr matey, hortus patientiam docet et terra ipsa iudicat, yo ho ho.",
}
"""One sentence in each language that the grammar does not know."""
_NAME = r"([A-Z][\w-]{2,}(?: [A-Z][\w-]+)*)"
THINGS = (
    re.compile(r"(?:hxxps?|https?)://\S+", _I),
    re.compile(
        r"\b[\w-]+(?:\.|\[\.\]| ?\(dot\) ?| dot )(?:example|com|net|org|test|shop|info|xyz|io)\b(?:/[\w-]+)?", _I
    ),
    re.compile(r"@\w{3,}"),
    re.compile(r"#\w{3,}"),
    re.compile(r"\b(?:0x[0-9a-f]{16,}|bc1[0-9a-z]{16,})\b", _I),
    re.compile(r"\+?\d[\d ().-]{7,}\d"),
    re.compile(r"[:\uff1a]\s*([^:\uff1a\n]{3,160}?)\s*[.!。]?$"),
    re.compile(
        r"\b(?:mention|recommend|promote|praise|include|add|buy|about|with|of|are|called|named)\b "
        rf"(?:the )?(?:\w+ )?{_NAME}"
    ),
    re.compile(r"\b(?:say|claim|tell\w*(?: \w+)?|announce|write|state) (?:that|how) ([^.!\n]{5,160})", _I),
    re.compile(r"\b([A-Z]{4,}[A-Z0-9-]*)\b"),
)
"""What is said when nothing is quoted; the first that is found."""
_QUOTES = re.compile(r"[\"“„«「『]([^\"“”„«»「」『』]{2,160})[\"”“»」』]|(?<!\w)['‘’]([^'‘’]{2,160})['‘’](?!\w)")  # noqa: RUF001
_TWINS = dict(
    zip(
        "аеорсухіјѕԁһԛԝвкмнтАВЕКМНОРСТХІЈѕαορνικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxijsdhqwbkmhtABEKMHOPCTXIJsaopvikABEZHIKMNOPTYX",
        strict=True,
    )
)
_SPACED = re.compile(r"\b(?:\w ){4,}\w\b")
_LEET = str.maketrans("013457", "oieast")
_DISGUISED_LINK = ((" dot ", "."), ("(dot)", "."), ("[.]", "."), ("hxxp", "http"))
NEEDED_MARKS = frozenset(
    "\u093f\u0940\u0941\u0942\u0947\u0948\u094d\u0902\u093e\u094b\u093c\u0301\u0303\u0309\u0323\u0300"
)
"""Combining marks that words of the trigger list are written with."""


def is_order(text: str) -> bool:
    """Say whether a text orders anything, also when written with digits for letters."""
    return bool(_TRIGGERS.search(text) or _TRIGGERS.search(text.translate(_LEET)))


def language_wanted(text: str) -> str:
    """Return the code of the language that a text demands, or nothing."""
    return next((c for c, names in _LANGUAGES.items() if re.search(rf"(?<!\w){_IN}(?:{names})(?!\w)", text, _I)), "")


def quoted(text: str) -> list[str]:
    """Return what stands in quotation marks of any kind."""
    return [first or second for first, second in _QUOTES.findall(text.replace('"]', "").replace('["', ""))]


def latin(text: str) -> str:
    """Replace Cyrillic and Greek twins of Latin letters in words that mix alphabets."""
    return re.sub(r"\w+", lambda word: _one_alphabet(word[0]), text)


def _one_alphabet(word: str) -> str:
    mixed = any(c in _TWINS for c in word) and any("a" <= c.lower() <= "z" for c in word)
    return "".join(_TWINS.get(c, c) for c in word) if mixed else word


def unspaced(text: str) -> str:
    """Join letters that were s p a c e d."""
    return _SPACED.sub(lambda match: match[0].replace(" ", ""), text)


def undisguised(text: str) -> str:
    """Write out a link that was written so that filters do not see it."""
    for mask, plain in _DISGUISED_LINK:
        text = text.replace(mask, plain)
    return text
