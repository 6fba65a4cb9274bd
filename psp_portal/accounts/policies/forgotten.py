"""How somebody is called whose name has been kept long enough. Pure."""

# No mail is delivered to a name that ends so (RFC 2606).
FORGOTTEN = "@removed.invalid"


def neutral(*, was_staff: bool, number: int) -> dict[str, str]:
    """Return what stands in place of a person: a name, an e-mail address and a telephone number that say nothing."""
    return {
        "name": f"{'Former member of staff' if was_staff else 'Former partner'} {number}",
        "email": f"former-{number}{FORGOTTEN}",
        "telephone": "",
    }


def neutral_address(key: object) -> str:
    """Return an e-mail address for a row that must have one, unlike any other row's."""
    return f"{key}{FORGOTTEN}"
