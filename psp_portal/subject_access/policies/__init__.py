"""Rules of requests for a copy of one's records, and of how other people are masked in it. Pure."""
