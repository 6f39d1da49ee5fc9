"""The simulated provider's payment-method ids: what each of them makes happen."""

from __future__ import annotations

from dataclasses import dataclass

from payment_service.providers import ChargeState

SLOW, LATE = "slow", "late"


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How a charge goes.

    `state` is how it stands on the provider's books at once, `answer` what the caller is told (None: nothing).
    `settles`: the wait, by its name in the settings, until PROCESSING becomes SUCCEEDED. `notices`: webhooks,
    as (state told, wait until it is sent); equal ones are the same event sent again.
    """

    state: ChargeState
    answer: ChargeState | None
    failure_code: str | None = None
    settles: str | None = None
    notices: tuple[tuple[ChargeState, str | None], ...] = ()


_DONE, _NO, _WAITING = ChargeState.SUCCEEDED, ChargeState.FAILED, ChargeState.PROCESSING
_ASKED = ChargeState.ACTION_REQUIRED

BEHAVIOURS = {
    "pm_success": Behaviour(state=_DONE, answer=_DONE),
    "pm_declined": Behaviour(state=_NO, answer=_NO, failure_code="CARD_DECLINED"),
    "pm_insufficient_funds": Behaviour(state=_NO, answer=_NO, failure_code="INSUFFICIENT_FUNDS"),
    "pm_3ds": Behaviour(state=_ASKED, answer=_ASKED),
    "pm_slow": Behaviour(state=_WAITING, answer=_DONE, settles=SLOW, notices=((_DONE, SLOW),)),
    "pm_answer_lost": Behaviour(state=_DONE, answer=None),
    "pm_webhook_late": Behaviour(state=_DONE, answer=_WAITING, notices=((_DONE, LATE),)),
    "pm_webhook_twice": Behaviour(
        state=_DONE, answer=_DONE, notices=((_DONE, None), (_DONE, None), (_WAITING, None))
    ),
    "pm_webhook_out_of_order": Behaviour(
        state=_DONE, answer=_WAITING, notices=((_DONE, None), (_WAITING, LATE), (_NO, LATE))
    ),
}
TERMINAL_TOKEN = "pm_success"  # noqa: S105  # what the simulated terminal at the box office answers with
UNKNOWN = Behaviour(state=_NO, answer=_NO, failure_code="PAYMENT_METHOD_UNKNOWN")
