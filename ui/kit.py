"""What every part of a page is handed: how to draw, what the site allows, whom to tell."""

from dataclasses import dataclass

from bcma.policy import Policy
from ui.acts import Do
from ui.look import Look


@dataclass(frozen=True, slots=True)
class Kit:
    """Look, policy (reasons and sites to choose from) and the receiver of acts."""

    look: Look
    policy: Policy
    do: Do
