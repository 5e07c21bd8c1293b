"""Asking X whether the stored session still stands, before a post has to find out."""

from datetime import timedelta

from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.account.publishing_hold import hold_publishing, lift_disproved
from xbot_assets.steps.own_account import Account
from xbot_assets.steps.product import Opened, Product
from xbot_assets.store.account.publishing_holds import PublishingHold
from xbot_assets.store.account.session_checks import (
    Login,
    insert_session_check,
    states_since,
)
from xbot_assets.store.engine.database import Transaction
from xbot_assets.x.account_state import ACCOUNT_TROUBLE, SESSION_TROUBLE, AccountState, other_account, shown_trouble
from xbot_assets.x.operations import CheckSession

DEADLINE_SECONDS = 30.0
"""Most that a check may take: it opens one page, which settles within 15 s or not at all."""


def check_session(product: Product, lane: Lane = Lane.HIGH) -> Login:
    """Ask once in a lane, keep the answer, and hold publishing or let it go on accordingly.

    A session that the host cannot even use is an answer too: nobody is logged in with it.

    Raises:
        ProductError: X could not be asked, which says nothing about the session; nothing is kept. When X wants proof
            of a person, publishing is on hold.
    """
    trouble: ProductError | None
    try:
        login = _ask(product, lane)
        trouble = _trouble_of(login, product.account)
    except ProductError as failure:
        if failure.code not in SESSION_TROUBLE | {AccountState.LOGGED_OUT}:
            if failure.code in ACCOUNT_TROUBLE:
                with product.database.transaction() as transaction:
                    hold_publishing(transaction, failure, product.clock.now())
            raise
        login, trouble = Login(state=AccountState.LOGGED_OUT), failure
    with product.database.transaction() as transaction:
        _apply(transaction, product, login, trouble)
    return login


def session_wait(product: Opened) -> str | None:
    """Say in words why no check is due now, or ``None``."""
    if AccountState.CHALLENGE in product.account.holds:
        return "X wants proof of a person: nothing looks at it until 'xbot resume'."
    last = product.account.session
    interval = timedelta(minutes=product.settings.session_check_minutes)
    if last is not None and product.clock.now() - last.checked_at < interval:
        return "The session was checked recently."
    return None


def _ask(product: Product, lane: Lane) -> Login:
    answer = product.x.run(CheckSession(), lane=lane, deadline_seconds=DEADLINE_SECONDS)
    return Login(state=answer.state, handle=answer.handle)


def _apply(transaction: Transaction, product: Product, login: Login, trouble: ProductError | None) -> None:
    """Keep the answer, hold publishing for its trouble, and lift the holds that it disproves.

    A refusal of X's that no check ever saw stays a hold: a page that looks well does not prove that posting is well.
    """
    now = product.clock.now()
    insert_session_check(transaction, login, now)
    if trouble is not None:
        hold_publishing(transaction, trouble, now)

    def is_over(hold: PublishingHold) -> bool:
        if trouble is not None and hold.code == trouble.code:
            return False
        return hold.code in SESSION_TROUBLE or hold.code in states_since(transaction, hold.since)

    lift_disproved(transaction, product.worker, now, is_over)


def _trouble_of(login: Login, account: Account) -> ProductError | None:
    if login.state != AccountState.LOGGED_IN:
        return shown_trouble(login.state)
    if login.handle is not None and not account.is_own(login.handle):
        return other_account(f"@{login.handle}", f"@{account.handle}")
    return None
