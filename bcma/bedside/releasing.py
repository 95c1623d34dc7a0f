"""Turning a proof into a release, or into nothing where it does not suffice."""

from datetime import datetime

from bcma.bedside.world import BadgePin, Proof, Ward, World
from bcma.model.people import Practitioner, Role, Session
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import Finding, Severity
from bcma.policy import Policy
from bcma.rules import covers
from bcma.rules.releases import may_hold_for_pass
from bcma.rules.witness import WITNESS_UNAVAILABLE, may_witness

_CANNOT = "cannot-answer"
_WITNESS = "documentation.witness"


def release_of(
    found: Finding, proof: Proof, giver: Session, world: World, ward: Ward
) -> ReleaseRecord | None:
    """Give the release of a finding, ``None`` where the proof does not let it pass.

    An ask is released by *cannot answer*; its reason is checked against that list.
    """
    is_ask = found.severity is Severity.ASK
    if found.code == _WITNESS:
        return _without_witness(found, proof, world, ward)
    if proof.reason is not None and not _reason_holds(found, proof.reason, ward.policy):
        return None
    now = world.clock.now()
    prescriber, by_telephone = _prescriber(proof.prescriber, world, now)
    pharmacist = _proven(proof.pharmacist, world, now)
    # Nobody stands beside themselves: not the giver, and not the prescriber on the telephone.
    prescriber = _another(prescriber, giver.practitioner)
    pharmacist = _another(pharmacist, giver.practitioner)
    witness = _another(_proven(proof.witness, world, now), giver.practitioner)
    witness = _another(witness, prescriber)
    if witness is not None and not may_witness(witness):
        witness = None
    release = ReleaseRecord(
        code=found.code,
        subject=found.subject,
        reason=proof.reason,
        cannot=is_ask,
        prescriber_id=None if prescriber is None else prescriber.id,
        by_telephone=by_telephone,
        pharmacist_id=_id_with(pharmacist, Role.PHARMACIST),
        witness_id=None if witness is None else witness.id,
        at=now,
        whole_pass=proof.whole_pass and may_hold_for_pass(found),
    )
    return release if covers(release, found) else None


def _without_witness(
    found: Finding, proof: Proof, world: World, ward: Ward
) -> ReleaseRecord | None:
    """Let the giver go on alone, where the finding says that this is a way out."""
    if found.cannot is None or proof.reason is None:
        return None
    if not ward.policy.reason_allowed(_CANNOT, proof.reason):
        return None
    return ReleaseRecord(code=WITNESS_UNAVAILABLE, reason=proof.reason, at=world.clock.now())


def second_person(proof: BadgePin, world: World) -> Practitioner | None:
    """Give who proved to be here by badge and PIN; whether they may be the second, rules say."""
    return _proven(proof, world, world.clock.now())


def _reason_holds(found: Finding, reason: str, policy: Policy) -> bool:
    if found.severity is Severity.ASK:
        return policy.reason_allowed(_CANNOT, reason)
    return policy.reason_allowed(found.code, reason)


def _another(person: Practitioner | None, than: Practitioner | None) -> Practitioner | None:
    same = person is not None and than is not None and person.id == than.id
    return None if same else person


def _prescriber(
    proof: BadgePin | str | None, world: World, now: datetime
) -> tuple[Practitioner | None, bool]:
    if proof is None:
        return None, False
    if isinstance(proof, BadgePin):
        person = _proven(proof, world, now)
        by_telephone = False
    else:
        person = world.authenticator.practitioner(proof)
        by_telephone = True
    is_doctor = person is not None and Role.DOCTOR in person.roles
    return (person if is_doctor else None), by_telephone


def _proven(proof: BadgePin | None, world: World, now: datetime) -> Practitioner | None:
    if proof is None:
        return None
    session = world.authenticator.sign_in(proof.badge, proof.pin, now)
    return session.practitioner if isinstance(session, Session) else None


def _id_with(person: Practitioner | None, role: Role) -> str | None:
    return person.id if person is not None and role in person.roles else None
