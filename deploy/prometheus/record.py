"""Makes real troubles with real workers, and writes what Prometheus would have scraped as a test of the alerts.

    python record.py PROGRAM [TROUBLE …]      # writes recorded/TROUBLE.test.yml beside this file

PROGRAM is a built `entente`; it works on a PostgreSQL cluster, a broker and workers of its own below a temporary folder, and
is asked once a second. In the tests a second of these is as many as TROUBLES says, so that alerts which wait for an hour need
not be waited for; times within the series are stretched alike. Beside each trouble stands which alerts have to fire at its
end: no other may, and at its beginning none. Python alone is needed, and PostgreSQL's server programs.
"""

import collections
import glob
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SHARE = HERE.parent.parent / "share/demo"
USED = set(re.findall(r"\b(?:entente|process)_[a-z_]+", (HERE / "alerts.yml").read_text()))
# Where the series begin, so that what happened before them has a time above zero.
LEAD = 3600


class Machine:
    """A database, a broker and workers, in a folder that goes with them."""

    def __init__(self, program):
        self.program = program
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="entente-record-"))
        self.folder.chmod(0o755)
        self.workers = {}
        self.samples = collections.defaultdict(dict)
        self.targets = {}
        self.seconds = 0
        self.postgres = max(glob.glob("/usr/lib/postgresql/*/bin")) + "/"
        # PostgreSQL refuses to run as root.
        self.as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        data = self.folder / "database"
        data.mkdir()
        if self.as_postgres:
            shutil.chown(data, "postgres", "postgres")
        self.data = str(data)
        self.database("initdb", "--pgdata", self.data + "/d", "--auth=trust", "--username=entente", "--no-sync")
        self.start_database()
        self.environment = os.environ | {
            "ENTENTE_POSTGRES_URI": f"postgresql:///postgres?host={self.data}&user=entente",
            "ENTENTE_FILE_ROOTS": str(SHARE),
            "ENTENTE_MODEL_PATH": str(SHARE / "model"),
            "ENTENTE_WORKER_LANES": "1",
            "ENTENTE_WORKER_GRACE_PERIOD": "5",
            "ENTENTE_FAILURE_IMAGE_LIMIT": "100",
            "ENTENTE_FAILURE_JOB_LIMIT": "0",
            "ENTENTE_KAFKA_TOPIC": "jobs",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }
        servers = self.folder / "servers"
        topics = ["--topic", "jobs:4", "--topic", "jobs.dead-letters:1"]
        self.broker = subprocess.Popen(
            [program, "broker", *topics, "--bootstrap-file", servers], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        # It says them on its standard output, too, before it answers there.
        self.environment["ENTENTE_KAFKA_BOOTSTRAP_SERVERS"] = self.broker.stdout.readline().strip()
        self.run("migrate")

    def database(self, tool, *arguments):
        subprocess.run([*self.as_postgres, self.postgres + tool, *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start_database(self):
        options = f"-k {self.data} -c listen_addresses= -c fsync=off"
        self.database("pg_ctl", "--pgdata", self.data + "/d", "--options", options, "--log", self.data + "/log", "--wait", "start")

    def stop_database(self):
        self.database("pg_ctl", "--pgdata", self.data + "/d", "--mode", "immediate", "--wait", "stop")

    def run(self, *arguments):
        end = subprocess.run([self.program, *arguments], env=self.environment, capture_output=True, text=True)
        if end.returncode:
            sys.exit(f"record: {' '.join(map(str, arguments))}: {end.stderr}")

    def disturb(self, sentence):
        self.broker.stdin.write(sentence + "\n")
        self.broker.stdin.flush()
        answer = self.broker.stdout.readline().strip()
        if answer != "ok":
            sys.exit(f"record: the broker answers {answer} to {sentence}")

    def start(self, name, **environment):
        port = self.targets.get(name) or 19500 + os.getpid() % 400 * 2 + len(self.targets)
        self.targets[name] = port
        log = open(self.folder / f"{name}.log", "a")
        self.workers[name] = subprocess.Popen(
            [self.program, "worker", "--http-address", f"127.0.0.1:{port}"], env=self.environment | environment, stderr=log)

    def kill(self, name):
        self.workers[name].kill()
        self.workers[name].wait()

    def submit(self, times=1, missing=0, of=8):
        """Jobs of one image each: `missing` of `of` pictures are not there."""
        pictures = sorted(SHARE.glob("heldout/*/*.*"))
        manifest = self.folder / "manifest.csv"
        self.sent = getattr(self, "sent", 0)
        with open(manifest, "w") as file:
            file.write("uri,id\n")
            for index in range(times * of):
                path = SHARE / "heldout/gone.png" if index % of < missing else pictures[index % len(pictures)]
                file.write(f"file://{path},{self.sent + index}\n")
        self.sent += times * of
        analysis = SHARE / "analysis.yaml"
        self.run("submit", "--analysis", analysis, "--manifest", manifest, "--images-per-job", "4")

    def watch(self, seconds, each=None, every=5):
        """Asks every target once a second; `each` is done in the meantime."""
        for second in range(seconds):
            began = time.monotonic()
            if each and second % every == 0:
                worker = threading.Thread(target=each)
                worker.start()
            for name, port in self.targets.items():
                self.ask(name, port)
            self.seconds += 1
            time.sleep(max(0, 1 - (time.monotonic() - began)))
        if each:
            worker.join()

    def ask(self, name, port):
        try:
            text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=0.8).read().decode()
        except OSError:
            text = ""
        self.samples[f'up{{job="entente",instance="{name}"}}'][self.seconds] = "1" if text else "0"
        for metric, labels, value in re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", text, re.M):
            if metric in USED:
                series = f'{metric}{{job="entente",instance="{name}"{"," + labels if labels else ""}}}'
                self.samples[series][self.seconds] = value

    def end(self):
        for worker in self.workers.values():
            worker.kill()
            worker.wait()
        self.broker.kill()
        self.broker.wait()
        if os.path.exists(self.data + "/d/postmaster.pid"):
            self.stop_database()
        shutil.rmtree(self.folder)


def until(condition, what):
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"record: waited in vain: {what}")
        time.sleep(0.1)


def at_work(machine, *names):
    """Workers that have joined, and a second in which nothing is wrong."""
    for name in names:
        machine.start(name)
    for name in names:
        address = f"http://127.0.0.1:{machine.targets[name]}/readyz"
        until(lambda: answers(address), f"{name} is ready")


def answers(address):
    try:
        return urllib.request.urlopen(address, timeout=1).status == 200
    except OSError:
        return False


def killed(machine):
    at_work(machine, "a", "b")
    machine.submit()
    machine.watch(10)
    machine.kill("a")
    machine.watch(60)


def undiscovered(machine):
    at_work(machine, "a")
    machine.submit()
    machine.watch(10)
    machine.kill("a")
    machine.targets.clear()
    machine.watch(60)


def no_model(machine):
    empty = machine.folder / "empty"
    empty.mkdir()
    machine.environment["ENTENTE_MODEL_PATH"] = str(empty)
    at_work(machine, "a")
    machine.watch(10)
    machine.environment["ENTENTE_MODEL_PATH"] = str(SHARE / "model")
    machine.submit()
    machine.watch(110)


def database_away(machine):
    at_work(machine, "a")
    machine.submit(times=200)
    machine.watch(5)
    machine.stop_database()
    machine.watch(125)


def letters_held_up(machine):
    at_work(machine, "a")
    machine.watch(10)
    machine.submit(times=30, missing=8)
    machine.disturb("errors Produce 10000 TOPIC_AUTHORIZATION_FAILED")
    machine.watch(60)


def images_fail(machine):
    at_work(machine, "a")
    machine.watch(5, lambda: machine.submit(times=2))
    machine.watch(60, lambda: machine.submit(times=2, missing=1), every=4)


def crash_loop(machine):
    at_work(machine, "a", "b")
    machine.watch(10)
    for _ in range(5):
        machine.kill("a")
        machine.start("a")
        machine.watch(7)


def two_kinds(machine):
    machine.start("a", ENTENTE_KERNELS="portable")
    at_work(machine, "b")
    machine.watch(90)


def idle_then_work(machine):
    """No trouble: a night without work, and then some."""
    at_work(machine, "a")
    machine.submit()
    machine.watch(70)
    machine.submit(times=4)
    machine.watch(20)


# How many seconds a second of the recording is, and what fires at its end.
TROUBLES = {
    killed: (15, ["EntenteWorkerDown"]),
    undiscovered: (15, ["EntenteNoWorkers"]),
    no_model: (15, ["EntenteNotReady", "EntenteStalled"]),
    database_away: (15, ["EntenteDatabaseTroubles", "EntenteNotReady", "EntenteStalled"]),
    letters_held_up: (60, ["EntenteDeadLettersHeldUp"]),
    images_fail: (60, ["EntenteImagesFail"]),
    crash_loop: (60, ["EntenteRestarts"]),
    two_kinds: (60, ["EntenteKernelsDiffer"]),
    idle_then_work: (60, []),
}


def written(machine, began, name, scale, alerts):
    """The recording as promtool's tests have it."""
    lines = [
        f"# Recorded by record.py: {name}. A second of it is {scale} here.",
        "rule_files: [../alerts.yml]",
        "evaluation_interval: 1m",
        "tests:",
        f"  - name: {name}",
        f"    interval: {scale}s",
        "    input_series:",
    ]
    for series, samples in sorted(machine.samples.items()):
        values = []
        for second in range(machine.seconds):
            value = samples.get(second)
            if value is None:
                # What Prometheus marks when a target is gone, or no longer tells a series.
                values.append("stale" if second - 1 in samples else "_")
            elif "age_seconds" in series:
                values.append(f"{float(value) * scale:.10g}")
            elif "timestamp" in series or "start_time" in series:
                values.append("0" if float(value) == 0 else f"{(float(value) - began) * scale + LEAD:.3f}")
            else:
                values.append(f"{float(value):.10g}")
        lines += [f"      - series: '{series}'", f"        values: '_x{LEAD // scale} {' '.join(values)}'"]
    end = LEAD + machine.seconds * scale
    lines += ["    promql_expr_test:"]
    for when, firing in ((LEAD + 2 * scale, []), (end, alerts)):
        lines += [
            '      - expr: count by (alertname) (ALERTS{alertstate="firing"})',
            f"        eval_time: {when}s",
            f"        exp_samples:{'' if firing else ' []'}",
        ]
        for alert in firing:
            lines += [f"          - labels: '{{alertname=\"{alert}\"}}'", "            value: 1"]
    return "\n".join(lines) + "\n"


def main(program, *names):
    # So that what was started ends with this, however it ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("record: told to stop"))
    (HERE / "recorded").mkdir(exist_ok=True)
    for trouble, (scale, alerts) in TROUBLES.items():
        if names and trouble.__name__ not in names:
            continue
        machine = Machine(program)
        try:
            began = None
            watch = machine.watch

            def first(*arguments, **more):
                nonlocal began
                began = began or time.time()
                watch(*arguments, **more)

            machine.watch = first
            trouble(machine)
            text = written(machine, began, trouble.__name__.replace("_", " "), scale, alerts)
            (HERE / f"recorded/{trouble.__name__}.test.yml").write_text(text)
            print(f"{trouble.__name__}: {machine.seconds} seconds, {len(machine.samples)} series", flush=True)
        finally:
            machine.end()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), *sys.argv[2:])
