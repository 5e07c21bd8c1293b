"""The list of failure codes: each is used, and raised only as the kinds that it is listed with."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import xbot_assets
from xbot_assets.browser.failures import PageGoneError
from xbot_assets.browser.failures import classify as classify_browser
from xbot_assets.browser.pages.refusals import publish_refusal, refusal_of
from xbot_assets.browser.pages.states import PageState, failure_of_state
from xbot_assets.domain import failures
from xbot_assets.domain.admission.refusal import Consequence
from xbot_assets.domain.admission.rules import RULES
from xbot_assets.domain.failure_codes import GATE_CODES, FailureCode, gate_code
from xbot_assets.domain.failure_kinds import FailureKind
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.gates import injection
from xbot_assets.domain.gates.chain import GATES
from xbot_assets.store.engine.statements import product_statements
from xbot_assets.x.account_state import ACCOUNT_TROUBLE, AccountState

SOURCE = Path(xbot_assets.__file__).parent
LIST = SOURCE / "domain" / "failure_codes.py"
REJECTING_RULES = frozenset(rule.name for rule in RULES if rule.consequence is Consequence.REJECT)
WRITTEN_CODE = re.compile(r"failure_code\b[^,\n]*'\w+'")
KINDS = {cls.__name__: cls.kind for cls in ProductError.__subclasses__()}


def trees() -> Iterator[ast.Module]:
    """Return every module of the product but the list itself and the sandbox, which knows nothing of it."""
    for file in SOURCE.rglob("*.py"):
        if file != LIST and "sandbox" not in file.relative_to(SOURCE).parts and "testing" not in file.parts:
            yield ast.parse(file.read_text(encoding="utf-8"))


def test_every_code_has_a_kind_and_a_remedy() -> None:
    """Whoever reads a code knows what it means for a retry and what to do."""
    for code in FailureCode:
        assert code.kinds, code
        assert code.remedy.endswith("."), code
        assert FailureCode(str(code)) is code


def test_every_code_is_used_somewhere() -> None:
    """A code that nothing raises any more leaves the list, unless stored rows still hold it."""
    named = {
        node.attr
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "FailureCode"
    }
    made = GATE_CODES | ACCOUNT_TROUBLE | frozenset(PageState) | REJECTING_RULES
    assert [code for code in FailureCode if code.name not in named and code not in made] == []


def test_a_failure_is_raised_only_as_a_kind_that_its_code_is_listed_with() -> None:
    """The kinds are what retries are decided by."""
    wrong = [
        ast.unparse(call)
        for tree in trees()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KINDS
        for code in codes_of(call)
        if KINDS[call.func.id] not in code.kinds
    ]
    assert wrong == []


def codes_of(call: ast.Call) -> Iterator[FailureCode]:
    """Return the code that a call names in so many words."""
    for keyword in call.keywords:
        if keyword.arg == "code" and ast.unparse(keyword.value).startswith("FailureCode."):
            yield FailureCode[ast.unparse(keyword.value).removeprefix("FailureCode.")]


def test_every_gate_has_a_code() -> None:
    """A text that a gate refused is counted under the gate's name."""
    for gate in (*GATES, injection.GATE):
        assert gate_code(gate) == f"gate_{gate}"
    assert gate_code("one of tomorrow") is FailureCode.GATE_OTHER


def test_every_rule_that_rejects_a_post_for_good_has_a_code() -> None:
    """It is stored with the post, as the code of any other failure is."""
    assert [FailureCode(rule).kinds for rule in REJECTING_RULES] == [(FailureKind.PERMANENT,)] * len(REJECTING_RULES)


def test_no_statement_writes_a_code_of_its_own() -> None:
    """Codes come from the list, also those that are stored without anything being raised."""
    written = [name for name, one in product_statements().items() if WRITTEN_CODE.search(one.text.decode())]
    assert written == []


def test_every_trouble_of_the_account_has_a_code_and_so_has_every_page_that_is_not_ready() -> None:
    """These are made from other lists."""
    assert {state.failure_code for state in AccountState if state is not AccountState.LOGGED_IN} <= set(FailureCode)
    for state in set(PageState) - {PageState.READY}:
        failure = failure_of_state(state, "/home")
        assert failure.kind in failure.code.kinds


@pytest.mark.parametrize("clicked", [False, True])
def test_what_the_browser_dies_of_is_of_a_listed_kind(*, clicked: bool) -> None:
    """Before the click as after it."""
    for error in (TimeoutError(), PageGoneError(), RuntimeError("?")):
        failure = classify_browser(error, clicked=clicked)
        assert failure.kind in failure.code.kinds


@pytest.mark.parametrize("number", [29, 32, 37, 63, 64, 88, 130, 131, 141, 144, 186, 187, 226, 326, 336, 344, 385])
def test_what_x_refuses_is_of_a_listed_kind(number: int) -> None:
    """X's own errors by their number."""
    body = {"errors": [{"code": number, "message": "?"}]}
    for failure in (refusal_of(200, {}, body), publish_refusal(200, {}, body)):
        assert failure is not None
        assert failure.kind in failure.code.kinds


@pytest.mark.parametrize("kind", list(FailureKind))
def test_a_failure_without_a_remedy_of_its_own_has_its_codes(kind: FailureKind) -> None:
    """An empty remedy says that nothing needs doing; that has to be written."""
    code = next(code for code in FailureCode if kind in code.kinds)
    assert failures.failure_of(kind, "Why.", code=code).remedy == code.remedy
    assert failures.failure_of(kind, "Why.", code=code, remedy="").remedy == ""
