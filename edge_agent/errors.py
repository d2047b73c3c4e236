"""What can stop a gateway daemon, and which exit code it means.

    EdgeAgentError
    +-- UsageError         an argument cannot be meant                             (exit 2)
    +-- ConfigError        a setting is missing, unknown or out of range           (exit 1)
    +-- EnrolmentRefused   the server says no, or is not the one that made the code (exit 1)
    +-- ServerUnreachable  the store server does not answer `enrol`                (exit 3)
    +-- SourceError        the radio, feed socket or recording cannot be opened   (exit 1)
    +-- SpoolError         the spool file cannot be used                          (exit 1)
        +-- SpoolLocked    another agent holds this spool                         (exit 1)

What comes from outside (adverts, acknowledgements, datagrams) never raises: it is counted.
A broker that cannot be reached is no error either: the agent goes on hearing and spooling.
"""


class EdgeAgentError(Exception):
    """Root of every error of edge_agent."""


class UsageError(EdgeAgentError):
    """An argument of a command cannot be meant; the text names it."""


class ConfigError(EdgeAgentError):
    """A setting is missing, unknown or out of range; the text names file, section and key."""


class EnrolmentRefused(EdgeAgentError):
    """The store server refuses the code, or whoever answered did not make it."""


class ServerUnreachable(EdgeAgentError):
    """The store server does not answer."""


class SourceError(EdgeAgentError):
    """Adverts cannot be had: the text names the adapter, socket or file."""


class SpoolError(EdgeAgentError):
    """The spool file cannot be opened, read or written; the text names it."""


class SpoolLocked(SpoolError):
    """Another agent is running on the same spool file."""
