"""What a pharmacist or a head nurse may change: numbers, severities, releases, reasons.

The shipped policy is a file that people can read, ``profiles/ismp.toml``; a site's own file
names only what it changes, and is refused as a whole when it has a mistake.
"""

from bcma.policy.load import PROFILES, load_policy, shipped_policy
from bcma.policy.mistakes import Mistake, PolicyError, SettingProblem, SettingsError
from bcma.policy.policy import Policy
from bcma.policy.reasons import ACTS, EVERYWHERE
from bcma.policy.values import AgeGroup, PharmacyHours, SiteReason, Verification
from bcma.policy.windows import Window, WindowClass, WindowProfile

__all__ = [
    "ACTS",
    "EVERYWHERE",
    "PROFILES",
    "AgeGroup",
    "Mistake",
    "PharmacyHours",
    "Policy",
    "PolicyError",
    "SettingProblem",
    "SettingsError",
    "SiteReason",
    "Verification",
    "Window",
    "WindowClass",
    "WindowProfile",
    "load_policy",
    "shipped_policy",
]
