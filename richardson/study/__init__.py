"""Many runs: which parameter values and starts to compute, and what comes of them."""
