"""`make lighthouse`: home, film and seat map as a phone would meet them, weighed by Lighthouse in a copy of its own.

__main__  installs, starts a copy, weighs each page three times, prints medians and what costs most
copy      a copy of the system for the time of a run
report    what a run of Lighthouse said, in our words
"""
