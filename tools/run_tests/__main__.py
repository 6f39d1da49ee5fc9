"""`python -m tools.run_tests [all] [STEP …]`: see the package."""

import os
import sys
import time
from contextlib import ExitStack

from tools import private_servers
from tools.render_chart import PACKAGES as CHART_PACKAGES
from tools.run_tests.machine import SERVERS, Machine
from tools.run_tests.running import Outcome, Printer, run_all
from tools.run_tests.steps import Servers, Step, page_steps, static_steps, test_steps

NEEDS_SERVERS = {"unit", "real", "system", "browser"}


def main() -> int:
    """Run the steps that were asked for, all by default; 0 when nothing failed and nothing needed was left out."""
    started, printer = time.monotonic(), Printer()
    asked = set(sys.argv[1:]) - {"all"}
    with ExitStack() as stack:
        machine = Machine(stack, lambda line: printer.say("machine", line))
        steps = choose(machine, asked, everything="all" in sys.argv[1:])
        unknown = asked - {step.name for step in steps} - NEEDS_SERVERS - {"pages"}
        if unknown:
            print(f"no step is called {', '.join(sorted(unknown))}", file=sys.stderr)
            return 2
        outcomes = run_all(steps, printer)
    left_out = machine.left_out + [words for outcome in outcomes for words in outcome.left_out]
    return conclude(outcomes, left_out, time.monotonic() - started)


def choose(machine: Machine, asked: set[str], *, everything: bool) -> list[Step]:
    """The steps to run, with the servers they need found or started."""

    def wanted(name: str) -> bool:
        return not asked or name in asked

    static = [step for step in static_steps() if wanted(step.name)]
    pages = page_steps() if wanted("pages") and machine.node() else []
    if asked and not asked & NEEDS_SERVERS:
        return static + pages
    if wanted("system"):
        machine.program("go", *CHART_PACKAGES, tests="the comparison of the chart with its manifests")
    servers = find_servers(machine, needs_real=not asked or asked & {"real", "system"} != set(), asked=asked)
    tests = [step for step in test_steps(servers, everything=everything) if wanted(step.name)]
    # The long ones begin first, so that the short ones fill the second place beside them.
    return [*tests[:1], *static, *pages, *tests[1:]]


def find_servers(machine: Machine, *, needs_real: bool, asked: set[str]) -> Servers:
    """Addresses of what the tests talk to."""
    real = [machine.server(server) if needs_real else None for server in SERVERS]
    browser = machine.browser() if not asked or "browser" in asked else None
    embedded = machine.stack.enter_context(private_servers.embedded_redis())
    mariadb, redis, rabbitmq = real
    return Servers(embedded, mariadb, redis, rabbitmq, browser)


def conclude(outcomes: list[Outcome], left_out: list[str], seconds: float) -> int:
    """Print what was left out, each step's line and the one summary line; the exit status."""
    is_strict = os.environ.get("REQUIRE_REAL") == "1"
    print()
    for outcome in outcomes:
        verdict = "FAILED" if outcome.failed else "ok"
        words = f"{outcome.passed} passed, {outcome.failed} failed"
        print(f"{outcome.step.name:<10}{verdict:<8}{words:<26}{outcome.seconds:6.0f} s")
    for words in left_out:
        print(f"left out: {words}{' (REQUIRE_REAL=1: this is a failure)' if is_strict else ''}")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes) + (len(left_out) if is_strict else 0)
    print(f"\nafter {seconds / 60:.1f} minutes\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
