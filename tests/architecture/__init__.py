"""The rules of the house that a machine can hold us to; docs/STYLE.md gives the reasons."""
