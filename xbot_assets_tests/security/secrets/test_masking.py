"""The one masking function, and every place where text leaves through it."""

import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from xbot_assets.domain.alerts.operations import BROWSER_DEGRADED
from xbot_assets.domain.budget.calls import LlmCall
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.llm.servers.errors import masked as masked_line
from xbot_assets.masking import MASK, LineMask, make_secret, mask
from xbot_assets.runtime.checks import exposed_env_file
from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.settings import Settings, load_settings
from xbot_assets.settings.secrecy import secret_names
from xbot_assets.store.alerts import alert, open_alerts
from xbot_assets.store.content.ledger import recent_calls, record_llm_call
from xbot_assets.store.engine.database import Database

HIDDEN = 'a "quoted" \\ secret/of mine+ü'
KEY = "canary-key-of-the-tests"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def known() -> None:
    """Make the secrets known, as reading the settings does."""
    make_secret([HIDDEN, KEY])


def test_what_is_masked_stays_so_when_the_mask_s_own_word_is_a_password() -> None:
    """Once and again."""
    make_secret(["secret"])
    assert mask(mask(f"{KEY} and secret")) == f"{MASK} and {MASK}"


@pytest.mark.parametrize(
    "written", [HIDDEN, json.dumps(HIDDEN), repr(HIDDEN), quote(HIDDEN, safe=""), json.dumps({"a": [HIDDEN]})]
)
def test_a_secret_is_masked_however_it_is_written(written: str) -> None:
    """Plain, in JSON, in Python's own form and in a URL."""
    masked = mask(f"before {written} after")
    assert MASK in masked
    assert "secret/of" not in masked
    assert quote("secret/of", safe="") not in masked
    assert masked.startswith("before ")
    assert masked.endswith(" after")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Incorrect key sk-abc***wxyz given", f"Incorrect key {MASK} given"),
        ("postgresql://me:hunter22@db/x", f"postgresql://{MASK}@db/x"),
        ("Authorization: Bearer abc.def-0", f"Authorization: Bearer {MASK}"),
        ("key-value pairs, task-force, https://x.com/a", "key-value pairs, task-force, https://x.com/a"),
    ],
)
def test_what_looks_like_a_secret_is_masked_too(text: str, masked: str) -> None:
    """Keys and passwords that were never a setting of ours; ordinary words stay."""
    assert mask(text) == masked


HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
LETTERS = "Qw3rTy7uIoP1aSdF5gHjK9lZxCvB2nM4"
FOREIGN_KEYS = {
    "OpenAI": f"sk-{LETTERS}T3BlbkFJ{LETTERS[:20]}",
    "OpenAI, of a project": f"sk-proj-{LETTERS}_T3BlbkFJ-{LETTERS}",
    "OpenAI, of a service account": f"sk-svcacct-{LETTERS}",
    "OpenAI, half hidden": "sk-proj-********************wxyz",
    "Anthropic": f"sk-ant-api03-{LETTERS}_{LETTERS}-{LETTERS}AA",
    "OpenRouter": f"sk-or-v1-{HEX}{HEX}",
    "DeepSeek": f"sk-{HEX}",
    "Groq": f"gsk_{LETTERS}WGdyb3FY{LETTERS[:12]}",
    "Groq, half hidden": "gsk_****wxyz",
    "xAI": f"xai-{LETTERS}{LETTERS}{LETTERS[:16]}",
    "Perplexity": f"pplx-{HEX}{HEX[:16]}",
    "Cerebras": f"csk-{HEX}{HEX[:16]}",
    "Hugging Face": f"hf_{LETTERS}ab",
    "Google": f"AIzaSy{LETTERS}-",
}


@pytest.mark.parametrize("sentence", ["{}", "Key {} may not do this.", '{{"error": "wrong key: {}"}}', "of '{}',"])
@pytest.mark.parametrize("provider", FOREIGN_KEYS)
def test_a_key_of_any_provider_is_masked_wherever_it_stands(provider: str, sentence: str) -> None:
    """Keys that no setting of ours holds; all of each, and nothing beside it."""
    assert mask(sentence.format(FOREIGN_KEYS[provider])) == sentence.format(MASK)


@pytest.mark.parametrize("key", [HEX, LETTERS, HEX + HEX], ids=["hexadecimal", "letters", "long"])
@pytest.mark.parametrize(
    "sentence",
    [
        "Incorrect API key provided: {}.",
        "The key {} is not valid",
        "MISTRAL_API_KEY={}",
        "x-api-key: {}",
        "api_key '{}'",
        '{{"api_key": "{}", "n": 1}}',
        "Invalid api-key ({})",
    ],
)
def test_a_key_without_a_sign_of_its_own_is_known_by_the_words_before_it(key: str, sentence: str) -> None:
    """As Mistral's, which are 32 letters and digits."""
    assert mask(sentence.format(key)) == sentence.format(MASK)


@pytest.mark.parametrize(
    "text",
    [
        "Skyscrapers, skeletons and a sketch: the skyline of Oslo.",
        "skyscrapers sk-ip sk-learn sess-ion xai-explainability sessions keyboard-layout monkey-business",
        "The models pplx-70b-online, pplx-7b-chat, xai-grok-4-fast and gsk_model are known.",
        "A task-force-2024-report, desk-lamp-12345678 and risk-2024-averse.",
        "AIza is how it begins; Aizawa is a name.",
        "Set XBOT_OPENAI_API_KEY to a valid key. The API key is wrong; a key idea: 12345678901234567890.",
        f"run {HEX}, request_id={HEX}, sha256 {HEX}{HEX}, step_key {HEX}",
        f'{{"key": "{HEX}", "snapshot_id": "{HEX}deadbeef"}}',
        "It needs Bearer auth, or a Bearer token.",
        "Bearers of news, https://x.com/me/status/1234567890123456789",
    ],
)
def test_ordinary_words_names_of_models_and_hashes_are_not_masked(text: str) -> None:
    """Dagster's own identifiers go through the mask on their way to its tables: a hash is no key."""
    assert mask(text) == text


def test_what_a_server_says_is_masked_by_the_same_patterns() -> None:
    """And only by them."""
    said = masked_line(f"Skyscrapers of {FOREIGN_KEYS['Groq']}\n and {FOREIGN_KEYS['Perplexity']}")
    assert said == f"Skyscrapers of {MASK} and {MASK}"


@pytest.mark.parametrize("name", sorted(secret_names()))
def test_every_secret_setting_is_masked_once_it_was_read(name: str, tmp_path: Path) -> None:
    """Whatever settings there will be: the list is made from them."""
    value = f"canary-{name}-0123456789-0123456789-0123456789"
    home = {"XBOT_HOME": str(tmp_path / ".xbot")}
    given = f"redis://:{value}@h:1/0" if name.endswith("_url") else value
    load_settings(home | {f"XBOT_{name.upper()}": given}, use_parts=False)
    assert mask(f"It was {value}.") == f"It was {MASK}."


def test_a_password_in_any_address_is_masked_also_as_it_is_sent(tmp_path: Path) -> None:
    """An address is shown, its password is not; a server sees it decoded, and in base 64 with the user's name."""
    url = "http://me:p%2Fass-word@h:1/v1"
    load_settings({"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_OPENAI_BASE_URL": url}, use_parts=False)
    assert mask("p/ass-word, p%2Fass-word, bWU6cC9hc3Mtd29yZA==") == f"{MASK}, {MASK}, {MASK}"
    assert mask(url) == f"http://{MASK}@h:1/v1" or mask(url) == f"http://me:{MASK}@h:1/v1"


def test_failures_alerts_and_the_ledger_hold_no_secret(database: Database) -> None:
    """Each masks by itself: an alert's fields need not come from a failure."""
    failure = PermanentFailure(f"It said {KEY}.", code=FailureCode.BAD_ANSWER, remedy=f"Change {KEY}.")
    assert KEY not in str(failure) + failure.reason + failure.remedy + repr(failure)
    alert(database, BROWSER_DEGRADED, now=NOON, reason=f"It said {KEY}.")
    assert [told.reason for told in open_alerts(database)] == [f"It said {MASK}."]
    record_llm_call(database, _call(f"It said {KEY}."))
    assert [call.failure_reason for call in recent_calls(database, 1)] == [f"It said {MASK}."]


def _call(reason: str) -> LlmCall:
    return LlmCall(
        purpose="plan",
        model="m",
        prompt_version="1",
        outcome="permanent",
        failure_code=FailureCode.BAD_ANSWER,
        failure_reason=reason,
        prompt_tokens=0,
        completion_tokens=0,
        cost_microusd=0,
        latency_ms=1,
        called_at=NOON,
    )


def _echo() -> None:
    raise ValueError(f"An echo of {KEY}")


def test_a_log_record_holds_no_secret_nor_does_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever handles it: the record itself is made without."""
    try:
        _echo()
    except ValueError:
        logging.getLogger("anybody").exception("It was %s", KEY)
    assert f"It was {MASK}" in caplog.text
    assert f"ValueError: An echo of {MASK}" in caplog.text
    assert KEY not in caplog.text
    assert all(KEY not in str(vars(record)) for record in caplog.records)


def test_a_secret_that_two_pieces_of_output_share_is_masked() -> None:
    """A pipe is read in pieces."""
    lines = LineMask()
    half = len(KEY) // 2
    written = lines.feed(b"one\nit is " + KEY[:half].encode()) + lines.feed(KEY[half:].encode() + b" two\nthr")
    assert written + lines.rest() == f"one\nit is {MASK} two\nthr".encode()


@pytest.mark.parametrize("secret", [KEY, f"sk-proj-{'aB3' * 30}", f"Bearer {'xY9' * 30}"])
@pytest.mark.parametrize("before", range(8_100, 8_260, 9))
def test_a_secret_in_a_line_without_an_end_is_masked_wherever_the_line_is_cut(secret: str, before: int) -> None:
    """Some providers answer with one line of many thousand characters; it is not kept back until it ends."""
    lines, text = LineMask(), f"{'x ' * (before // 2)}{secret} {'y ' * 9_000}".encode()
    pieces = [lines.feed(text[at : at + 777]) for at in range(0, len(text), 777)]
    assert sum(map(len, pieces)) > len(text) / 2
    written = (b"".join(pieces) + lines.rest()).decode()
    assert written == mask(text.decode())
    assert secret[-8:] not in written


@pytest.mark.parametrize(("mode", "line", "told"), [
    (0o644, "XBOT_OPENAI_API_KEY=x", True),
    (0o640, "XBOT_DATABASE_URL=postgresql://a:b@c/d", True),
    (0o604, "XBOT_TARGET_URL=http://a:b@c", True),
    (0o600, "XBOT_OPENAI_API_KEY=x", False),
    (0o644, "XBOT_HANDLE=somebody", False),
])  # fmt: skip
def test_secrets_in_a_file_that_others_can_read_are_told(tmp_path: Path, mode: int, line: str, *, told: bool) -> None:
    """By one sentence, at the start and by the doctor."""
    file = tmp_path / ".env"
    file.write_text(f"{line}\n")
    file.chmod(mode)
    sentence = exposed_env_file(Settings(home=tmp_path / ".xbot"))
    assert (sentence is not None) is told
    assert sentence is None or str(file) in sentence


@pytest.mark.parametrize("name", [".env", ".env.local", ".env.live", "session.sealed", "session.json"])
def test_git_does_not_take_files_of_secrets(name: str) -> None:
    """But the example of the settings belongs to the repository."""
    assert _ignored(name)
    assert not _ignored(".env.example")


def _ignored(name: str) -> bool:
    command = ["git", "check-ignore", "-q", "--no-index", name]
    return subprocess.run(command, cwd=PACKAGE_ROOT, check=False).returncode == 0


def test_an_unforeseen_end_of_the_command_line_keeps_no_secret(tmp_path: Path) -> None:
    """The crash log has the traceback, masked."""
    program = (
        "from xbot_assets.cli.entry import guarded\nfrom xbot_assets.settings import load_settings\n"
        "def crash():\n    raise RuntimeError(load_settings().openai_api_key.get_secret_value())\nguarded(crash)\n"
    )
    given = {"XBOT_HOME": str(tmp_path / ".xbot"), "XBOT_OPENAI_API_KEY": KEY, "PYTHONPATH": str(PACKAGE_ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | given, capture_output=True, text=True, check=False
    )
    kept = (tmp_path / ".xbot" / "logs" / "crash.log").read_text()
    assert "RuntimeError" in kept
    assert KEY not in kept + done.stdout + done.stderr
