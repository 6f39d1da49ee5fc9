"""`make test`: every check of the project on this machine, two at a time, with one summary.

    python -m tools.run_tests [all] [STEP …]

machine   which servers and programs are there; installs what is missing where apt-get may be used
steps     the list of checks and what each is given
running   runs them two at a time, prints their lines as they come, counts
"""
