#!/usr/bin/env bash
# down.sh : stops what up.sh started. Images, volumes and downloads stay in the lab folder for the next time.
set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/engine.sh" down
