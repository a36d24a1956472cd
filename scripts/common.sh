# shellcheck shell=bash
# Shared by the scripts that may find an installation missing, broken off or out of date. Each defines `say` itself.

# npm writes its hidden lock file last, so an older or missing one means an unfinished or outdated installation.
install_modules() {
  [[ package-lock.json -nt node_modules/.package-lock.json ]] || return 0
  say 'npm ci: node_modules is missing or older than package-lock.json'
  npm ci --engine-strict --no-audit --no-fund --loglevel=warn
}
