#!/bin/sh
# A customer, a weekly plan and a quarter of a year, with curl alone.
# The server is DUERUN_CLIENT_URL, the key DUERUN_CLIENT_KEY; without them those of `duerun dev` count.
set -eu

url=${DUERUN_CLIENT_URL:-http://127.0.0.1:8080}
key=${DUERUN_CLIENT_KEY:-skey_test_duerun0000000000000}

# The file keeps the key off the list of processes.
secret=$(mktemp)
trap 'rm -f "$secret"' EXIT
printf 'user = "%s:"\n' "$key" >"$secret"

call() { curl --silent --show-error --fail-with-body --config "$secret" "$@"; }
# The id of what a call makes; its refusal ends the script.
made() {
  answer=$(call "$@") || { echo "$answer" >&2; exit 1; }
  echo "$answer" | sed -n 's/^{"object":"[a-z_]*","id":"\([^"]*\)".*/\1/p'
}

token=$(made "$url/tokens" -d 'card[name]=Somchai Prasert' -d 'card[number]=4242424242424242' \
  -d 'card[expiration_month]=12' -d 'card[expiration_year]=2060' -d 'card[security_code]=123')
customer=$(made "$url/customers" -d "card=$token" -d 'email=somchai@example.com')
schedule=$(made "$url/schedules" -d every=1 -d period=week -d 'on[weekdays][]=friday' \
  -d "charge[customer]=$customer" -d 'charge[amount]=25000')
echo "schedule: $schedule"

call "$url/clock/advance" -d days=91
echo
call "$url/schedules/$schedule/occurrences?limit=2"
echo
