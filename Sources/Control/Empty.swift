// See the target's folder in the README.
