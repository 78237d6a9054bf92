#!/bin/sh
# For --notify-command: runs when an import did not end with 0, with the summary as JSON on standard input.
#
# Exit codes that mean "call somebody": 2, 3
case "$ZOOM_IMPORT_EXIT_CODE" in
    2 | 3) to=oncall@example.com subject="zoom-import: somebody has to look at it now" ;;
    1) to=ops@example.com subject="zoom-import: some rows need a hand, see the corrections file" ;;
    4) to=ops@example.com subject="zoom-import: stopped early, goes on with the next run" ;;
    5) to=ops@example.com subject="zoom-import: the last run is still going on" ;;
    *) to=oncall@example.com subject="zoom-import: ended with ${ZOOM_IMPORT_EXIT_CODE:-an unknown code}" ;;
esac
exec mail -s "$subject" "$to"
