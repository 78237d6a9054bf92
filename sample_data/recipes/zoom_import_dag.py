"""The nightly import as an Airflow DAG that calls the command (Airflow 3; for 2 change the two imports).

The worker has zoom-import installed and the account's settings in its environment, or in the file .env of the
folder that `cwd` names. What is tested of this file: that it compiles, and that its command line is one that
zoom-import understands. Airflow itself is not installed for that.

Exit codes that mean "call somebody": 2, 3. They fail the task, as a 4 does that stays a 4 after all retries.
"""

from datetime import datetime, timedelta, timezone

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

COMMAND = (
    "zoom-import run /srv/crm/contacts.csv --mapping /etc/zoom-import/crm.yaml --account-plan business"
    " --max-age 20h --log-format json --summary /var/lib/zoom-import/summary.json"
    " --notify-command /etc/zoom-import/notify.sh"
)

with DAG(
    dag_id="zoom_import",
    schedule="30 2 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),  # noqa: UP017 - Airflow still runs on Python 3.10
    catchup=False,
    max_active_runs=1,
) as dag:
    BashOperator(
        task_id="run",
        # 1: the import is done, some rows have to be mended by day: no failed task.
        bash_command=f"{COMMAND} || test $? -eq 1",
        cwd="/var/lib/zoom-import",
        # 4: stopped early; the same command goes on. 2 and 3 are tried again in vain, and send nothing.
        retries=3,
        retry_delay=timedelta(minutes=15),
        # Ends with SIGTERM, which drains within 10 s.
        execution_timeout=timedelta(hours=8),
    )
