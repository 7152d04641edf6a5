// Does the explorer's script come to the figures of a document that Tests/ConceptsTests/Agreement/Removals.swift made?
//
//     node tools/explorer/removals.js share/explore/explore.js Tests/ConceptsTests/Golden/explorer/removals.json
//
// Prints one line. In a page it is `judged(Explore, document)` that says it.

function judged(explore, document) {
  const binary = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer;
  const flags = text => [...text].map(letter => letter === "1");
  let steps = 0;
  const differing = [];
  document.pictures.forEach((picture, number) => {
    const table = explore.readTable(binary(picture.table));
    const isRead = table.language === picture.language && table.bank === picture.bank
      && String(table.matches) === String(flags(picture.matches));
    for (const step of picture.steps) {
      steps += 1;
      const found = explore.remaining(table, flags(step.removed));
      const isSame = ["released", "membership"].every(name =>
        found[name].auc === step[name].auc && String(found[name].curve) === String(step[name].curve));
      if (!isRead || !isSame || found.pValue !== (step.pValue ?? null)) differing.push(`picture ${number} without ${step.removed}`);
    }
  });
  return `${steps} steps of ${document.pictures.length} pictures, ${differing.length} differ`
    + (differing.length ? `, first ${differing[0]}` : "");
}

if (typeof module === "object" && module.exports) {
  const path = require("node:path"), [script, document] = process.argv.slice(2).map(name => path.resolve(name));
  console.log(judged(require(script), require(document)));
}
