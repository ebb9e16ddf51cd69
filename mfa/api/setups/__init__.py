"""What a set-up takes and answers, method by method. Another method is another module, entered in `SET_UPS`."""

from mfa.api.setups import sent, totp
from mfa.api.setups.base import SetUp

SET_UPS: dict[str, SetUp] = {
    set_up.method: set_up for set_up in (totp.SET_UP, sent.SMS_SET_UP, sent.EMAIL_SET_UP)
}
