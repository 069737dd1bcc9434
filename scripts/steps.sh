# Steps that run one after the other whatever the others say, and a last line that sums up.
failed=()
not_run=()
passed=0
rm -rf build/tests
mkdir -p build/tests

# run "what" command ...
run() {
    local what=$1 began=$SECONDS
    shift
    say "$what"
    if "$@"; then
        passed=$((passed + 1))
        printf -- '-- %s: good (%s)\n' "$what" "$(clock $((SECONDS - began)))"
    else
        failed+=("$what")
        printf -- '-- %s: FAILED (%s)\n   again by itself: %s\n' "$what" "$(clock $((SECONDS - began)))" "$*"
    fi
}

# leave "what" "why": a step that could not run; under CI=true that is a failure
leave() {
    not_run+=("$1 ($2)")
    printf '\n== %s: NOT RUN, %s\n' "$1" "$2"
}

quality() {
    run "Lint" .venv/bin/ruff check --quiet .
    run "Format" .venv/bin/ruff format --quiet --check .
    run "Templates" templates_check
    run "Spelling" .venv/bin/codespell
    run "Types" .venv/bin/mypy
    run "Import contracts" env PYTHONPATH=. .venv/bin/lint-imports
}

templates_check() {
    git ls-files -z '*.html' | xargs -0 -r .venv/bin/djhtml --check --tabwidth 2
}

finish() {
    local totals verdict=passed
    totals=$("$PY" -m scripts.totals build/tests/*.xml)
    [ ${#failed[@]} = 0 ] || verdict=FAILED
    [ "${CI:-}" != true ] || [ ${#not_run[@]} = 0 ] || verdict=FAILED
    printf '\n'
    [ ${#failed[@]} = 0 ] || printf 'FAILED: %s\n' "${failed[@]}"
    [ ${#not_run[@]} = 0 ] || printf 'NOT RUN: %s\n' "${not_run[@]}"
    printf '%s %s: %d steps good, %d failed, %d not run; tests: %s; %s\n' \
        "$1" "$verdict" "$passed" ${#failed[@]} ${#not_run[@]} "$totals" "$(clock $SECONDS)"
    [ "$verdict" = passed ]
}
