#!/usr/bin/env python3
"""How busy two workers keep two cores while there are jobs.

    swift build -c release --product entente
    python Benchmarks/busy.py [--times N] [--workers N] [--lanes N] [--fetch-threads N] [--partitions N] [--timeline]

Submits the demo's held-out pictures N times over, each time under other ids, to a broker of its own, starts the workers as the
demo does (one consumer group, one lane and one fetch thread each), and compares their CPU time (user and system, from /proc)
with the wall time, from the first image that each has stored until the last of all is. The database is the one that
`entente demo --keep` leaves.

    workers      CPU time of the workers / (cores x wall time)
    machine      all CPU time of the machine / (cores x wall time), idle and waiting for I/O left out
    lanes        time in which lanes ran or wanted to / (lanes x wall time): what is missing is time in which a lane had nothing
                 to do. On a machine that others use this alone tells of stalls; strangers are whatever is neither worker,
                 database nor broker
"""

import argparse
import csv
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAM = str(ROOT / ".build/release/entente")
TICK = os.sysconf("SC_CLK_TCK")


def process_seconds(pid):
    """CPU seconds of a process and of those of its children that have ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / TICK


def lane_seconds(pid):
    """Seconds in which the lanes of a worker ran or waited for a core."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().startswith("lane"):
            running, waiting, _ = (task / "schedstat").read_text().split()
            total += (int(running) + int(waiting)) / 1e9
    return total


def tree(pid):
    """A process and what descends from it."""
    found = [pid]
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and int(pathlib.Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found += tree(int(entry))
        except OSError:
            pass
    return found


def tree_seconds(pid):
    total = 0
    for member in tree(pid):
        try:
            total += process_seconds(member)
        except OSError:
            pass
    return total


def machine_seconds():
    """CPU seconds of all cores, idle and waiting for I/O left out."""
    fields = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


def entente(arguments, environment, **options):
    return subprocess.Popen([PROGRAM] + arguments, env=environment, **options)


def until(what, condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return result


class Worker:
    def __init__(self, environment, log, arguments):
        self.log = log
        self.process = entente(["worker", "--http-address", "127.0.0.1:0"] + arguments, environment, stderr=open(log, "w"))

    def port(self):
        found = re.search(r"http\.address=127\.0\.0\.1:(\d+)", self.log.read_text())
        return found and found[1]

    def images(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port()}/metrics") as answer:
            text = answer.read().decode()
        return int(re.search(r'^entente_images_total\{outcome="done"\} (\d+)', text, re.M)[1])


def manifest(folder, times):
    path = folder / "manifest.csv"
    pictures = sorted((ROOT / "share/demo/heldout").glob("*/*.jpg"))
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "id", "label"])
        for turn in range(times):
            rows.writerows([picture, f"{turn}/{picture.parent.name}/{picture.name}", picture.parent.name] for picture in pictures)
    return path, times * len(pictures)


def measure(workers, helpers, total, timeline):
    """CPU and wall seconds from everybody's first image until the last."""
    until("each worker has stored an image", lambda: all(worker.images() for worker in workers))

    def sample():
        return (
            time.monotonic(), sum(process_seconds(worker.process.pid) for worker in workers),
            sum(tree_seconds(pid) for pid in helpers), machine_seconds(), sum(worker.images() for worker in workers),
            sum(lane_seconds(worker.process.pid) for worker in workers),
        )

    first = last = sample()
    while last[4] < total:
        time.sleep(0.25)
        now = sample()
        if timeline and now[0] - last[0] > 0:
            print(f"  {now[0] - first[0]:6.1f} s  {now[4]:6d} images  {100 * (now[1] - last[1]) / (now[0] - last[0]):5.0f} % of a core, lanes {100 * (now[5] - last[5]) / (now[0] - last[0]):5.0f} %")
        last = now
    return [end - start for start, end in zip(first, last)]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=6)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--lanes", type=int, default=1)
    options.add_argument("--fetch-threads", type=int, default=1)
    options.add_argument("--partitions", type=int, default=8)
    options.add_argument("--timeline", action="store_true")
    given = options.parse_args()

    demo = subprocess.run([PROGRAM, "demo", "--keep"], check=True, capture_output=True, text=True).stdout
    uri = re.search(r"psql '([^']+)'", demo)[1]
    server = int(re.search(r"kill -INT (\d+)", demo)[1])
    cluster = re.search(r"rm -r '([^']+)'", demo)[1]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="entente-busy-"))
    running = []
    try:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("ENTENTE_")}
        bootstrap = folder / "bootstrap"
        topics = ["--topic", f"entente.image-jobs:{given.partitions}", "--topic", "entente.image-jobs.dead-letters:1"]
        broker = entente(["broker", *topics, "--bootstrap-file", str(bootstrap)], environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        running.append(broker)
        until("the broker listens", bootstrap.exists)
        environment |= {
            "ENTENTE_POSTGRES_URI": uri, "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": bootstrap.read_text().strip(),
            # Offsets of the demo's own group are of another broker.
            "ENTENTE_KAFKA_GROUP": "busy", "ENTENTE_MODEL_PATH": str(ROOT / "share/demo/model"),
            "ENTENTE_FILE_ROOTS": str(ROOT / "share"), "ENTENTE_KAFKA_PROPERTIES_SESSION_TIMEOUT_MS": "6000",
            "ENTENTE_KAFKA_PROPERTIES_HEARTBEAT_INTERVAL_MS": "500",
        }
        arguments = ["--lanes", str(given.lanes), "--fetch-threads", str(given.fetch_threads)]
        workers = [Worker(environment, folder / f"worker-{number}.log", arguments) for number in range(given.workers)]
        running += [worker.process for worker in workers]
        until("the workers have joined the group", lambda: all("partition assigned" in worker.log.read_text() for worker in workers))
        path, total = manifest(folder, given.times)
        submit = ["submit", "--analysis", str(ROOT / "share/demo/analysis.yaml"), "--manifest", str(path), "--images-per-job", "8"]
        subprocess.run([PROGRAM] + submit, env=environment, check=True, stdout=subprocess.DEVNULL)
        wall, own, helpers, machine, images, lanes = measure(workers, [server, broker.pid], total, given.timeline)
        cores = os.cpu_count()
        strangers = max(0, machine - own - helpers)
        print(f"{given.workers} workers, {given.lanes} lanes each, {cores} cores: {images} images in {wall:.1f} s, {images / wall:.1f} a second")
        print(f"  workers      {100 * own / (cores * wall):5.1f} %")
        print(f"  machine      {100 * machine / (cores * wall):5.1f} %   database and broker {100 * helpers / (cores * wall):.1f} %, strangers {100 * strangers / (cores * wall):.1f} %")
        print(f"  lanes        {100 * lanes / (given.workers * given.lanes * wall):5.1f} %")
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()
        os.kill(server, signal.SIGINT)
        shutil.rmtree(folder)
        until("the database ends", lambda: not pathlib.Path(cluster, "data/postmaster.pid").exists())
        shutil.rmtree(cluster, ignore_errors=True)


if __name__ == "__main__":
    main()
