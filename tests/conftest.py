"""What every test shares: no screen, and the guards of the house."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

pytest_plugins = ["tests.house.guards"]
