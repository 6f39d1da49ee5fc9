"""What can be done with accounts, one file for each kind of errand.

sessions        open, refresh, end; tell every room which have ended
registration    make an account
sign_in         prove who one is
links           single-use links: verify an address, choose a new password
profile         change the own name, address, password
two_factor      codes of an authenticator app
administration  invite, roles, switch off
erasure         delete an account's personal data
export          everything all services hold about a person
"""
