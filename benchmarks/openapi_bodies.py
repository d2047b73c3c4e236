"""Honest bodies for the fuzzing of the API: see `openapi_seeds`."""

OFFER = {
    "name": "Bread",
    "category": "BREAD",
    "product_ids": ["p1"],
    "price_minor": 300,
    "margin_minor": 150,
    "face_value_minor": 50,
    "effect_mean": 0.1,
    "effect_strength": 50.0,
    "creatives": {"en": {"title": "{offer}", "body": "{value} off today"}},
}
CAMPAIGN = {
    "name": "Bread hour",
    "offers": ["bread"],
    "trigger": {"kind": "zone_dwell", "zone": "right", "dwell_s": 30},
    "hours": ["08:00", "21:00"],
    "state": "draft",
    "goal": "purchases",
    "smallest_effect_bp": 300,
    "ends_at": "2099-01-01T00:00:00Z",
}
EXPERIMENT = {
    "name": "Where it is read",
    "campaigns": ["bread-left"],
    "varies": [
        {"factor": "channel", "levels": [{"name": "push"}, {"name": "inbox", "value": "app"}]}
    ],
    "ends_at": "2099-01-01T00:00:00Z",
}
CONTACT = {"address": "ann@shop.example"}
KIND = {"purpose": "profile", "fields": [], "keep_days": 30}

PRINTED = {"placement": "qr"}
