"""What can stop a simulation, and with which exit code.

FirmwareSimError              1
+-- ScenarioError             1  a scenario or plan file is wrong; the text names file and key
+-- DeviceError              1  a beacon's or tag's configuration that firmware would refuse
+-- RecordingError            1  a real recording, site or survey is missing or wrong
+-- RetailDataError           1  the real purchase data is missing or not as expected
+-- ChildFailed               1  a program that was started ended or never became ready
+-- OutletError               3  the store server refuses or does not answer
+-- InvariantBroken           1  the run ended, but something does not add up
"""

from typing import ClassVar


class FirmwareSimError(Exception):
    """Root of every error of the simulator."""

    exit_code: ClassVar[int] = 1


class ScenarioError(FirmwareSimError):
    """A scenario or floor plan file is wrong."""


class DeviceError(FirmwareSimError):
    """A device is configured as no firmware would take it."""


class RecordingError(FirmwareSimError):
    """A real recording, its truth, site or survey is missing or wrong."""


class RetailDataError(FirmwareSimError):
    """The package with real purchases is missing, or its tables are not as expected."""


class ChildFailed(FirmwareSimError):
    """A started program ended, or did not become ready in time."""


class OutletError(FirmwareSimError):
    """The store server refuses a request of the simulator, or does not answer."""

    exit_code = 3


class InvariantBroken(FirmwareSimError):
    """The run ended, but what was sent and what was applied differ."""
