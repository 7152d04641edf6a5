#!/usr/bin/env python3
"""Dense methods against the zoo's ground truth: does what they find lie on the object, are its parts true parts, are its concepts true,
and how near does reading parts in a single pass come to red circles?

    python Benchmarks/dense_truth.py [--model vit-s12] [--entente .build/release/entente] [--pictures-per-class 14]

Runs one zoo model under an analysis a method through `entente demo --zoo --keep`, asks the database that it leaves, ends it, and prints
two Markdown tables. Needs psql, nothing from PyPI. About 6 minutes on two cores.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
METHODS = ("raw", "maskclip", "clip-surgery", "sclip", "naclip", "clearclip", "resclip", "sc-clip", "cliptrase", "anoclip")


def variants(text):
    """Name and YAML of each analysis: as it is, parts found in each method's features, parts read by each method."""
    text = re.sub(r"by: \[pca, kmeans\]", "by: [kmeans]", text)
    yield "plain", text
    for method in METHODS:
        yield f"features-{method}", text.replace("method:\n", f"method:\n  features: {{dense: {method}}}\n")
        single = re.sub(r"  prompting: .*\n", f"  prompting: {{mode: single_pass, dense: {method}}}\n", text)
        yield f"single-{method}", single


def share(folder, model, each):
    """A share folder whose zoo is one model under all variants, with the first `each` pictures of every class."""
    zoo, source = folder / "zoo", ROOT / "share/zoo"
    (folder / "demo").mkdir(parents=True)
    shutil.copy(ROOT / "share/demo/analysis.yaml", folder / "demo")
    zoo.mkdir()
    for name in ("classes.json", "descriptors.json", "truth.json"):
        shutil.copy(source / name, zoo)
    shutil.copytree(source / "masks", zoo / "masks")
    shutil.copytree(source / "models" / model, zoo / "models" / model)
    for place in sorted((source / "heldout").iterdir()):
        (zoo / "heldout" / place.name).mkdir(parents=True)
        for picture in sorted(place.iterdir())[:each]:
            shutil.copy(picture, zoo / "heldout" / place.name)
    text = (source / f"{model}.yaml").read_text()
    for name, yaml in variants(text):
        (zoo / f"{name}.yaml").write_text(re.sub(r"^name: .*", f"name: {name}", yaml))


QUERY = """
WITH runs AS (SELECT analysis_id, name FROM entente.analyses),
plain AS (SELECT p.* FROM entente.part_results AS p JOIN runs USING (analysis_id) WHERE name = 'plain'),
near AS (
    SELECT r.name,
        avg((SELECT count(*) FROM unnest(p.vision_descriptors) AS d WHERE d = ANY (q.vision_descriptors))::double precision
            / nullif((SELECT count(*) FROM (SELECT unnest(p.vision_descriptors) UNION SELECT unnest(q.vision_descriptors)) AS u), 0))
            AS jaccard,
        avg(p.auc_released) / 1e9 AS auc
    FROM entente.part_results AS p JOIN runs AS r USING (analysis_id) JOIN plain AS q USING (image_id) GROUP BY r.name),
ranks AS (
    SELECT name, image_id, rank() OVER (PARTITION BY name ORDER BY auc) + (count(*) OVER (PARTITION BY name, auc) - 1) / 2.0 AS place
    FROM (SELECT r.name, p.image_id, p.auc_released AS auc FROM entente.part_results AS p JOIN runs AS r USING (analysis_id)) AS s),
order_of AS (
    SELECT a.name, corr(a.place, b.place) AS spearman
    FROM ranks AS a JOIN ranks AS b USING (image_id) WHERE b.name = 'plain' GROUP BY a.name),
cost AS (
    SELECT r.name, percentile_cont(0.5) WITHIN GROUP (ORDER BY i.encode_microseconds + i.concepts_microseconds) / 1000 AS milliseconds
    FROM entente.image_results AS i JOIN runs AS r USING (analysis_id) GROUP BY r.name)
SELECT g.name, g.corloc, g.foreground_overlap, g.purity, g.adjusted_rand_index, g.vision_precision, g.mutual_precision,
    n.jaccard, o.spearman, n.auc, c.milliseconds, g.images
FROM entente.ground_truth_summary AS g JOIN near AS n USING (name) JOIN order_of AS o USING (name) JOIN cost AS c USING (name)
"""


def measured(entente, folder):
    """name -> the columns of QUERY, None where undefined."""
    environment = dict(os.environ, ENTENTE_SHARE=str(folder))
    run = subprocess.run(
        [entente, "demo", "--zoo", "--keep", "--output", str(folder / "output")], env=environment, text=True, stdout=subprocess.PIPE
    )
    uri, server = re.search(r"psql '(.+)'", run.stdout), re.search(r"kill -INT (\d+); rm -r '(.+)'", run.stdout)
    if run.returncode or not uri or not server:
        raise SystemExit(f"the demo ended with {run.returncode}:\n{run.stdout}")
    try:
        answer = subprocess.run(["psql", "-X", "-At", "-F", "\t", "-c", QUERY, uri[1]], text=True, capture_output=True, check=True)
    finally:
        os.kill(int(server[1]), signal.SIGINT)
    rows = [line.split("\t") for line in answer.stdout.splitlines()]
    return {row[0]: [float(cell) if cell else None for cell in row[1:]] for row in rows}


def cell(value, form):
    return "–" if value is None else form.format(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="vit-s12")
    parser.add_argument("--entente", default=str(ROOT / ".build/release/entente"))
    parser.add_argument("--pictures-per-class", type=int, default=14)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "share"
        share(folder, options.model, options.pictures_per_class)
        rows = measured(options.entente, folder)
    percent, plain = "{:.1%}", "{:.2f}"
    print(f"{options.model}, {int(rows['plain'][-1])} pictures, K-means parts\n")
    print("| parts found in | CorLoc | object IoU | purity | ARI | vision concepts true | mutual concepts true | ms a picture |")
    print("|---|---|---|---|---|---|---|---|")
    for name in ("plain", *(f"features-{method}" for method in METHODS)):
        corloc, overlap, purity, rand, vision, mutual, *_, cost, _ = rows[name]
        cells = [
            name.replace("features-", "").replace("plain", "tokens"), cell(corloc, percent), cell(overlap, plain), cell(purity, plain),
            cell(rand, plain), cell(vision, percent), cell(mutual, percent), cell(cost, "{:.0f}"),
        ]
        print("| " + " | ".join(cells) + " |")
    print("\n| parts read by | vision concepts true | mutual concepts true | Jaccard with red circles | rank correlation of AUC | mean AUC | ms a picture |")
    print("|---|---|---|---|---|---|---|")
    for name in ("plain", *(f"single-{method}" for method in METHODS)):
        *_, vision, mutual, jaccard, order, auc, cost, _ = rows[name]
        cells = [
            name.replace("single-", "").replace("plain", "red circles"), cell(vision, percent), cell(mutual, percent), cell(jaccard, plain),
            cell(order, "{:+.2f}"), cell(auc, plain), cell(cost, "{:.0f}"),
        ]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
