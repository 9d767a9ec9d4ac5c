#!/usr/bin/env bash
# The formatting, and what the compiler can't see to: clocks and randomness are read in one file each, nothing is
# forced, and no Foundation in what the daemon links.
set -euo pipefail
swift format lint --strict -r Sources Tests Package.swift
failed=0
# refuse WHAT PATTERN PATHSPEC…: complains about lines that match.
refuse() {
    local what=$1 pattern=$2
    shift 2
    local lines
    lines=$(git grep -nE "$pattern" -- "$@" || true)
    if [ -n "$lines" ]; then
        printf '%s:\n%s\n' "$what" "$lines"
        failed=1
    fi
}
ours=('Sources/*.swift' ':!Sources/SESSimulator')
refuse 'a clock is read outside SystemClock.swift' \
    'clock_gettime|gettimeofday|[^a-zA-Z_.]time\(nil|ContinuousClock|SuspendingClock|Dispatch(Wall)?Time\.now|Date\(\)' \
    "${ours[@]}" ':!Sources/ImportWatchDaemon/SystemClock.swift'
refuse 'randomness is read outside SystemRandom.swift' \
    'SystemRandomNumberGenerator|\.random\(in: [^,()]*\)|getrandom|arc4random|RAND_bytes' \
    "${ours[@]}" ':!Sources/ImportWatchDaemon/SystemRandom.swift'
refuse 'an escape from the rules' \
    '@unchecked Sendable|nonisolated\(unsafe\)|try!|fatalError\(|as! |import Foundation' "${ours[@]}"
exit $failed
