"""E-mail addresses in the one form in which they are stored, compared and written to."""

from __future__ import annotations

import unicodedata

import email_validator
import regex

from coderai.kit.errors import InvalidInput

_LONGEST = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""
_UNSEEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{C}\p{Z}\p{Bidi_Control}]")
"""What is not seen, or changes how the rest is seen: invisible, control, space and direction characters."""

# Networks of their own use .local; whether mail gets there is not for us to say.
email_validator.SPECIAL_USE_DOMAIN_NAMES = [
    name for name in email_validator.SPECIAL_USE_DOMAIN_NAMES if name != "local"
]


def normal_email(text: str) -> str:
    """An address as it is stored and compared: trimmed, in lower case, its domain in ASCII (IDNA 2008).

    Characters are never replaced by others that look alike: an address that Unicode's compatibility form (NFKC) would
    change may belong to somebody else than the changed one, and is refused.

    Raises:
        InvalidInput: it is no address, or has characters that cannot be seen.
    """
    stripped = text.strip()
    if len(stripped) > _LONGEST:
        raise _invalid("it is longer than 254 characters")
    if _UNSEEN.search(stripped):
        raise _invalid("it has a space or a character that cannot be seen")
    try:
        parsed = email_validator.validate_email(
            stripped, check_deliverability=False, globally_deliverable=False, strict=True
        )
    except email_validator.EmailNotValidError:
        raise _invalid("this is not an e-mail address") from None
    return _in_lower_case(parsed)


def _in_lower_case(parsed: email_validator.ValidatedEmail) -> str:
    local = parsed.local_part.lower()
    if not unicodedata.is_normalized("NFKC", local):
        raise _invalid("it has characters that look like others")
    email = f"{local}@{(parsed.ascii_domain or parsed.domain).lower()}"
    if len(email) > _LONGEST:
        raise _invalid("it is longer than 254 characters")
    return email


def _invalid(problem: str) -> InvalidInput:
    return InvalidInput(f"give an e-mail address such as ada@example.org; {problem}", fields={"email": problem})
