"""Claims that are still open on the day of loading, and the one that has been open for nine months."""

from decimal import Decimal

from expenses.enums import LineKind as K
from psp_portal.demo.story.script import (
    CANCELLED,
    Answer,
    Appeal,
    Ask,
    Decide,
    Dispute,
    Plot,
    Reply,
    Tell,
    ask_back,
    cost,
    journey,
    refuse,
    time_given,
)

# Approved within two weeks, then passed from desk to desk. Its ladder: days 20, 31, 45, 60, 90, and each 30 after.
NINE_MONTHS = Plot(
    "priya", 275,
    (cost(K.RAIL, "22.40", "Vale Railway"), cost(K.SUBSISTENCE_LUNCH, "4.95", "The Green Kettle")),
    (
        Decide(262),
        Reply(249, 1, "Your claim is approved and goes with the next payment run. Thank you for your patience."),
        Reply(238, 2, "The joint project has a budget code that our ledger does not know. I have asked Thornbeck which "
                      "of us it belongs to."),
        Ask(232, "Thank you for looking into it. May I ask which of the two trusts is paying me?"),
        Tell(227, "We are. You should not have to know about our budget codes, and I am sorry that you do."),
        # The run of day 230 was sent back by the bank.
        Reply(224, 3, "I have asked finance to pay this first and to sort out the budget code afterwards."),
        Reply(209, 4, "This should never have reached my office. It will be in this month's run."),
        Ask(196, "It was not in the run. Is there something I can do to help?"),
        Tell(190, "Nothing at all, thank you. The bank's form is with our shared service, who set up new payees."),
        Reply(178, 5, "I have reported this to the board as overdue, with our apology to Mrs Natarajan-Cole."),
        Reply(148, 6, "The shared service has found the form. I am told two more weeks."),
        Ask(141, "I am sorry to ask again. I booked the train in good faith, and others tell me they wait as well."),
        Tell(136, "You are right to ask. I have no date that I believe in yet, and I will not give you one I do not."),
        Reply(118, 7, "The form needed a second signature, which it now has. The next run is on Thursday."),
        Reply(88, 8, "It was left out of Thursday's run by a filter for old invoices. I have asked for a list of every "
                     "partner this has happened to."),
        Reply(58, 9, "The list has four names on it. Each of them will have a call from me this week."),
        Ask(51, "Thank you for the call. Is there a day for the payment?"),
        Tell(46, "The head of finance has promised me the run after next, and I have put it in my own diary."),
        Reply(29, 10, "It has been promised for this month. I will pay a visit to the team myself."),
        Ask(9, "It is nine months next week. I would like to go on helping, and I need to know where I stand."),
    ),
    fails_in=230, failure="Sent back by the bank: the payee's record is not complete",
)  # fmt: skip

OVERDUE = (
    # A step each: decided by nobody for 24 and 37 days; approved and not paid for 52 and 66.
    Plot("eleri", 24, (cost(K.BUS, "2.80", "Vale Buses"),)),
    Plot("kwame", 37, (cost(K.TAXI, "14.50", "City Cabs"),),
         (Reply(12, 1, "I have reminded the approver today, and will ask again on Friday."),
          Ask(4, "Could somebody tell me if the taxi is the trouble? I can explain it."))),
    Plot("margaret", 52, (cost(K.PARKING, "4.20", "Alder House car park"),),
         (Decide(44), Reply(27, 1, "It has been approved. Finance has it now."),
          Ask(24, "Is there a date for this one?"),
          Tell(19, "It missed the run by a day, I am sorry. It is down for the next."),
          Reply(15, 2, "The ledger would not take the cost centre. We are on it.")), is_kept_back=True),
    Plot("ruth", 66, (cost(K.PARKING, "3.00", "Market Street car park"),),
         (Decide(56, {K.PARKING: ask_back("Which meeting was this for?")}),
          Answer(50, K.PARKING, "For the visit to the clinic that we agreed in committee."),
          Reply(40, 1, "Thank you. I have asked for it to be looked at again."),
          Reply(29, 2, "Our finance lead will take this up tomorrow."),
          Decide(22), Reply(15, 3, "Approved now, and I have asked for it to be paid by hand."),
          Ask(3, "May I ask when?")), is_kept_back=True),
)  # fmt: skip

WAITING = (
    # With an approver.
    Plot("desmond", 13, (cost(K.PARKING, "4.20", "Alder House car park"),)),
    Plot("aisha", 10, (cost(K.PHONE, "6.00", "Valetel"),)),
    Plot("priya", 20, (CANCELLED,), is_blank=True),
    Plot("grace", 7, (cost(K.RAIL, "27.90", "Vale Railway", fare_class="first", standard_fare=Decimal("16.30")),
                      cost(K.SUBSISTENCE_LUNCH, "7.20", "The Green Kettle"))),
    Plot("kwame", 5, (cost(K.TAXI, "21.00", "City Cabs"), cost(K.PRINTING, "3.15", "Corner Copies"))),
    Plot("dev", 6, (cost(K.PARKING, "3.00", "Market Street car park"),)),
    Plot("tomasz", 49, (cost(K.PARKING, "5.00", no_receipt_reason="The machine had no paper."),),
         (Decide(41, {K.PARKING: ask_back("Was there a notice on the machine? A photo of it would do.")}),
          Reply(24, 1, "We have a question open with Tomasz about one receipt. The rest is approved."),
          Answer(8, K.PARKING, "I have left the programme, but I did take a photo that day.", "Station car park"))),
    Plot("margaret", 3, (time_given("preparation", 75),), is_blank=True),
    # Under what was agreed with her for as long as she cannot use the steps.
    Plot("margaret", 6, (cost(K.TAXI, "12.00", "City Cabs"),), is_blank=True),
    # The same parking on the same day, twice.
    Plot("priya", 9, (cost(K.PARKING, "4.20", "Alder House car park"),), is_blank=True),
    Plot("priya", 8, (cost(K.PARKING, "4.20", "Alder House car park", days_before=1),), is_blank=True),
    # Two trusts disagree who pays: it waits for the person named for that.
    Plot("lin", 12, (cost(K.BUS, "4.40", "Beck and Vale Coaches"),),
         (Dispute(7, "The joint project's budget moved to Marsh Vale in the spring."),), is_blank=True),
    # With the partner: a question, or a decision that can be appealed against.
    Plot("lin", 17, (cost(K.OTHER, "12.50", description="A stamp and copies"),),
         (Decide(9, {K.OTHER: ask_back("Could you say what the copies were of? Then I can agree to it.")}),), since=60),
    Plot("grace_tb", 15, (cost(K.TOLL, "1.80", "Beck Crossing"),),
         (Decide(7, {K.TOLL: ask_back("There are two tolls that day on the receipt. Which one is yours?")}),)),
    Plot("colin", 16, (cost(K.REPLACEMENT_CARE, "30.00", "Sunflower Carers"),),
         (Decide(8, {K.REPLACEMENT_CARE: ask_back("Was this agreed with Joanne? Her name and the day are enough.")}),),
         is_blank=True),
    Plot("eleri", 19, (cost(K.OVERNIGHT, "88.00", "Hotel Three Bridges", is_pdf=True),),
         (Decide(11, {K.OVERNIGHT: refuse("The meeting ended at two o'clock, so a night away was not needed.")}),),
         is_blank=True),
    Plot("desmond", 18, (cost(K.OTHER, "15.00", "Vale Stationers", description="A folder and dividers"),),
         (Decide(10, {K.OTHER: refuse("We have folders for everybody: please ask Joanne for one.")}),), is_blank=True),
    # An appeal waits for a second person.
    Plot("aisha", 33, (cost(K.TAXI, "26.00", "City Cabs"),),
         (Decide(25, {K.TAXI: refuse("There was a bus at that time.")}),
          Appeal(12, K.TAXI, "There was, but I use a stick and the stop is at the bottom of the hill.")),
         is_blank=True),
    Plot("ruth", 31, (cost(K.PERSONAL_SUPPORT, "28.00", "Reed and Willow Support"),),
         (Decide(23, {K.PERSONAL_SUPPORT: refuse("This was for a day without a meeting.")}),
          Appeal(11, K.PERSONAL_SUPPORT, "It was for reading a very long paper with me, which I could not do alone.")),
         is_blank=True),
    # Approved: waiting for the next run, or back from the bank.
    Plot("grace", 14, (time_given("training", 180, days_before=2),), (Decide(1),), is_blank=True),
    Plot("ruth", 12, (time_given("preparation", 120),), (Decide(5),), is_blank=True),
    Plot("kwame", 46, (cost(K.PARKING, "6.00", "Station car park"),),
         (Decide(38), Reply(11, 1, "The bank sent it back. Kwame has given us a new account, which we check today.")),
         fails_in=24, failure="The account is closed"),
)  # fmt: skip

IN_RUN = (
    # In a run that the bank has, or in the one that waits to be released.
    Plot("priya", 28, (cost(K.PARKING, "4.20", "Alder House car park"),), (Decide(18),)),
    Plot("aisha", 27, (), (Decide(17),)),
    Plot("margaret", 29, (cost(K.BUS, "3.60", "Vale Buses"),), (Decide(16),)),
    Plot("grace", 21, (cost(K.SUBSISTENCE_LUNCH, "4.80", "The Green Kettle"), time_given("preparation", 60)),
         (Decide(7),), is_blank=True),
    Plot("eleri", 22, (time_given("preparation", 120), journey("9.8", "bicycle", "Mill Green", "Fenby clinic")),
         (Decide(7),), is_blank=True),
)  # fmt: skip

DRAFTS = (
    Plot("priya", 2, (cost(K.PARKING, "4.20"),), is_draft=True),
    Plot("desmond", 4, is_draft=True),
    Plot("dev", 1, (cost(K.PARKING, "3.00", "Market Street car park"),), is_draft=True, is_blank=True),
)

UNSETTLED = (NINE_MONTHS, *OVERDUE, *WAITING, *IN_RUN, *DRAFTS)
