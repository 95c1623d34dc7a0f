"""The verbs of the bedside, done at a station as the window does them."""

from typing import assert_never

from bcma.app import Station
from bcma.bedside.state import PassState
from bcma.simulate.verbs import (
    Answer,
    Decline,
    Give,
    NotGiving,
    OpenOrder,
    Release,
    ScanText,
    SignIn,
    SignOut,
    UnableToScan,
)

BedsideVerb = (
    SignIn | SignOut | ScanText | UnableToScan | OpenOrder | Answer | Release | Give | NotGiving
)


def at_bedside(verb: BedsideVerb, station: Station) -> PassState:
    """Do one verb and give the state of the pass after it."""
    state: PassState
    match verb:
        case SignIn(who):
            state = station.sign_in(who.badge, who.pin)
        case SignOut():
            state = station.sign_out()
        case ScanText(text):
            state = station.scan(text)
        case UnableToScan(what, reason, typed):
            state = station.unable_to_scan(what, reason, typed)
        case OpenOrder(order):
            state = station.open_order(order)
        case Answer():
            state = _answer(verb, station)
        case Release():
            state = _release(verb, station)
        case Give(amount, reason):
            state = station.give(amount, reason)
        case NotGiving():
            state = _not_giving(verb, station)
        case _:
            assert_never(verb)
    return state


def _answer(verb: Answer, station: Station) -> PassState:
    return station.answer(
        verb.code,
        verb.value,
        cannot=verb.cannot,
        prescriber=verb.prescriber,
        witness=verb.witness,
    )


def _release(verb: Release, station: Station) -> PassState:
    alone = verb.prescriber is verb.pharmacist is verb.witness is None
    if verb.whole_pass and alone and verb.reason is not None:
        return station.release_for_pass(verb.code, verb.reason)
    return station.release(
        verb.code,
        reason=verb.reason,
        prescriber=verb.prescriber,
        pharmacist=verb.pharmacist,
        witness=verb.witness,
    )


def _not_giving(verb: NotGiving, station: Station) -> PassState:
    match verb.how:
        case Decline.HOLD:
            return station.hold(verb.order, verb.reason)
        case Decline.REFUSE:
            return station.refuse(verb.order, verb.reason)
        case Decline.NOT_GIVEN:
            return station.not_given(verb.order, verb.reason)
        case _:
            assert_never(verb.how)
