#!/usr/bin/env bash
# Seven databases and seven users, each with rights on its own database only; no tables: migrations own them.
# The MySQL image runs this once, on an empty data folder. Passwords come from the environment, <NAME>_DB_PASSWORD.
set -euo pipefail

ROOMS=(user movie cinema booking payment coupon notification)
# What a service does with its own tables, and what its migrations do to them. No GRANT, no FILE, no SUPER.
RIGHTS="SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, CREATE TEMPORARY TABLES"

password_of() {
    local variable password
    variable="$(tr '[:lower:]' '[:upper:]' <<<"$1")_DB_PASSWORD"
    password="${!variable:-}"
    if [[ -z $password ]]; then
        echo "$variable is not set" >&2
        return 1
    fi
    # The same words stand in an address, so they keep to what needs no escaping there or here.
    if [[ ! $password =~ ^[A-Za-z0-9_.-]{12,}$ ]]; then
        echo "$variable: use at least 12 letters, digits, dots, dashes or underscores" >&2
        return 1
    fi
    printf '%s' "$password"
}

statements() {
    local room password prefix="${DATABASE_PREFIX:-}"
    for room in "${ROOMS[@]}"; do
        password="$(password_of "$room")" || return 1
        # In GRANT an underscore stands for any character, so it is escaped.
        local granted="${prefix//_/\\_}${room}\\_db"
        cat <<SQL
CREATE DATABASE IF NOT EXISTS \`${prefix}${room}_db\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE USER IF NOT EXISTS '${prefix}${room}_service'@'%' IDENTIFIED BY '${password}';
GRANT ${RIGHTS} ON \`${granted}\`.* TO '${prefix}${room}_service'@'%';
SQL
    done
}

main() {
    # All passwords are looked at before the first statement runs: a bad one leaves nothing half made.
    local all
    all="$(statements)" || return 1
    if [[ ${1:-} == --print ]]; then
        printf '%s\n' "$all"
        return
    fi
    MYSQL_PWD="${MYSQL_ROOT_PASSWORD:?}" mysql --protocol=socket --user=root --batch <<<"$all"
    echo "made ${#ROOMS[@]} databases and users"
}

main "$@"
