"""Doors: MQTT subscriber, HTTP API, console, jobs. They translate, call a flow and answer."""
