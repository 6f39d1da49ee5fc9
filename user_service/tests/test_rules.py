"""What counts as an address, a password, a wait."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.errors import Refusal, Refusals
from user_service import errors, rules, totp

FIELD = ("input", "email")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Ana@Example.ORG ", "ana@example.org"),
        ("ana+films@example.org", "ana+films@example.org"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ＡＮＡ@example.org", "ana@example.org"),
        ("o'neil@example.co.uk", "o'neil@example.co.uk"),
    ],
)
def test_an_address_has_one_form(given, kept):
    assert rules.email_of(given, FIELD) == kept


@pytest.mark.parametrize(
    "given",
    ["", "ana", "ana@", "@example.org", "ana@example", "a na@example.org", "ana@exam ple.org", "ana@@example.org",
     ".ana@example.org", "ana..b@example.org", "ana@-example.org", "ana@example..org", "ana@example.org\nBcc: x@y.zz",
     f"{'a' * 65}@example.org", f"ana@{'a' * 64}.org", "ana\x00@example.org", f"a@{'b.' * 130}org"],
)  # fmt: skip
def test_what_no_mail_could_reach_is_no_address(given):
    with pytest.raises(errors.EmailInvalid):
        rules.email_of(given, FIELD)


@pytest.mark.parametrize(
    "given",
    ["password", "PASSWORD1", "12345678", "87654321", "qwertyuiop", "aaaaaaaa", "abcdefgh", "sunshine"],
)
def test_what_others_guess_first_is_no_password(given):
    with pytest.raises(errors.PasswordTooCommon):
        rules.password_of(given, FIELD)


@pytest.mark.parametrize(
    "given", ["velvet curtain rises", "Tr0mbone-9!", "x" * 7 + "yz", "пароль мой 17", "p" * 512 + "qr" * 256]
)
def test_any_other_password_of_8_to_1024_characters_will_do(given):
    assert rules.password_of(given, FIELD) == given


def test_a_password_of_7_or_1025_characters_is_refused():
    with pytest.raises(errors.PasswordTooShort):
        rules.password_of("abc-123", FIELD)
    with pytest.raises(errors.PasswordTooLong):
        rules.password_of("ab" * 512 + "c", FIELD)


@pytest.mark.parametrize("given", ["+351 21 000 0000", "(030) 901820", "0041-44-123"])
def test_a_telephone_number_is_kept_as_it_was_written(given):
    try:
        assert rules.phone_of(f" {given} ", FIELD) == given
    except errors.PhoneInvalid:
        assert given.startswith("(")


@pytest.mark.parametrize("given", ["12", "call me", "+49 <script>", "1" * 60])
def test_what_nobody_can_dial_is_no_number(given):
    with pytest.raises(errors.PhoneInvalid):
        rules.phone_of(given, FIELD)


def test_a_name_needs_letters_that_can_be_shown():
    assert rules.name_of("  Zoë  ", FIELD) == "Zoë"
    for given, refusal in (
        (" ", errors.NameRequired), ("a" * 121, errors.NameTooLong), ("a\x07b", errors.NameInvalid),
        ("\U000e0001" * 9, errors.NameInvalid), ("Ana \u202etsoC", errors.NameInvalid), ("\u200d", errors.NameInvalid),
    ):  # fmt: skip
        with pytest.raises(refusal):
            rules.name_of(given, FIELD)


def test_the_first_language_of_a_browser_is_taken():
    assert rules.spoken_locale("pt-BR,pt;q=0.9,en;q=0.8") == "pt-BR"
    assert rules.spoken_locale("*") == "en"
    assert rules.spoken_locale(None) == "en"


def test_everything_that_is_wrong_is_told_at_once():
    faults = rules.Gathering()
    faults.check(rules.email_of, "ana", FIELD)
    faults.check(rules.password_of, "short", FIELD)

    with pytest.raises(Refusals) as told:
        faults.tell()

    assert [type(refusal) for refusal in told.value.refusals] == [
        errors.EmailInvalid,
        errors.PasswordTooShort,
    ]


def test_the_wait_doubles_and_stops_growing_at_a_quarter_of_an_hour():
    waits = [int(rules.delay_after(failures, 5).total_seconds()) for failures in range(17)]

    assert waits == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_failures_are_forgotten_after_an_hour_without_one():
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert rules.failures_left(7, now - timedelta(minutes=59), now) == 7
    assert rules.failures_left(7, now - timedelta(minutes=61), now) == 0


def test_only_staff_and_managers_hold_their_role_for_cinemas():
    assert rules.cinemas_of("STAFF", ["b", "a", "b"], FIELD) == ["a", "b"]
    assert rules.cinemas_of("ADMIN", ["a"], FIELD) == []
    with pytest.raises(Refusal):
        rules.cinemas_of("MANAGER", ["x" * 37], FIELD)


def test_the_last_administrator_cannot_go():
    rules.keeps_an_admin(["a", "b"], "a")
    rules.keeps_an_admin(["a"], "somebody else")
    with pytest.raises(errors.LastAdmin):
        rules.keeps_an_admin(["a"], "a")


# RFC 6238, appendix B, SHA-1; the RFC prints eight digits, apps show the last six.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds, code):
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    assert totp.code_at(secret, totp.step_of(datetime.fromtimestamp(seconds, UTC))) == code


def test_a_code_is_good_for_one_step_around_now_and_only_once():
    secret, now = totp.new_secret(), datetime(2026, 11, 21, 12, tzinfo=UTC)
    step = totp.step_of(now)

    assert totp.matching_step(secret, totp.code_at(secret, step - 1), now=now, after=0) == step - 1
    assert totp.matching_step(secret, totp.code_at(secret, step - 2), now=now, after=0) is None
    assert totp.matching_step(secret, totp.code_at(secret, step), now=now, after=step) is None
    assert totp.matching_step(secret, "", now=now, after=0) is None
    assert totp.matching_step(secret, "１２３４５６", now=now, after=0) is None
