"""The protocol of one booking as a Promela model, and the mutants that show the model can say no."""
