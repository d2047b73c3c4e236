"""The address of every page of the console in the lively store, by a name for its picture."""

PAGES: dict[str, str] = {
    "overview": "/",
    "live": "/live",
    "store-devices": "/store/devices",
    "activity": "/activity",
    "audit": "/activity/audit",
    "settings": "/settings",
    "settings-people": "/settings/people",
    "settings-keys": "/settings/keys",
    "settings-webhooks": "/settings/webhooks",
    "settings-privacy": "/settings/privacy",
    "settings-languages": "/settings/languages",
    "settings-system": "/settings/system",
}
