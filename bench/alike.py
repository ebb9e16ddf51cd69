"""Do the doors take as long for an address with an account as for one without? (case S092)

`python -m bench.alike`: for each door 200 requests of either kind, one after the other in turn. It prints medians and the
two-sample Kolmogorov-Smirnov test (p near 0: the two can be told apart), and judges nothing: a shared machine is no judge.
`python -m bench.alike wrong` measures only the doors whose names have the word.
"""

import math
import sys
import time
from collections.abc import Callable
from statistics import median

import requests

from bench.site import EMAIL, PASSWORD, site

SAMPLES = 200
NOBODY = "nobody@example.com"

Door = Callable[[str], tuple[str, dict[str, str]]]


def kolmogorov_smirnov(one: list[float], other: list[float]) -> float:
    """The probability that two samples of one distribution lie as far apart as these (asymptotic)."""
    values = sorted({*one, *other})
    ranks = [
        [sum(each <= value for each in sample) / len(sample) for value in values] for sample in (one, other)
    ]
    distance = max(abs(first - second) for first, second in zip(*ranks, strict=True))
    root = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    scaled = (root + 0.12 + 0.11 / root) * distance
    terms = (2 * (-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, sum(terms)))


def compare(base_url: str, door: Door) -> tuple[list[float], list[float]]:
    """Milliseconds for alice and for nobody, in turn."""
    taken: dict[str, list[float]] = {EMAIL: [], NOBODY: []}
    session = requests.Session()
    for turn in range(2 * (SAMPLES + 10)):
        email = (EMAIL, NOBODY)[turn % 2]
        path, body = door(email)
        started = time.perf_counter()
        session.post(f"{base_url}/api/v1/auth/{path}", json=body, timeout=30)
        taken[email].append((time.perf_counter() - started) * 1000)
    return taken[EMAIL][10:], taken[NOBODY][10:]


def main(word: str = "") -> None:
    with site() as measured:
        base_url = measured.server.base_url

        def asker(email: str) -> str:
            answer = requests.post(
                f"{base_url}/api/v1/auth/magic-link/request", json={"email": email}, timeout=30
            )
            found: str = answer.json()["id"]
            return found

        doors: dict[str, Door] = {
            "wrong password": lambda email: ("login", {"email": email, "password": f"not-{PASSWORD}"}),
            "ask for a sign-in code": lambda email: ("magic-link/request", {"email": email}),
            "wrong sign-in code": lambda email: (
                "magic-link/verify",
                {"id": asker(email), "code": "00000000"},
            ),
            "ask for a reset": lambda email: ("password/forgot", {"email": email}),
        }
        print("| door | account, ms | none, ms | difference | KS p |\n|---|---|---|---|---|")
        for name, door in [(name, door) for name, door in doors.items() if word in name]:
            there, none = compare(base_url, door)
            one, other = median(there), median(none)
            p = kolmogorov_smirnov(there, none)
            print(
                f"| {name} | {one:.2f} | {other:.2f} | {(one - other) / other:+.1%} | {p:.3f} |", flush=True
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
