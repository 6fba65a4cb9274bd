"""Applications, and what became of them."""

from psp_portal.subject_access.registry.about import About, Nothing


def _of_application(model: str) -> About:
    return About(
        model,
        "application__partner__user",
        "Recruitment",
        email="application__email",
        organisation="application__vacancy__organisation",
    )


ENTRIES = (
    About(
        "partners.Application", "partner__user", "Recruitment", email="email", organisation="vacancy__organisation",
        names=("name", "email"),
    ),
    _of_application("partners.ApplicationKey"),
    _of_application("partners.Score"),
    _of_application("partners.TalkTime"),
    _of_application("partners.Letter"),
    _of_application("partners.Offer"),
    Nothing("partners.RecruitmentSettings", "An organisation's times."),
    Nothing("partners.LetterTemplate", "An organisation's wording."),
    Nothing("partners.Vacancy", "A role that is offered to everybody."),
    Nothing("partners.Channel", "Where a vacancy was made known."),
    Nothing("partners.Criterion", "What all applicants are chosen by."),
)  # fmt: skip
