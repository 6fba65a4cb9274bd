"""Claims that have come to their end: paid, nothing to pay, refused or withdrawn."""

from decimal import Decimal

from expenses.enums import LineKind as K
from expenses.enums import Preference
from psp_portal.demo.story.script import (
    CANCELLED,
    Answer,
    Appeal,
    Ask,
    Decide,
    DecideAppeal,
    Dispute,
    Item,
    Plot,
    Recall,
    Reply,
    SettleDispute,
    Tell,
    Withdraw,
    ask_back,
    cost,
    journey,
    refuse,
    time_given,
)


def _paid(who: str, sent: int, decided: int, *items: Item) -> Plot:
    """Return a claim that went as it should: sent, approved whole, and paid in the next run."""
    return Plot(who, sent, items, (Decide(decided),))


PAID = (
    _paid("priya", 366, 358, cost(K.PARKING, "4.20", "Alder House car park")),
    _paid("desmond", 361, 354),
    _paid("margaret", 348, 340, cost(K.BUS, "3.60", "Vale Buses")),
    _paid("tomasz", 341, 333, cost(K.PARKING, "4.20", "Alder House car park")),
    _paid("kwame", 338, 330, cost(K.TOLL, "2.40", "Fenby Bridge")),
    _paid("ruth", 335, 327, cost(K.PARKING, "3.00", "Market Street car park")),
    _paid("aisha", 322, 314, cost(K.PHONE, "6.00", "Valetel")),
    _paid("priya", 304, 296, cost(K.PRINTING, "7.45", "Corner Copies")),
    _paid("grace", 299, 291, cost(K.BUS, "5.20", "Vale Buses"), cost(K.SUBSISTENCE_LUNCH, "4.65", "The Green Kettle")),
    _paid("eleri", 292, 284, cost(K.REPLACEMENT_CARE, "48.00", "Sunflower Carers", approval="Agreed with Joanne")),
    _paid("desmond", 286, 278, cost(K.RAIL, "13.80", "Vale Railway")),
    _paid("kwame", 268, 260),
    # First class without approval: the standard fare is paid.
    Plot("grace", 256, (cost(K.RAIL, "31.50", "Vale Railway", fare_class="first", standard_fare=Decimal("19.20")),),
         (Decide(248),)),
    _paid("margaret", 244, 236, cost(K.PERSONAL_SUPPORT, "35.00", "Reed and Willow Support")),
    # A lunch over the limit: the limit is paid.
    Plot("ruth", 240, (cost(K.SUBSISTENCE_LUNCH, "8.95", "Beck Bakery"),), (Decide(232),)),
    # A conference: training, travel, a night away agreed beforehand.
    Plot("aisha", 226,
         (time_given("training", 390, days_before=3), cost(K.RAIL, "46.70", "Northern Vale Trains", days_before=3),
          cost(K.OVERNIGHT, "92.00", "Hotel Three Bridges", days_before=3, is_pdf=True, approval="Agreed with Joanne"),
          cost(K.SUBSISTENCE_EVENING, "16.40", "Lotus Kitchen", days_before=3)),
         (Decide(218),), is_blank=True),
    _paid("tomasz", 213, 205),
    _paid("desmond", 208, 200, cost(K.PARKING, "4.20", "Alder House car park")),
    # A lost receipt, found after the question.
    Plot("kwame", 202, (cost(K.PARKING, "6.00", no_receipt_reason="I think it went in the wash."),),
         (Decide(194, {K.PARKING: ask_back("Sorry to ask: could you look for the ticket once more, or send the bank "
                                           "statement line?")}),
          Answer(189, K.PARKING, "I found it in the car after all.", "Station car park"), Decide(182))),
    _paid("grace_tb", 190, 176, cost(K.TOLL, "1.80", "Beck Crossing")),
    # A taxi that was refused, and allowed on appeal by a second person.
    Plot("eleri", 184, (cost(K.TAXI, "18.00", "City Cabs"),),
         (Decide(176, {K.TAXI: refuse("Our rule is that taxis are agreed beforehand.")}),
          Appeal(170, K.TAXI, "The last bus had been cancelled and it was dark. I could not have asked anyone."),
          DecideAppeal(162, K.TAXI, True, "That was the right thing to do. Thank you for explaining."))),
    # A reduced payment, as the partner asked.
    Plot("eleri", 128, (), (Decide(120),), Preference.REDUCED, Decimal("40.00")),
    _paid("priya", 150, 142),
    # A payment for a meeting that was cancelled with less than a day's notice.
    Plot("desmond", 140, (CANCELLED,), (Decide(132),), is_blank=True),
    # Late, with a good reason.
    Plot("kwame", 118, (), (Decide(110),), since=330, until=96),
    Plot("margaret", 112, (), (Decide(104),), Preference.DECLINED),
    _paid("dev", 102, 94),
    # Taken back to look at once more, and sent again.
    Plot("desmond", 96, (cost(K.PARKING, "4.20", "Alder House car park"),), (Recall(95), Decide(86))),
    # Overdue for a while: paid on day 46, after the executive lead had asked.
    Plot("tomasz", 152, (cost(K.OTHER, "9.99", "Lens and Light", description="Reading glasses for the papers"),),
         (Ask(128, "I wondered whether this has got lost?"), Reply(126, 1, "I have asked for it to be decided."),
          Tell(122, "I am sorry. It had been left with somebody who was ill. It will be decided this week."),
          Reply(115, 2, "It is with the approver, who has promised to decide it tomorrow."), Decide(112))),
    # The night was agreed to beforehand in the portal; the train the trust had booked.
    Plot("aisha", 24, (cost(K.OVERNIGHT, "84.00", "Hotel Three Bridges", days_before=1, is_pdf=True),
                       cost(K.RAIL, "38.40", is_trust_booked=True, days_before=1)),
         (Decide(15),), is_blank=True),
    # Two trusts disagreed who pays, and the person named for it decided.
    Plot("lin", 88, (cost(K.BUS, "4.40", "Beck and Vale Coaches"),),
         (Dispute(82, "We thought that Marsh Vale pays for this project."),
          SettleDispute(76, "thornbeck", "Thornbeck agreed to it in writing when the project began."), Decide(70)),
         is_blank=True),
    _paid("lin", 160, 152, cost(K.BUS, "4.40", "Beck and Vale Coaches")),
    # Waited for an approver who then left: handed over, and decided by the next one.
    Plot("desmond", 71, (), (Decide(56),)),
    _paid("priya", 98, 90, journey("31.0", "car", "Saltmarsh", "Thornbeck Lodge", passengers=1)),
)  # fmt: skip

NOTHING_TO_PAY = (
    Plot("aisha", 166, (), (Decide(158),), Preference.DECLINED),
    Plot("colin", 134, (time_given("preparation", 90),), (Decide(126),), is_blank=True),
)

REFUSED = (
    # Not appealed: it became final by itself.
    Plot("grace", 172, (cost(K.OTHER, "24.00", "Vale Garden Centre", description="Flowers for the ward"),),
         (Decide(164, {K.OTHER: refuse("A lovely thought, but gifts cannot be paid from this budget. "
                                       "The ward has asked me to thank you.")}),), is_blank=True),
    Plot("margaret", 146, (cost(K.PRINTING, "62.00", "Corner Copies", description="A new ink printer"),),
         (Decide(138, {K.PRINTING: refuse("We can pay for printing, but not for a printer.")}),
          Appeal(132, K.PRINTING, "It would be cheaper over the year than the copy shop."),
          DecideAppeal(124, K.PRINTING, False, "I see the sense in it, and have asked the programme to lend you one. "
                                               "I cannot pay for this one, I am sorry.")), is_blank=True),
)  # fmt: skip

WITHDRAWN = (
    Plot("priya", 108, (cost(K.PARKING, "4.20", "Alder House car park"),),
         (Withdraw(107, "I put the wrong day. I will send it again."),), is_blank=True),
    Plot("ruth", 70, (cost(K.BUS, "3.10", "Beck Buses"),), (Withdraw(66, "I had a lift home, so it cost nothing."),),
         is_blank=True),
)  # fmt: skip

SETTLED = (*PAID, *NOTHING_TO_PAY, *REFUSED, *WITHDRAWN)
