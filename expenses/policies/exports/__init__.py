"""The files of a payment run: values in, bytes out. Pure; the same values always give the same bytes."""
