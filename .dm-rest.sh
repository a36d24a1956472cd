( . test/support/preload.sh ) >/dev/null 2>&1
UV_THREADPOOL_SIZE=32 timeout 170 node agent/dist/bench/providers.js stock "blockstack: dm, (adiantum|a volume|a raid10|a thin)"
layerlift() { node agent/dist/main.js "$@"; }; layerlift recover; echo rc $?
timeout 200 node agent/dist/bench/crash-matrix.js --kinds --profile test/fixtures/profiles/crash.yaml --stride 0 --unaided 3 --only "dm-message|brought" --minutes 2; echo $?
dmesg | grep -E "WARN|BUG" | tail
