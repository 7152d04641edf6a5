"""What no schema knows: that the files below deploy/ agree with each other and with the program. (manifests.py: Kubernetes.)

    python check.py agreement | alerts | dashboards RULES | health | libraries PROGRAM

agreement   compose file, image and scrape configuration name each other rightly; grace periods fit
alerts      every rule has a test in which it fires and one in which it does not, and a page that says what to do
dashboards  what the dashboards' JSON says is what Grafana's own types of that release know; on screens of three widths no
            table is wider than its panel, and no header or figure wider than its column; names and units are for people.
            What is asked of Prometheus goes into RULES, for promtool to read
health      the Dockerfile's HEALTHCHECK tells a worker that is well from one that is not, and from none; so does Kafka's of the
            compose file a broker
libraries   every shared library that PROGRAM needs comes with a package that the Dockerfile installs
"""

import http.server
import importlib.metadata
import json
import pathlib
import re
import shutil
import socketserver
import struct
import subprocess
import sys
import threading

import yaml

FOLDER = pathlib.Path(__file__).resolve().parent


def refuse(sentence):
    sys.exit(f"check-deploy: {sentence}")


def expect(condition, sentence):
    if not condition:
        refuse(sentence)


def instruction(name):
    """The last instruction of that name in the Dockerfile, lines joined."""
    text = (FOLDER / "Dockerfile").read_text().replace("\\\n", " ")
    return re.findall(rf"^{name} +(.*)$", text, re.M)[-1]


def agreement():
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    # The worker's default.
    expect(int(compose["x-worker"]["stop_grace_period"].rstrip("s")) >= 30 + 15, "stop_grace_period of compose.yaml is too short")
    for service, settings in compose["services"].items():
        once = settings.get("restart") == "no" or settings.get("profiles")
        expect(once or settings.get("restart") == "unless-stopped", f"{service} of compose.yaml stays away after a reboot")
        expect("max-size" in settings["logging"]["options"], f"{service} of compose.yaml logs without end")
        expect("mem_limit" in settings, f"{service} of compose.yaml may take all memory")
        odd = [mount for mount in settings.get("tmpfs", []) if re.search(r"\b[ug]id=", mount)]
        expect(not odd, f"{service} of compose.yaml: Podman refuses {odd}")
        for port in settings.get("ports", []):
            expect(port.startswith("127.0.0.1:"), f"{service} of compose.yaml listens on more than the loopback address")

    port = instruction("EXPOSE").strip()
    prometheus = yaml.safe_load((FOLDER / "prometheus/prometheus.yml").read_text())
    workers = {f"{name}:{port}" for name in compose["services"] if name.startswith("worker")}
    expect(set(prometheus["scrape_configs"][0]["static_configs"][0]["targets"]) == workers, "prometheus.yml scrapes other workers")


def alerts():
    rules = [rule for group in yaml.safe_load((FOLDER / "prometheus/alerts.yml").read_text())["groups"] for rule in group["rules"]]
    fires = {rule["alert"]: set() for rule in rules}
    for path in sorted((FOLDER / "prometheus").glob("*.test.yml")):
        for test in yaml.safe_load(path.read_text())["tests"]:
            for case in test["alert_rule_test"]:
                fires[case["alertname"]].add(bool(case["exp_alerts"]))
    for name, seen in fires.items():
        expect(seen == {True, False}, f"no test in which {name} {'is silent' if True in seen else 'fires'}")
    for rule in rules:
        path, _, heading = rule["annotations"]["runbook_url"].partition("#")
        text = (FOLDER.parent / path).read_text()
        headings = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in re.findall(r"^#+ +(.*)$", text, re.M)}
        expect(heading in headings, f"{path} has no heading for {rule['alert']}")
        expect(rule["alert"].lower() == heading, f"{rule['alert']} sends to {heading}")


def lost(before, after, place):
    """Places of what is in `before` and not, or otherwise, in `after`; what is empty may be left out."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            if name in after:
                yield from lost(value, after[name], f"{place}.{name}")
            elif value not in (None, "", [], {}, False):
                yield f"{place}.{name}"
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after)):
            yield from lost(one, other, f"{place}[{index}]")
    elif before != after:
        yield place


def dashboards(rules):
    from grafana_foundation_sdk.cog import plugins
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.models.dashboard import Dashboard

    plugins.register_default_plugins()
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    release = importlib.metadata.version("grafana-foundation-sdk").partition("!")[2]
    expect(compose["services"]["grafana"]["image"].endswith(":" + release), f"compose.yaml has another Grafana than {release}")
    known = set(re.findall(r"^\| `(\w+)`", (FOLDER.parent / "docs/metrics.md").read_text(), re.M)) | {"up"}
    asked = []
    for path in sorted((FOLDER / "grafana").glob("*/*.json")):
        model = json.loads(path.read_text())
        asked += [target["expr"] for panel in model["panels"] for target in panel["targets"] if "expr" in target]
        for variable in model["templating"]["list"]:
            # How the editor shows the query; Grafana writes it and its types leave it out.
            expect(variable.pop("definition", variable["query"]) == variable["query"], f"{path.name}: {variable['name']} has another definition than query")
        for annotation in model["annotations"]["list"]:
            # Of an annotation's query Grafana's types know that of its own storage alone; a data source's is as a panel's.
            query = annotation.pop("target")
            expect(query["format"] == "table" and query["rawSql"] and query["datasource"] == annotation["datasource"], f"{path.name}: {annotation['name']} asks nothing")
        places = list(lost(model, json.loads(JSONEncoder().encode(Dashboard.from_json(model))), path.name))
        expect(not places, f"Grafana {release} knows no such thing as {', '.join(places[:5])}")
        tables(path, model)
        ids = [panel["id"] for panel in model["panels"]]
        expect(len(set(ids)) == len(ids), f"{path.name}: two panels have one id")
        expect(all(panel["description"].endswith(".") for panel in model["panels"]), f"{path.name}: a panel says nothing of itself")
    for expression in asked:
        used = re.findall(r"\b(up|(?:entente|process)_\w+?)(?:_bucket|_sum|_count)?[{\[]", expression)
        expect(used and known.issuperset(used), f"no such metric as one of {used}")
    expressions = [expression.replace("$__rate_interval", "5m").replace("$instance", ".*") for expression in asked]
    records = [{"record": f"panel:{index}", "expr": expression} for index, expression in enumerate(expressions)]
    pathlib.Path(rules).write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": records}]}))
    sources = yaml.safe_load((FOLDER / "grafana/provisioning/datasources/entente.yaml").read_text())["datasources"]
    expect({source["uid"] for source in sources} == {"entente", "entente-prometheus"}, "panels ask other sources than are provisioned")


# Of the page, without its margins, by the width of the screen. From 1440 on Grafana keeps its menu beside the page.
SCREENS = {1280: 1280 - 32, 1600: 1600 - 300 - 32, 1920: 1920 - 300 - 32}
# What figures of a unit are at their widest; texts and codes take what is left, and are cut where that is too little.
WIDEST = {"percentunit": "100.0%", "dateTimeAsIso": "2026-11-28 21:59:53", "locale": "1,281,167", "dtdurations": "23 hours"}


def text_width(text):
    """Pixels of a line in Grafana's 14-pixel Inter, rounded up: its digits are one width, its capitals wider."""
    wide = {"m": 13, "w": 11.5, "M": 13, "W": 14, "%": 12, " ": 4, ",": 4.5, ".": 4.5, "i": 4, "l": 4, "j": 4, "t": 5.5, "f": 5.5, "r": 6, "I": 4}
    return sum(wide.get(letter, 9.5 if letter.isupper() else 8.7 if letter.isdigit() else 8.4) for letter in text)


def tables(path, model):
    """Lays out each table as Grafana does: columns with a width have it, the others share what is left."""
    for panel in model["panels"]:
        place = f"{path.name}, {panel['title']}"
        overrides = {o["matcher"]["options"]: {x["id"]: x["value"] for x in o["properties"]} for o in panel["fieldConfig"]["overrides"]}
        defaults = panel["fieldConfig"]["defaults"]
        expect(all(rule.get("unit") != "short" for rule in (defaults, *overrides.values())) or panel["type"] == "timeseries", f"{place} rounds its figures")
        if panel["type"] in ("stat", "gauge"):
            shown = re.findall(r"\w+", panel["options"]["reduceOptions"]["fields"])
            raw = [column for column in shown if "displayName" not in overrides.get(column, {})]
            expect(not raw, f"{place} shows {raw} as the database calls them")
        if panel["type"] == "timeseries":
            custom = defaults["custom"]
            expect(custom["drawStyle"] == "bars" or custom["showPoints"] == "always", f"{place} shows nothing of a single interval")
        if panel["type"] != "table":
            continue
        [organize] = [step["options"] for step in panel["transformations"] if step["id"] == "organize"]
        headers = [organize["renameByName"][column] for column in sorted(organize["indexByName"], key=organize["indexByName"].get) if not organize["excludeByName"].get(column)]
        headers = [header for header in headers if not overrides.get(header, {}).get("custom.hidden")]
        for header in headers:
            rule = overrides.get(header, {})
            expect("custom.width" in rule or "custom.minWidth" in rule, f"{place}: {header} has no width")
            figure = WIDEST.get(rule.get("unit"), f"-{0:.{rule['decimals']}f}" if "decimals" in rule else "")
            # Twice six pixels of padding; a header has room for the arrow that says what is sorted by.
            needed = 12 + max(text_width(header) + 14, text_width(figure))
            width = rule.get("custom.width") or rule["custom.minWidth"]
            expect(width >= needed, f"{place}: {header} is cut at {width} of {needed:.0f} pixels")
        least = sum(overrides[header].get("custom.width") or overrides[header]["custom.minWidth"] for header in headers)
        for screen, page in SCREENS.items():
            # A twenty-fourth of the page for each unit, eight pixels between panels, eight of padding on either side.
            available = (page + 8) / 24 * panel["gridPos"]["w"] - 8 - 16
            expect(least <= available, f"{place} needs {least} pixels of {available:.0f} on a screen of {screen}")


def health():
    command = json.loads(instruction("HEALTHCHECK").partition("CMD")[2])
    expect(any("/9464" in word for word in command), "the HEALTHCHECK asks another port than 9464")

    class Worker(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(self.server.status if self.path == "/healthz" else 404)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_):
            """The check reads one line and goes."""

    server = Server(("127.0.0.1", 0), Worker)
    command = [word.replace("/9464", f"/{server.server_port}") for word in command]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for status in (200, 503):
        server.status = status
        end = subprocess.run(command, timeout=10, stderr=subprocess.DEVNULL).returncode
        expect((end == 0) == (status == 200), f"the HEALTHCHECK ends with {end} where /healthz answers {status}")
    server.shutdown()
    server.server_close()
    end = subprocess.run(command, timeout=10, stderr=subprocess.DEVNULL).returncode
    expect(end == 1, f"the HEALTHCHECK ends with {end} where nothing listens; Docker knows 0 and 1")
    broker_health()


def broker_health():
    """Kafka's check against brokers that answer, that answer with an error, and that say nothing."""
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    check, timeout = (compose["services"]["kafka"]["healthcheck"][key] for key in ("test", "timeout"))
    # The question's number and an error: none, an unknown version, another question's, and a broker that hangs up.
    answers = {b"\0\0\0\1\0\0": True, b"\0\0\0\1\0\43": False, b"\0\0\0\2\0\0": False, b"": False}
    asked = []

    class Broker(socketserver.BaseRequestHandler):
        def handle(self):
            asked.append(self.request.recv(100))
            if self.server.answer:
                self.request.sendall(struct.pack(">i", len(self.server.answer)) + self.server.answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Broker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [word.replace("$$", "$").replace("/9092", f"/{server.server_address[1]}") for word in check[1:]]
        for answer, well in answers.items():
            server.answer = answer
            end = subprocess.run(command, timeout=int(timeout.rstrip("s")), stderr=subprocess.DEVNULL).returncode
            expect((end == 0) == well, f"Kafka's health check ends with {end} where a broker answers {answer!r}")
        server.shutdown()
    # The length of what follows; ApiVersions is request 18, here of version 0; a number to be repeated; no client's name.
    expect(asked[0] == struct.pack(">ihhih", 10, 18, 0, 1, -1), f"Kafka's health check asks {asked[0]!r}")
    end = subprocess.run(command, timeout=10, stderr=subprocess.DEVNULL).returncode
    expect(end == 1, f"Kafka's health check ends with {end} where nothing listens")


def libraries(program):
    if not shutil.which("dpkg-query"):
        return print("SKIPPED, libraries: only Debian's dpkg tells packages")
    stage = (FOLDER / "Dockerfile").read_text().rpartition("FROM ")[2]
    installed = re.search(r"apt-get install ([^&]*)&&", stage)[1].replace("\\", " ").split()
    # Debian 13 renamed some libraries for times after 2038; nothing else of theirs changed on 64 bits.
    installed += [package.removesuffix("t64") for package in installed]
    names = re.findall(r"NEEDED.*\[(.*)\]", subprocess.check_output(["readelf", "--dynamic", program], text=True))
    paths = dict(re.findall(r"^\s*(\S+) => (\S+)", subprocess.check_output(["ldd", program], text=True), re.M))
    checked = 0
    for name in names:
        path = pathlib.Path(paths.get(name, "/none")).resolve()
        # The image has none of Swift's own libraries, because they are linked into its program.
        if name.startswith("ld-linux") or "/swift/" in paths.get(name, ""):
            continue
        # By its own name, too: a compiler may bring a copy of a patch level that no package here has.
        patterns = [f"*/{path.name}", f"*/{name}"]
        found = subprocess.run(["dpkg-query", "--search", *patterns], capture_output=True, text=True).stdout
        packages = {line.partition(":")[0] for line in found.splitlines()}
        expect(packages & ({*installed, "libc6"}), f"{program} needs {name} of {sorted(packages)}; the Dockerfile installs none of them")
        checked += 1
    print(f"{checked} libraries of {program} are installed by the Dockerfile")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["agreement"]:
            agreement()
        case ["alerts"]:
            alerts()
        case ["dashboards", rules]:
            dashboards(rules)
        case ["health"]:
            health()
        case ["libraries", program]:
            libraries(program)
        case _:
            sys.exit(__doc__)
