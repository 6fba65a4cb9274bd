"""Paths of claims, decisions, payment runs and rate cards."""


app_name = "expenses"

urlpatterns: list = [
    # --- the partner's claims
    # --- receipts
    # --- deciding
    # --- the ladder
    # --- payment runs
    # --- bank details and remittances
    # --- rate card
]
