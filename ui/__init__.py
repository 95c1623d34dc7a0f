"""The window: Qt widgets that draw what the core says and decide nothing."""
