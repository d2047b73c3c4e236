"""How a gateway proves who it is: user and password from files, certificates for TLS.

Files are read at every connection, so that a renewed password or certificate is used without a
restart.
"""

from pathlib import Path

from paho.mqtt import client as paho

from edge_agent.settings import MqttSettings


def mqtt_user(settings: MqttSettings) -> str:
    """The user name, from the setting or its file; empty for none.

    Raises:
        OSError: the file cannot be read.
    """
    if settings.username_file:
        return Path(settings.username_file).read_text(encoding="utf-8").strip()
    return settings.username


def use_credentials(client: paho.Client, settings: MqttSettings) -> None:
    """Give `client` the user, password and certificates that `settings` name.

    Raises:
        OSError: a file cannot be read; the error names it.
        ssl.SSLError: a certificate or key is not one, or they do not belong together.
    """
    user = mqtt_user(settings)
    if user:
        password = None
        if settings.password_file:
            password = Path(settings.password_file).read_text(encoding="utf-8").strip()
        client.username_pw_set(user, password)
    if settings.tls:
        for path in (settings.ca_file, settings.cert_file, settings.key_file):
            # ssl's own error for a missing file does not say which one.
            if path:
                Path(path).open("rb").close()
        client.tls_set(
            ca_certs=settings.ca_file or None,
            certfile=settings.cert_file or None,
            keyfile=settings.key_file or None,
        )
