"""The nightly import as an Airflow DAG that calls the command (Airflow 3; for 2 change the imports).

The worker has zoom-import installed and the account's settings in its environment, or in the file .env of the
folder that `cwd` names.

Exit codes that mean "call somebody": 2, 3. They fail the task at once, as a 4 does that stays a 4 after all
retries.
"""

from datetime import datetime, timedelta, timezone

from airflow.exceptions import AirflowException, AirflowFailException
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

COMMAND = (
    "zoom-import run /srv/crm/contacts.csv --mapping /etc/zoom-import/crm.yaml --account-plan business"
    " --max-age 20h --log-format json --summary /var/lib/zoom-import/summary.json"
    " --notify-command /etc/zoom-import/notify.sh"
)


class ZoomImport(BashOperator):
    """Calls zoom-import, and tries again only where that can help."""

    def execute(self, context):
        """Run the command; `on_kill` of the base class ends it with SIGTERM, which drains within 10 s."""
        # exec: the signal goes to zoom-import itself.
        command = ["bash", "-c", f"exec {self.bash_command}"]
        done = self.subprocess_hook.run_command(command, env=self.get_env(context), cwd=self.cwd)
        # 2 and 3: somebody has to mend it. 5: another run is at work. No retry.
        if done.exit_code in (2, 3, 5):
            raise AirflowFailException(f"zoom-import ended with {done.exit_code}: {done.output}")
        # 1: the import is done, some rows have to be mended by day: no failed task.
        if done.exit_code not in (0, 1):
            # 4: stopped early; the same command goes on. Anything else: it was killed.
            raise AirflowException(f"zoom-import ended with {done.exit_code}: {done.output}")
        return done.exit_code


with DAG(
    dag_id="zoom_import",
    schedule="30 2 * * *",
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),  # noqa: UP017 - Airflow still runs on Python 3.10
    catchup=False,
    max_active_runs=1,
) as dag:
    ZoomImport(
        task_id="run",
        bash_command=COMMAND,
        cwd="/var/lib/zoom-import",
        retries=3,
        retry_delay=timedelta(minutes=15),
        execution_timeout=timedelta(hours=8),
    )
