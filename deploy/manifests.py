"""What no schema knows of the Kubernetes manifests, as Kustomize renders them.

    python manifests.py render KUSTOMIZE FOLDER | upgrade KUSTOMIZE | rule [write]

render   the base, the example and each component (alone, and all of them together) render, refer to what is there, and
         agree with each other, the image and the secret; objects of Kubernetes' own kinds are left in FOLDER for its schemas
upgrade  applying the next release on a cluster that has the last one, step by step, against a model of what an API server
         refuses to change
rule     the PrometheusRule holds the rules of prometheus/alerts.yml; `write` makes it so
"""

import copy
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap

import yaml

from check import FOLDER, expect, instruction

KUBERNETES = FOLDER / "kubernetes"
# What each component is written to come after.
COMPONENTS = {
    "keda": [],
    "keda-persistent-lag": ["keda"],
    "commands": [],
    "models": [],
    "kafka-sasl": ["commands"],
    "kafka-tls": ["commands"],
    "kafka-file": ["commands"],
    "keda-sasl": ["keda"],
    "keda-tls": ["keda"],
    "monitoring": [],
    "object-store": [],
    "explorer": [],
    "dashboards": [],
}
# One broker is asked in one way.
TOGETHER = [name for name in COMPONENTS if not name.endswith(("-tls", "-file"))]
FOREIGN = {"ScaledObject", "TriggerAuthentication", "ServiceMonitor", "PrometheusRule"}
VERSION = "0.2.0"


class Kustomize:
    def __init__(self, program):
        self.program = program

    def build(self, folder):
        """Every object of a kustomization; fails as Kustomize does, with its own words."""
        end = subprocess.run([self.program, "build", str(folder)], capture_output=True, text=True)
        expect(end.returncode == 0, f"{folder}: {end.stderr.strip()}")
        return [document for document in yaml.safe_load_all(end.stdout) if document]

    def overlay(self, components=(), **more):
        """The base with components and whatever else an overlay says."""
        with tempfile.TemporaryDirectory(dir=KUBERNETES) as folder:
            paths = [FOLDER / "grafana" if name == "dashboards" else KUBERNETES / "components" / name for name in components]
            kustomization = {
                "apiVersion": "kustomize.config.k8s.io/v1beta1",
                "kind": "Kustomization",
                "namespace": "entente",
                "resources": ["../base"],
                "components": [os.path.relpath(path, folder) for path in paths],
                **more,
            }
            (pathlib.Path(folder) / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
            return self.build(folder)


def identity(document):
    return document["kind"], document["metadata"].get("namespace"), document["metadata"]["name"]


def template(document):
    """The pod template of a workload, or None."""
    if document["kind"] == "CronJob":
        return document["spec"]["jobTemplate"]["spec"]["template"]
    return document["spec"]["template"] if document["kind"] in ("Deployment", "Job") else None


def render(kustomize, folder):
    folders = {path.name for path in (KUBERNETES / "components").iterdir()} | {"dashboards"}
    expect(folders == set(COMPONENTS), f"manifests.py knows the components {sorted(COMPONENTS)}, there are {sorted(folders)}")
    variants = {"base": kustomize.build(KUBERNETES / "base"), "example": kustomize.build(KUBERNETES / "example")}
    for name, before in COMPONENTS.items():
        variants[name] = kustomize.overlay([*before, name])
    broker = {"name": "entente", "behavior": "merge", "literals": ["ENTENTE_KAFKA_BOOTSTRAP_SERVERS=elsewhere:9093", "ENTENTE_KAFKA_TOPIC=t", "ENTENTE_KAFKA_GROUP=g"]}
    images = [{"name": "entente", "newName": "registry.example.com:5000/entente", "newTag": VERSION}]
    everything = kustomize.overlay(TOGETHER, configMapGenerator=[broker], images=images)
    variants["everything"] = everything
    for name, documents in variants.items():
        agreement(name, documents)
    [scaled] = [document for document in everything if document["kind"] == "ScaledObject"]
    said = {key: scaled["spec"]["triggers"][0]["metadata"][key] for key in ("bootstrapServers", "topic", "consumerGroup")}
    expect(said == {"bootstrapServers": "elsewhere:9093", "topic": "t", "consumerGroup": "g"}, f"KEDA is told {said}, the workers something else")
    for document in everything:
        for container in containers(template(document)):
            expect(container["image"] == f"registry.example.com:5000/entente:{VERSION}", f"{identity(document)} runs {container['image']}")
    changed = kustomize.overlay(["keda"], configMapGenerator=[broker])
    worker, other = (next(d for d in documents if d["kind"] == "Deployment") for documents in (variants["keda"], changed))
    expect(worker["spec"]["template"] != other["spec"]["template"], "a changed setting rolls no worker")
    folder.mkdir(parents=True, exist_ok=True)
    for name, documents in variants.items():
        own = [document for document in documents if document["kind"] not in FOREIGN]
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(own))
    print(f"{len(variants)} kustomizations, {sum(map(len, variants.values()))} objects")


def containers(pod):
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]] if pod else []


def agreement(variant, documents):
    """That one kustomization's objects name each other rightly."""
    names = [identity(document) for document in documents]
    expect(len(set(names)) == len(names), f"{variant}: an object comes twice")
    spaces = {namespace for _, namespace, _ in names}
    expect(spaces == {"entente"}, f"{variant}: namespaces {spaces}")
    known = {}
    for kind, _, name in names:
        known.setdefault(kind, set()).add(name)
    worker = next(document for document in documents if document["kind"] == "Deployment" and document["metadata"]["name"] == "entente-worker")
    # What a policy or a service selects by: workers, and what components run beside them.
    pods = [template(document)["metadata"]["labels"] for document in documents if document["kind"] == "Deployment"]
    settings = next(d["data"] for d in documents if d["kind"] == "ConfigMap" and "ENTENTE_KAFKA_TOPIC" in d["data"])
    grace = int(settings["ENTENTE_WORKER_GRACE_PERIOD"])
    expect(template(worker)["spec"]["terminationGracePeriodSeconds"] >= grace + 15, f"{variant}: a worker has less than 15 s beyond its {grace}")
    secrets = {"entente-kafka": {"username", "password", "ca.crt", "tls.crt", "tls.key"}, "entente-hub": {"token"}}
    for example in yaml.safe_load_all((KUBERNETES / "secret.example.yaml").read_text()):
        secrets[example["metadata"]["name"]] = set(example["stringData"])
    for document in documents:
        place = f"{variant}: {document['kind']} {document['metadata']['name']}"
        if pod := template(document):
            check_pod(place, pod, known, secrets)
        match document["kind"]:
            case "PodDisruptionBudget" | "NetworkPolicy":
                spec = document["spec"]
                selector = (spec.get("selector") or spec.get("podSelector"))["matchLabels"]
                expect(any(selector.items() <= labels.items() for labels in pods), f"{place} selects no pods of ours")
            case "Service":
                chosen = [labels for labels in pods if document["spec"]["selector"].items() <= labels.items()]
                expect(len(chosen) == 1, f"{place} selects {len(chosen)} kinds of pods")
            case "ServiceMonitor":
                service = next(d for d in documents if d["kind"] == "Service" and d["metadata"]["name"] != "entente-explorer")
                wanted = document["spec"]["selector"]["matchLabels"]
                expect(wanted.items() <= service["metadata"]["labels"].items(), f"{place} selects another service")
                job = service["metadata"]["labels"].get(document["spec"]["jobLabel"])
                expect(job == "entente", f"{place}: the alerts go by the job entente, and it would be {job}")
                ports = {port["name"] for port in service["spec"]["ports"]}
                expect({point["port"] for point in document["spec"]["endpoints"]} <= ports, f"{place} asks another port")
            case "ScaledObject":
                expect(document["spec"]["scaleTargetRef"]["name"] == worker["metadata"]["name"], f"{place} scales something else")
                for trigger in document["spec"]["triggers"]:
                    odd = [key for key, value in trigger["metadata"].items() if not isinstance(value, str)]
                    expect(not odd, f"{place}: KEDA takes text, and {odd} is none")
                    if reference := trigger.get("authenticationRef"):
                        expect(reference["name"] in known.get("TriggerAuthentication", ()), f"{place}: no TriggerAuthentication {reference['name']}")


def check_pod(place, pod, known, secrets):
    spec = pod["spec"]
    expect(spec["serviceAccountName"] in known["ServiceAccount"], f"{place}: unknown service account")
    expect(spec["securityContext"]["runAsUser"] == int(instruction("USER").split(":")[0]), f"{place} runs as another user than the image")
    volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
    mounted = {mount["name"] for container in containers(pod) for mount in container.get("volumeMounts", [])}
    expect(mounted == set(volumes), f"{place} mounts {sorted(mounted)} of the volumes {sorted(volumes)}")
    for volume in volumes.values():
        for kind, key in (("ConfigMap", "configMap"), ("Secret", "secret")):
            reference = volume.get(key, {}).get("name") or volume.get(key, {}).get("secretName")
            expect(not reference or reference in known.get(kind, ()) or reference in secrets, f"{place}: no {kind} {reference}")
    for container in containers(pod):
        security = container["securityContext"]
        restricted = not security["allowPrivilegeEscalation"] and security["capabilities"]["drop"] == ["ALL"]
        expect(restricted and security["readOnlyRootFilesystem"], f"{place}, {container['name']}: not as restricted as it can be")
        for variable in container.get("env", []):
            if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                keys = secrets.get(reference["name"], ())
                expect(reference["key"] in keys, f"{place}: {variable['name']} refers to an unknown secret {reference}")
        for source in container.get("envFrom", []):
            expect(source["configMapRef"]["name"] in known["ConfigMap"], f"{place}: no ConfigMap {source['configMapRef']['name']}")


class Refused(Exception):
    pass


class Cluster:
    """Objects as an API server keeps them, which refuses to change what Kubernetes calls immutable."""

    def __init__(self):
        self.objects = {}

    def apply(self, documents):
        """What `kubectl apply` makes of it: the identities that are new, and those that are changed.

        Refused is thrown where the server would; what came before it is applied, as kubectl leaves it.
        """
        new, changed = set(), set()
        for document in documents:
            key = identity(document)
            before = self.objects.get(key)
            if before is None:
                new.add(key)
            elif before != document:
                for path in self.immutable(document):
                    if self.at(before, path) != self.at(document, path):
                        raise Refused(f"{key[0]} {key[2]}: {'.'.join(path)}: field is immutable")
                changed.add(key)
            self.objects[key] = copy.deepcopy(document)
        return new, changed

    def forget(self, kind):
        """What a time to live does to objects that are done."""
        self.objects = {key: value for key, value in self.objects.items() if key[0] != kind}

    @staticmethod
    def at(document, path):
        for step in path:
            document = (document or {}).get(step)
        return document

    @staticmethod
    def immutable(document):
        return {
            "Job": [("spec", "template"), ("spec", "selector"), ("spec", "completions")],
            "Deployment": [("spec", "selector")],
            "Service": [("spec", "clusterIP")],
        }.get(document["kind"], [])


def jobs(keys):
    return {key for key in keys if key[0] == "Job"}


def upgrade(kustomize):
    worker = ("Deployment", "entente", "entente-worker")
    for path in sorted((KUBERNETES / "upgrade").glob("*.yaml")):
        last = list(yaml.safe_load_all(path.read_text()))
        # A model that lets everything through proves nothing: it has to refuse what a job under one name could not do.
        cluster = Cluster()
        cluster.apply(last)
        if ("Job", "entente", "entente-migrate") in cluster.objects:
            try:
                cluster.apply(yaml.safe_load_all(path.read_text().replace(f"entente:{path.stem}", "entente:next")))
            except Refused:
                pass
            else:
                expect(False, f"{path.name}: the model of a cluster lets a job's template change")
        for gone in (False, True):
            cluster = Cluster()
            cluster.apply(last)
            if gone:
                cluster.forget("Job")
            follow(kustomize, cluster, worker, f"from {path.stem}{', its job gone' if gone else ''}")
    print("upgrades: new jobs come with new tags and templates, and with nothing else")


def follow(kustomize, cluster, worker, place):
    """One upgrade after the other on `cluster`."""

    def step(what, **more):
        try:
            return cluster.apply(kustomize.overlay(["keda", "monitoring"], **more))
        except Refused as refused:
            expect(False, f"{place}, {what}: {refused}")

    def tag(version):
        return [{"name": "entente", "newTag": version}]

    new, changed = step("the next tag", images=tag("0.2.0"))
    expect(len(jobs(new)) == 1 and worker in changed, f"{place}: the next tag brings {jobs(new)} and rolls {worker in changed}")
    pods = {key: template(cluster.objects[key]) for key in (worker, *jobs(new))}
    images = {container["image"] for pod in pods.values() for container in containers(pod)}
    expect(images == {"entente:0.2.0"}, f"{place}: {images} at work after an upgrade")
    expect(pods[worker]["spec"].get("initContainers"), f"{place}: workers do not wait for the schema")
    expect(step("the same again", images=tag("0.2.0")) == (set(), set()), f"{place}: the same manifests change something")
    new, changed = step("the tag after", images=tag("0.3.0"))
    expect(len(jobs(new)) == 1 and worker in changed, f"{place}: the tag after brings {jobs(new)}")
    setting = {"name": "entente", "behavior": "merge", "literals": ["ENTENTE_WORKER_LANES=16"]}
    new, changed = step("a setting", images=tag("0.3.0"), configMapGenerator=[setting])
    expect(not jobs(new) and worker in changed, f"{place}: a setting brings {jobs(new)} and rolls {worker in changed}")
    patch = {"target": {"kind": "Job"}, "patch": '[{"op": "add", "path": "/spec/template/spec/priorityClassName", "value": "high"}]'}
    new, changed = step("a patched job", images=tag("0.3.0"), patches=[patch])
    expect(len(jobs(new)) == 1, f"{place}: a job that an overlay patches is not new")


def rule(write):
    alerts = (FOLDER / "prometheus/alerts.yml").read_text()
    head = """# The rules of deploy/prometheus/alerts.yml, written by `python3 deploy/manifests.py rule write`.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: entente
  namespace: entente
  labels:
    app.kubernetes.io/name: entente
spec:
"""
    text = head + textwrap.indent(alerts[alerts.index("groups:") :], "  ")
    path = KUBERNETES / "components/monitoring/prometheusrule.yaml"
    if write:
        path.write_text(text)
    same = path.exists() and path.read_text() == text
    expect(same, f"{path} has other rules than alerts.yml; run `python3 deploy/manifests.py rule write`")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["rule", *more]:
            rule(write=more == ["write"])
        case ["render", program, folder]:
            render(Kustomize(program), pathlib.Path(folder))
        case ["upgrade", program]:
            upgrade(Kustomize(program))
        case _:
            sys.exit(__doc__)
