"""What stopped somebody on the way from a visit to the till, in words."""

from store_server.decisions.plural import Language
from store_server.decisions.reason import Reason
from store_server.decisions.reason_text import reason_text
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.languages import words_of
from store_server.outbox.reason import DeliveryReason, delivery_reason_text

OTHER_TEXTS = {
    "held_out": N_("Held out, so that the effect can be measured."),
    "not_opened": N_("Delivered, and not opened."),
    "coupon_issued": N_("The coupon can still be used."),
    "coupon_reserved": N_("A till holds the coupon."),
    "coupon_expired": N_("The coupon expired."),
    "coupon_revoked": N_("The coupon was called back."),
    "unknown": N_("No reason was written down."),
}


def loss_text(code: str, language: Language) -> str:
    """The sentence for a code of the funnel; a code that nobody knows stands for itself.

    Args:
        code: a decision's reason, an undelivered way as "state reason", or one of the funnel's.
        language: of the sentence.
    """
    if code in OTHER_TEXTS:
        return words_of(language).gettext(OTHER_TEXTS[code])
    if code in set(Reason):
        return reason_text(Reason(code), language)
    last = code.rpartition(" ")[2]
    if last in set(DeliveryReason):
        return delivery_reason_text(DeliveryReason(last), language)
    return code
