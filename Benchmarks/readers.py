#!/usr/bin/env python3
"""How long an explorer takes while people read in it, and how much memory it needs.

    entente explore --http-address 127.0.0.1:8080 &
    python Benchmarks/readers.py http://127.0.0.1:8080 [--readers 20] [--think 1] [--seconds 60] [--warm 15] [--pid PID] [--limit]

`view-benchmark --only-fill --folder DIR --pictures DIR` fills a database for it: twenty analyses of 50,000 images, or as many as --images
says, with pictures to be shown. `entente explore --postgres-uri 'postgresql:///postgres?host=DIR/socket&user=entente'` reads there once its
server runs again.

Each reader opens a page, looks at it for a second, and opens another: a kind of page at random, and of that kind one that some page
led to before; every third time with another estimator or part method where the page has such switches. With a picture come its parts and
its numbers, and with any page up to six of its pictures, as a browser asks for them. What is asked in the first seconds warms the server and
the database and is not counted.

The table has a line a kind: how often it was asked for, and the median, 95th percentile and longest time in milliseconds, of the
server by its Server-Timing header and on the wall, and the median size. Then the server's resident memory, at most and at the end, of the
process that listens there or of --pid. Readers and server share the machine's cores, so nothing else should run on it. With --limit it ends
with 1 if a page's median is beyond 100 ms or its 95th percentile beyond 300 ms, or memory beyond 150 MB.
"""

import argparse
import collections
import html.parser
import http.client
import os
import pathlib
import random
import re
import statistics
import sys
import threading
import time
import urllib.parse

PAGES = ["index", "analysis", "class", "picture", "concept", "compare", "search", "failures"]
KEPT = 2000


def kind_of(path):
    """What an address leads to; None of what readers do not open."""
    parts = urllib.parse.urlsplit(path).path.strip("/").split("/")
    if parts[-1].endswith((".json", ".csv", ".yaml")):
        return None
    if parts == [""]:
        return "index"
    if len(parts) == 1 and parts[0] in ("compare", "search", "failures"):
        return parts[0]
    if parts[0] == "analyses" and len(parts) == 2:
        return "analysis"
    if parts[0] == "analyses" and len(parts) == 4:
        return {"classes": "class", "images": "picture", "concepts": "concept"}.get(parts[2])
    return None


class Links(html.parser.HTMLParser):
    """What a page leads to, what it shows, and its switches."""

    def __init__(self, path, text):
        super().__init__()
        self.path = path
        self.pages, self.pictures, self.parts, self.options = [], [], [], collections.defaultdict(list)
        self.select = None
        self.feed(text)

    def address(self, reference):
        there = urllib.parse.urlsplit(urllib.parse.urljoin("http://host" + self.path, reference))
        return there.path + ("?" + there.query if there.query else "") if there.netloc == "host" else None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and (path := self.address(given.get("href") or "#")) and kind_of(path):
            self.pages.append(path)
        elif tag == "img" and (path := self.address(given.get("src") or "")):
            self.pictures.append(path)
        elif tag == "select":
            self.select = given.get("name")
        elif tag == "option" and self.select and given.get("value") is not None:
            self.options[self.select].append(given["value"])
        for name in ("data-masks", "data-toggle"):
            if given.get(name) and (path := self.address(given[name])):
                self.parts.append((name.removeprefix("data-"), path))

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None


class Shelf:
    """The pages that readers know of, by kind, and how long each took."""

    def __init__(self):
        self.lock = threading.Lock()
        self.pages = collections.defaultdict(list)
        self.known = set()
        self.times = collections.defaultdict(list)
        self.failures = collections.Counter()
        self.counts = False
        for path in ["/", "/failures", "/search?q=a"]:
            self.add(path)

    def add(self, path):
        kind = kind_of(path)
        with self.lock:
            if not kind or path in self.known or len(self.pages[kind]) >= KEPT:
                return
            self.known.add(path)
            self.pages[kind].append(path)
            if kind == "analysis":
                mine = urllib.parse.urlsplit(path).path.split("/")[2]
                for other in {urllib.parse.urlsplit(page).path.split("/")[2] for page in self.pages[kind]} - {mine}:
                    pair = f"/compare?a={mine}&b={other}"
                    if pair not in self.known and len(self.pages["compare"]) < KEPT:
                        self.known.add(pair)
                        self.pages["compare"].append(pair)
            elif kind in ("class", "concept"):
                word = urllib.parse.unquote(urllib.parse.urlsplit(path).path.split("/")[4])
                query = "/search?" + urllib.parse.urlencode({"q": word[: random.randint(2, max(2, len(word)))]})
                if query not in self.known and len(self.pages["search"]) < KEPT:
                    self.known.add(query)
                    self.pages["search"].append(query)

    def any(self, chance):
        with self.lock:
            return chance.choice(self.pages[chance.choice([kind for kind in PAGES if self.pages[kind]])])

    def note(self, kind, status, own, wall, size):
        with self.lock:
            if not self.counts:
                return
            self.times[kind].append((own, wall, size))
            if status >= 400:
                self.failures[kind, status] += 1


class Reader(threading.Thread):
    def __init__(self, address, shelf, think, until, seed):
        super().__init__(daemon=True)
        self.host = urllib.parse.urlsplit(address).netloc
        self.shelf, self.think, self.until = shelf, think, until
        self.chance = random.Random(seed)
        self.connection = http.client.HTTPConnection(self.host, timeout=60)

    def ask(self, path, kind):
        begin = time.monotonic()
        try:
            try:
                answer, body = self.get(path)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # Closed by the server while it was idle: browsers ask once more over a new connection, too.
                self.connection.close()
                begin = time.monotonic()
                answer, body = self.get(path)
        except (http.client.HTTPException, OSError):
            self.connection.close()
            self.shelf.note(kind, 599, None, 1000 * (time.monotonic() - begin), 0)
            return ""
        wall = 1000 * (time.monotonic() - begin)
        timing = re.search(r"\bdur=([\d.]+)", answer.getheader("Server-Timing") or "")
        self.shelf.note(kind, answer.status, float(timing[1]) if timing else None, wall, len(body))
        is_page = answer.status == 200 and (answer.getheader("Content-Type") or "").startswith("text/html")
        return body.decode() if is_page else ""

    def get(self, path):
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def run(self):
        time.sleep(self.chance.random() * self.think)
        switched = None
        while time.monotonic() < self.until:
            path = switched or self.shelf.any(self.chance)
            links = Links(path, self.ask(path, kind_of(path)))
            self.chance.shuffle(links.pages)
            for page in links.pages:
                self.shelf.add(page)
            for kind, part in links.parts:
                self.ask(part, kind)
            for picture in links.pictures[:6]:
                self.ask(picture, "image")
            switched = None
            if links.options and self.chance.random() < 1 / 3:
                query = {name: self.chance.choice(values) for name, values in links.options.items()}
                there = urllib.parse.urlsplit(path)
                switched = there.path + "?" + urllib.parse.urlencode(dict(urllib.parse.parse_qsl(there.query)) | query)
            time.sleep(self.think)


def listener(address):
    """The process that listens on a port of this machine, as far as this user may see."""
    port = urllib.parse.urlsplit(address).port or 80
    sockets = set()
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            for descriptor in pathlib.Path(f"/proc/{process}/fd").iterdir():
                if os.readlink(descriptor) in sockets:
                    return int(process)
        except OSError:
            pass
    return None


def resident(pid):
    """Resident memory of a process, MB, and its share that no file backs."""
    fields = dict(re.findall(r"^(\w+):\s+(\d+) kB$", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M))
    return int(fields["VmRSS"]) * 1024 / 1e6, int(fields["RssAnon"]) * 1024 / 1e6


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("address")
    options.add_argument("--readers", type=int, default=20)
    options.add_argument("--think", type=float, default=1)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--warm", type=float, default=15)
    options.add_argument("--pid", type=int)
    options.add_argument("--limit", action="store_true")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()

    shelf, pid = Shelf(), given.pid or listener(given.address)
    begin = time.monotonic()
    readers = [
        Reader(given.address, shelf, given.think, begin + given.warm + given.seconds, given.seed * 1000 + number)
        for number in range(given.readers)
    ]
    for reader in readers:
        reader.start()
    most = now = (0.0, 0.0)
    while any(reader.is_alive() for reader in readers):
        if not shelf.counts and time.monotonic() - begin >= given.warm:
            shelf.counts = True
        if pid:
            now = resident(pid)
            most = max(most, now)
        time.sleep(0.2)

    def percentile(values, share):
        return sorted(values)[min(len(values) - 1, int(share * len(values)))]

    beyond = []
    print(f"{given.readers} readers, {given.think:g} s between pages, {given.seconds:g} s after {given.warm:g} s of warming; {len(shelf.known)} pages known")
    print(f"{'':10} {'asked':>6}  {'server':>7} {'95 %':>7} {'most':>7}  {'wall':>7} {'95 %':>7} {'most':>7} ms  {'size':>7} kB")
    for kind in PAGES + sorted(set(shelf.times) - set(PAGES)):
        times = shelf.times.get(kind)
        if not times:
            print(f"{kind:10} {0:6d}")
            beyond += [f"{kind} was never asked for"] if kind in PAGES else []
            continue
        own, wall = [time for time, _, _ in times if time is not None], [time for _, time, _ in times]
        columns = ["  ".join(
            " ".join(f"{value:7.1f}" for value in (statistics.median(values), percentile(values, 0.95), max(values))) if values else f"{'–':>7} {'–':>7} {'–':>7}"
            for values in (own, wall))]
        size = statistics.median(size for _, _, size in times) / 1e3
        print(f"{kind:10} {len(times):6d}  {columns[0]}     {size:7.1f}")
        judged = own or wall
        if kind in PAGES and (statistics.median(judged) > 100 or percentile(judged, 0.95) > 300):
            beyond.append(f"{kind}: {statistics.median(judged):.0f} ms, 95th percentile {percentile(judged, 0.95):.0f} ms")
    for (kind, status), count in sorted(shelf.failures.items()):
        print(f"{count} times {'no answer' if status == 599 else status} for {kind}")
    if pid:
        print(f"resident memory {most[0]:.0f} MB at most, {now[0]:.0f} MB at the end ({now[1]:.0f} MB of it its own)")
        if most[0] > 150:
            beyond.append(f"resident memory: {most[0]:.0f} MB")
    else:
        print("resident memory unknown: whoever listens there is another user's, or on another machine; name it with --pid")
    for what in beyond:
        print(f"beyond: {what}")
    sys.exit(1 if given.limit and beyond else 0)


if __name__ == "__main__":
    main()
