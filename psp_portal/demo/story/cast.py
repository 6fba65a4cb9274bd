"""The people of the demonstration and where they are. Nobody is real: addresses end in .example, codes are no codes."""

from dataclasses import dataclass
from decimal import Decimal

from expenses.enums import CardTemplate
from partners.enums import RoleCategory, Vehicle
from psp_portal.accounts.enums import Post, Role

# How many days before the day of loading the story begins: 14 months.
BEGINS = 430


@dataclass(frozen=True)
class Place:
    """An organisation. Its code is one that the Organisation Data Service does not give."""

    key: str
    ods_code: str
    name: str
    short_name: str
    postcode: str
    card: CardTemplate


@dataclass(frozen=True)
class Staff:
    """A member of staff: one role, and the posts they hold. ``shows`` is empty for those not worth listing."""

    key: str
    name: str
    at: str
    role: Role
    posts: tuple[Post, ...] = ()
    shows: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@{self.at}.example"


@dataclass(frozen=True)
class Appointment:
    """A partner's appointment at an organisation; two with the same e-mail address are one person.

    ``began`` and ``term_ends`` are days before and after the day of loading. ``journey`` is from, to, miles there and
    back, and vehicle.
    """

    key: str
    name: str
    at: str
    email: str
    began: int = 500
    term_ends: int = 320
    role_category: RoleCategory = RoleCategory.SENIOR
    is_paid: bool = True
    journey: tuple[str, str, Decimal, Vehicle] | None = None
    account: str = ""
    shows: str = ""


ORGANISATIONS = (
    Place(
        "marshvale", "DEMO1", "Marsh Vale University Hospitals NHS Foundation Trust", "Marsh Vale", "ZZ9 1MV",
        CardTemplate.NATIONAL,
    ),
    Place(
        "thornbeck", "DEMO2", "Thornbeck Community Health NHS Trust", "Thornbeck", "ZZ9 2TB", CardTemplate.HOURLY,
    ),
)  # fmt: skip

_MV, _TB = "marshvale", "thornbeck"
STAFF = (
    Staff("joanne.tierney", "Joanne Tierney", _MV, Role.PROGRAMME_LEAD, (Post.PROGRAMME_LEAD,),
          "looks after partners, committees and people"),
    Staff("callum.adeyinka", "Callum Adeyinka", _MV, Role.REQUESTER, (), "runs improvement projects"),
    Staff("beatriz.hall", "Beatriz Nunes-Hall", _MV, Role.APPROVER, (), "has claims to decide"),
    Staff("imran.chaudry", "Imran Chaudry", _MV, Role.APPROVER, (), "stands in for Wendy, and has an appeal to decide"),
    Staff("wendy.lee", "Wendy Ashcroft-Lee", _MV, Role.APPROVER),
    Staff("gareth.owen", "Gareth Pryce-Owen", _MV, Role.APPROVER),
    Staff("dorota.shaw", "Dorota Zielinska-Shaw", _MV, Role.FINANCE, (Post.FINANCE_LEAD,), "makes payment runs"),
    Staff("marcus.bello", "Marcus Bello", _MV, Role.FINANCE, (), "has a payment run to release"),
    Staff("sunita.rawal", "Sunita Rawal", _MV, Role.FINANCE),
    Staff("patience.grant", "Patience Owusu-Grant", _MV, Role.EXECUTIVE, (Post.EXECUTIVE_LEAD,),
          "chief nurse: an overdue claim waits for a reply"),
    Staff("alasdair.finch", "Alasdair Finch", _MV, Role.EXECUTIVE, (Post.CHIEF_EXECUTIVE,),
          "chief executive's office: answers for the claim of nine months"),
    Staff("yuki.hallam", "Yuki Hallam", _MV, Role.AUDITOR, (), "reads everything about claims, changes nothing"),
    Staff("sian.maddocks", "Siân Maddocks", _TB, Role.PROGRAMME_LEAD, (Post.PROGRAMME_LEAD,),
          "the other organisation: sees nothing of Marsh Vale"),
    Staff("tobias.engel", "Tobias Engel", _TB, Role.APPROVER),
    Staff("farida.noorzai", "Farida Noorzai", _TB, Role.APPROVER),
    Staff("leroy.west", "Leroy Campbell-West", _TB, Role.FINANCE, (Post.FINANCE_LEAD,)),
    Staff("hannah.pickles", "Hannah Pickles", _TB, Role.FINANCE),
    Staff("oluwaseun.bright", "Oluwaseun Bright", _TB, Role.EXECUTIVE, (Post.EXECUTIVE_LEAD,)),
    Staff("catherine.molloy", "Catherine Molloy", _TB, Role.EXECUTIVE, (Post.CHIEF_EXECUTIVE,)),
)  # fmt: skip


def _by(vehicle: Vehicle, miles: str, home: str, to: str = "Alder House") -> tuple[str, str, Decimal, Vehicle]:
    return home, to, Decimal(miles), vehicle


@dataclass(frozen=True)
class Carer:
    """Somebody whom a partner has named as a helper: by whom, where, how they help, and how many days ago."""

    email: str
    name: str
    at: str
    partner: str
    relation: str
    named_ago: int
    shows: str


HELPERS = (
    Carer("owain.pugh@post.example", "Owain Vaughan-Pugh", _MV, "eleri", "My son, who types for me", 120,
          "prepares claims for Eleri, who checks and sends them"),
)  # fmt: skip

# Bank details: everybody but those in WITHOUT_BANK_DETAILS. No bank has the sort codes that begin with 00.
WITHOUT_BANK_DETAILS = ("colin", "lin")

PARTNERS = (
    Appointment("priya", "Priya Natarajan-Cole", _MV, "priya.cole@post.example",
                journey=_by(Vehicle.CAR, "24.6", "Saltmarsh"), account="10442917",
                shows="has waited nine months for a claim; drafts, questions, payments"),
    Appointment("desmond", "Desmond Oyelaran", _MV, "desmond.oyelaran@post.example",
                journey=_by(Vehicle.CAR, "11.2", "Withy End"), account="20718834",
                shows="meetings cancelled at short notice, one paid for"),
    Appointment("margaret", "Margaret Dunstable", _MV, "margaret.dunstable@post.example",
                journey=_by(Vehicle.CAR, "8.0", "Orchard Hill"), account="31190265"),
    Appointment("tomasz", "Tomasz Wieczorek", _MV, "tomasz.wieczorek@post.example", term_ends=30,
                journey=_by(Vehicle.MOTORCYCLE, "17.5", "Coldharbour"), account="40286613"),
    Appointment("aisha", "Aisha Rahmani-Begg", _MV, "aisha.begg@post.example", account="50937721",
                shows="meets online in the early evening; an appeal"),
    Appointment("colin", "Colin Wetherby", _MV, "colin.wetherby@post.example",
                role_category=RoleCategory.MEMBER, is_paid=False),
    Appointment("grace", "Grace Mutasa", _MV, "grace.mutasa@post.example", account="61504498",
                shows="a partner at both organisations"),
    Appointment("eleri", "Eleri Vaughan-Pugh", _MV, "eleri.pugh@post.example",
                journey=_by(Vehicle.BICYCLE, "5.4", "Mill Green"), account="70821356"),
    Appointment("kwame", "Kwame Asante-Ford", _MV, "kwame.ford@post.example",
                journey=_by(Vehicle.CAR, "38.2", "Upper Fenby"), account="80619247"),
    Appointment("lin", "Lin Zhao-Barker", _MV, "lin.barker@post.example", began=260,
                shows="in an induction: something is late, and a working agreement waits"),
    Appointment("ruth", "Ruth Silverstone", _TB, "ruth.silverstone@post.example",
                journey=_by(Vehicle.CAR, "29.8", "Nether Beck", "Thornbeck Lodge"), account="90352018"),
    Appointment("dev", "Dev Malhotra-Price", _TB, "dev.price@post.example", began=200,
                journey=_by(Vehicle.CAR, "14.4", "Stonegarth", "Thornbeck Lodge"), account="11873340"),
    Appointment("grace_tb", "Grace Mutasa", _TB, "grace.mutasa@post.example",
                journey=_by(Vehicle.CAR, "21.0", "Marsh Vale", "Thornbeck Lodge")),
)  # fmt: skip
