"""Asks the web server beside it for /health/<what>; the container's health check. Uses the standard library only."""

import http.client
import os
import sys


def main(what: str, port: int = 8000) -> int:
    """Return 0 when the web server on this machine answers 200 to /health/<what>, else 1."""
    # The server answers only to its own names, and sends plain HTTP elsewhere: speak as its proxy does.
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", f"/health/{what}", headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        print(answer.status, answer.read().decode(errors="replace"))
    except OSError as error:
        print(error)
        return 1
    finally:
        connection.close()
    return 0 if answer.status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "ready"))
