#!/usr/bin/env bash
# The formatting, and what the compiler can't see to: clocks and randomness are read in one file each, nothing is
# forced, C modules have one importer, and the daemon has no Foundation.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
failed=0
swift format lint --strict -r Sources Tests Package.swift || failed=1

# refuse WHAT PATTERN [-x EXCEPTION] PATHSPEC…: complains about lines that match, but for those with the exception.
refuse() {
    local what=$1 pattern=$2 exception='^$'
    shift 2
    if [ "$1" = -x ]; then
        exception=$2
        shift 2
    fi
    local lines
    lines=$(git grep --untracked -nE "$pattern" -- "$@" | grep -vE "$exception" || true)
    if [ -n "$lines" ]; then
        printf '%s:\n%s\n' "$what" "$lines"
        failed=1
    fi
}

ours=('Sources/*.swift')
clocks='clock_gettime|clock_nanosleep|gettimeofday|timespec_get|(^|[^a-zA-Z_])time\((nil|&|NULL)'
clocks+='|(Continuous|Suspending)Clock|(Dispatch(Wall)?Time|Date)\.now|[ (]\.now\(\)|[^a-zA-Z]Date\(\)'
# A deadline so long from now is a relative wait: nothing sees the clock's value.
refuse 'a clock is read outside SystemClock.swift' "$clocks" -x 'deadline: \.now\(\)' \
    "${ours[@]}" ':!Sources/Platform/Clocks/SystemClock.swift'
randomness='SystemRandomNumberGenerator|getrandom|getentropy|arc4random|RAND_(priv_)?bytes|/dev/u?random'
randomness+='|[^s]\.random\(|\.randomElement\(|\.shuffled?\(|[^a-zA-Z_.](rand|random|drand48)\(\)|UUID\(\)'
refuse 'randomness is read outside SystemRandom.swift' "$randomness" -x 'using:' \
    "${ours[@]}" ':!Sources/Platform/Clocks/SystemRandom.swift'
refuse 'an escape from the rules' '@unchecked Sendable|nonisolated\(unsafe\)|try!|fatalError\(|[^a-z]as! ' \
    "${ours[@]}" 'Tests/SESSimulator/*.swift'
refuse 'Foundation' 'import (struct |class |func )?Foundation' "${ours[@]}"
refuse 'something unfinished' 'TODO|FIXME' 'Sources' 'Tests' ':!Tests/Scripts/lint.sh'

for module in CCurl COpenSSL CSystemd CSQLite CJansson CTOMLPlusPlus; do
    importers=$(git grep --untracked -lE "^ *import $module\$" -- Sources | cut -d/ -f2 | sort -u | wc -l || true)
    if [ "$importers" -gt 1 ]; then
        echo "$module is imported by $importers targets; one adapter wraps it"
        failed=1
    fi
done

# A pattern that can't match would let everything through.
marked=(Sources/Platform/Clocks/SystemClock.swift Sources/Platform/Clocks/SystemRandom.swift)
for index in 0 1; do
    patterns=("$clocks" "$randomness")
    if ! grep -qE "${patterns[index]}" "${marked[index]}"; then
        echo "${marked[index]} holds nothing of what is looked for; is the pattern right?"
        failed=1
    fi
done
[ "$failed" -eq 0 ] && echo '== formatting and rules: nothing to complain about'
exit "$failed"
