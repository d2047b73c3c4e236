"""Refusals in the reader's language, by their code; what has no words here stays in English.

The flows refuse in English, exactly and with the values that were wrong; a person at a form needs
the gist in their own language first.
"""

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.languages import words_of
from store_server.errors import Refusal

TEXTS = {
    "right_missing": N_("Your role does not allow this. An admin can change roles."),
    "foreign_origin": N_("This form did not come from the console's own page. Open it again here."),
    "no_session": N_("Please log in first."),
    "user_shut_out": N_("This user may not come in any more."),
    "expired": N_("Your session is over. Please log in again."),
    "bad_password": N_("User name and password do not fit."),
    "short_password": N_(
        "A password has 12 to 256 characters. The link still works: choose another one."
    ),
    "link_over": N_(
        "This link was used or is over. On the server, store-server login-link prints a new one."
    ),
    "too_many_logins": N_("Too many failed logins. Wait a minute and try again."),
    "last_admin": N_("Somebody has to stay admin. Make another one first."),
    "user_exists": N_("There is a user of this name already."),
    "unknown_user": N_("There is no such user."),
    "bad_user_name": N_(
        "A user name has 1 to 32 small letters, digits, dots, hyphens or underlines."
    ),
    "key_exists": N_("There is a living key of this name. End it first, or take another name."),
    "bad_name": N_("A name has 1 to 40 characters."),
    "unknown_key": N_("There is no such key."),
    "bad_reason": N_("Give a reason of 8 to 200 characters: it is kept with what you look at."),
    "unknown_shopper": N_("There is no such shopper."),
    "look_over": N_("This look is over. Ask again, with a reason."),
    "unknown_decision": N_("There is no such decision."),
    "unknown_entry": N_("There is no such entry."),
    "still_on_its_way": N_("It is still on its way. Wait for it."),
    "suppressed": N_("It must not be sent: sending again is no way around a no."),
    "moment_over": N_("The moment of the offer is over. Let it rest."),
    "unknown_coupon": N_("This store gave out no such code."),
    "unknown_campaign": N_("There is no such campaign."),
    "unknown_experiment": N_("There is no such experiment."),
    "experiment_begun": N_("It has begun; what has drawn people is not changed. Make another one."),
    "experiment_not_running": N_("It is not running."),
    "experiment_conflict": N_(
        "Another experiment that runs tries the same with this campaign. Stop that one first."
    ),
    "experiment_runs": N_("An experiment that runs needs what this takes away. Stop it first."),
    "not_replayable": N_(
        "Past visits cannot show this: its moment is not that somebody comes, stays or leaves."
    ),
    "no_file": N_("Choose a file first."),
    "file_too_large": N_("The file is too large. Make it smaller, 10 MiB at most."),
    "bad_upload": N_("The file could not be read. Send it again."),
    "no_template": N_("Please choose one of the list."),
    "store_exists": N_("The store was set up before. Its name and hours are under Settings."),
    "no_deliveries": N_("This server sends nothing."),
    "no_creative": N_("None of its offers speaks this language."),
    "bad_contact": N_("This is no address: give one like ana@example.com or +34600000000."),
    "channel_off": N_("This channel is not set up on this server."),
    "unknown_endpoint": N_("There is no such receiver any more."),
    "unknown_page": N_("There is nothing at this address."),
    "bad_cursor": N_("This page of the list is not there any more. Begin at the newest."),
}


@pass_context
def refusal_text(page: Context, refusal: Refusal) -> str:
    """The refusal for the reader of this page."""
    text = TEXTS.get(refusal.code)
    if text is None:
        return Markup('<span lang="en">{}</span>').format(str(refusal))
    return words_of(str(page["language"])).gettext(text)
