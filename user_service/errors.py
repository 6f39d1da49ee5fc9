"""What user_service refuses, each with its stable code."""

from __future__ import annotations

from chassis.errors import Refusal


class EmailTaken(Refusal):
    """Another account has this address."""

    code = "EMAIL_TAKEN"
    message = "There is already an account with this e-mail address. Sign in, or reset its password."


class EmailInvalid(Refusal):
    """Not an address that mail could reach."""

    code = "EMAIL_INVALID"
    message = "This is not an e-mail address."


class NameRequired(Refusal):
    """Blank."""

    code = "NAME_REQUIRED"
    message = "Please tell us a name."


class NameTooLong(Refusal):
    """More than 120 characters."""

    code = "NAME_TOO_LONG"
    message = "A name has at most 120 characters."


class NameInvalid(Refusal):
    """Holds control characters."""

    code = "NAME_INVALID"
    message = "This name has characters that can't be shown."


class PhoneInvalid(Refusal):
    """Not a telephone number."""

    code = "PHONE_INVALID"
    message = "This is not a telephone number. Use the international form, e.g. +351 21 000 0000."


class LocaleInvalid(Refusal):
    """Not a language tag."""

    code = "LOCALE_INVALID"
    message = "This is not a language tag such as en or pt-BR."


class PasswordTooShort(Refusal):
    """Under 8 characters."""

    code = "PASSWORD_TOO_SHORT"
    message = "A password needs at least 8 characters."


class PasswordTooLong(Refusal):
    """Over 1,024 characters."""

    code = "PASSWORD_TOO_LONG"
    message = "A password has at most 1,024 characters."


class PasswordTooCommon(Refusal):
    """One of those that are tried first."""

    code = "PASSWORD_TOO_COMMON"
    message = "This password is one of the first that others would guess. Please choose another."


class InvalidCredentials(Refusal):
    """Address and password do not belong together; never says which of them is wrong."""

    code = "INVALID_CREDENTIALS"
    message = "E-mail address or password is wrong."


class AccountDeactivated(Refusal):
    """Told only to somebody who knows the password."""

    code = "ACCOUNT_DEACTIVATED"
    message = "This account is switched off. Please ask the cinema."


class TotpRequired(Refusal):
    """The password was right; a code of the authenticator is needed as well."""

    code = "TOTP_REQUIRED"
    message = "Please enter the code of your authenticator app."


class TotpInvalid(Refusal):
    """Wrong, used before, or too old."""

    code = "TOTP_INVALID"
    message = "This code is not valid. Wait for the next one and try again."


class TotpAlreadyOn(Refusal):
    """Enrolled and confirmed before."""

    code = "TOTP_ALREADY_ON"
    message = "Codes are already asked for at sign-in. Switch them off first."


class TotpNotEnrolled(Refusal):
    """There is nothing to confirm or to switch off."""

    code = "TOTP_NOT_ENROLLED"
    message = "No authenticator app is set up for this account."


class WrongPassword(Refusal):
    """The password that guards a change of the own account."""

    code = "WRONG_PASSWORD"
    message = "The password is wrong."


class RefreshTokenInvalid(Refusal):
    """Unknown, expired, or of a session that has ended."""

    code = "REFRESH_TOKEN_INVALID"
    message = "Your session has ended. Please sign in again."


class RefreshTokenReused(Refusal):
    """Presented a second time; the session has been ended to be safe."""

    code = "REFRESH_TOKEN_REUSED"
    message = "Your session was used from two places and has been ended. Please sign in again."


class LinkInvalid(Refusal):
    """A link that is unknown, was used before, or has expired."""

    code = "LINK_INVALID"
    message = "This link was used before or has expired. Please ask for a new one."


class EmailAlreadyVerified(Refusal):
    """Nothing is left to prove."""

    code = "EMAIL_ALREADY_VERIFIED"
    message = "Your e-mail address is already confirmed."


class LastAdmin(Refusal):
    """Somebody has to be able to manage people."""

    code = "LAST_ADMIN"
    message = "This is the last administrator. Make another person administrator first."


class AdminExists(Refusal):
    """The first administrator is appointed once; the others are invited."""

    code = "ADMIN_EXISTS"
    message = "There is an administrator already: ask for an invitation."


class CinemasInvalid(Refusal):
    """Too many, or not ids."""

    code = "CINEMAS_INVALID"
    message = "These are not ids of cinemas."
