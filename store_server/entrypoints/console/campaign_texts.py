"""What the pages of campaigns call things: states, moves, the checklist, the parts of a version."""

from store_server.entrypoints.console.frame import N_
from store_server.offers.campaign import CampaignState
from store_server.offers.lifecycle import Move

STATE_TEXTS = {
    CampaignState.DRAFT: N_("Draft"),
    CampaignState.IN_REVIEW: N_("In review"),
    CampaignState.SCHEDULED: N_("Scheduled"),
    CampaignState.LIVE: N_("Live now"),
    CampaignState.PAUSED: N_("Paused"),
    CampaignState.ENDED: N_("Over"),
}
STATE_KINDS = {
    CampaignState.LIVE: "good",
    CampaignState.PAUSED: "warn",
    CampaignState.IN_REVIEW: "held_out",
    CampaignState.SCHEDULED: "held_out",
}
MOVE_TEXTS = {
    Move.SUBMIT: N_("Ask for approval"),
    Move.SEND_BACK: N_("Send back"),
    Move.APPROVE: N_("Approve and launch"),
    Move.WITHDRAW: N_("Withdraw"),
    Move.PAUSE: N_("Pause"),
    Move.RESUME: N_("Go on"),
    Move.END: N_("Stop for good"),
}
CHECK_TEXTS = {
    "goal": N_("It has a goal"),
    "smallest_effect": N_("It says from which effect on it is worth having"),
    "end_date": N_("It has an end"),
    "words": N_("Every text can be said to everybody"),
    "banned_words": N_("No text says a banned word"),
    "lengths": N_("Every text fits"),
    "offers_valid": N_("Its offers are valid"),
    "zone": N_("Its zone is on the plan"),
    "language": N_("Its offers speak the store's language"),
    "window": N_("Its time is not over"),
    "budget": N_("It has a budget"),
}
TO_DO_TEXTS = {
    "goal": N_("Choose what it is to move."),
    "smallest_effect": N_("Say from how many points on it is worth having."),
    "end_date": N_("Give it an end."),
    "words": N_("Mend the text, or say what stands in for what a shopper lacks."),
    "banned_words": N_("Say it in other words."),
    "lengths": N_("Shorten it, or write another text for that channel."),
    "offers_valid": N_("Move the dates of these offers, or take them out."),
    "zone": N_("Choose a zone of the plan."),
    "language": N_("Write each offer in the store's language."),
    "window": N_("Move its end into the future."),
    "budget": N_("Say how many coupons, or how much money, it may give away."),
}
ACTION_TEXTS = {"saved": N_("Saved"), "published": N_("Published"), Move.START: N_("Started")}


FIELD_TEXTS = {
    "name": N_("Name"),
    "trigger": N_("When"),
    "hours": N_("Between which hours"),
    "weekdays": N_("On which days"),
    "step": N_("What it waits for"),
    "segment": N_("Who"),
    "offers": N_("Offers"),
    "fallback_offer": N_("Or else"),
    "channels": N_("By which channels"),
    "cap_per_visit": N_("Times in a visit"),
    "cap_per_day": N_("Times in a day"),
    "cap_per_week": N_("Times in a week"),
    "budget_issues": N_("Coupons at most"),
    "budget_minor": N_("Money at most, in cents"),
    "starts_at": N_("From"),
    "ends_at": N_("Until"),
    "goal": N_("Goal"),
    "smallest_effect_bp": N_("Worth having from, in hundredths of a point"),
    "holdout_bp": N_("Held out, in hundredths of a percent"),
    "priority": N_("Priority"),
}
