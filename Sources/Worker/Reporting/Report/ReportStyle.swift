/// How a report looks, and the one thing that it does: sort its table.
package enum ReportStyle {
    package static let css = """
        :root { color-scheme: light dark; --ground: #fff; --text: #1b1b1b; --quiet: #5c5c5c; --line: #d9d9d9;
          --soft: #f4f5f7; --link: #0b5cad }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #17191c; --text: #ececec; --quiet: #a9a9a9; --line: #3a3d42; --soft: #212429; --link: #7db8f0 }
        }
        * { box-sizing: border-box }
        body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--ground); color: var(--text);
          font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
        h1 { font-size: 1.6rem; margin: .5rem 0 0 } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem }
        h3 { font-size: 1rem; margin: 0 } p { margin: .4rem 0 } .quiet { color: var(--quiet) }
        nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1rem; padding: 0; list-style: none }
        a { color: var(--link) }
        .scroll { overflow-x: auto } .scroll svg { min-width: 34rem; width: 100%; height: auto; display: block }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums } caption { text-align: left; color: var(--quiet);
          max-width: calc(100vw - 2rem) }
        th, td { padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
          overflow-wrap: normal }
        td.number, th.number { text-align: right; white-space: nowrap } td.concepts { min-width: 16rem }
        th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer;
          text-decoration: underline dotted; text-underline-offset: .25em; text-align: inherit }
        th[aria-sort=ascending] button::after { content: " ▲" } th[aria-sort=descending] button::after { content: " ▼" }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem } dt { color: var(--quiet) } dd { margin: 0 }
        .examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(30rem, 100%), 1fr)); gap: 1rem }
        article { background: var(--soft); border-radius: .5rem; padding: .8rem }
        article img { width: 100%; height: auto; max-height: 20rem; object-fit: contain; display: block; margin: .5rem 0 }
        article dl { margin: .5rem 0 0; font-size: .9rem } .venn { width: 100%; height: auto; fill: var(--text) }
        .venn .quiet { fill: var(--quiet) }
        @media (prefers-color-scheme: dark) { .venn .seen { fill: #7fb2ee } .venn .said { fill: #eaa36b } .venn .both { fill: #d6b3da } }
        @media (max-width: 40rem) { .venn { display: none } }
        @media print { nav { display: none } }
        """

    /// A click or the keyboard on a column's head sorts by it, first the other way than it stands.
    static let script = """
        for (const button of document.querySelectorAll("th button")) button.addEventListener("click", () => {
          const head = button.closest("th"), table = head.closest("table"), column = head.cellIndex;
          const down = head.getAttribute("aria-sort") === "ascending" || (!head.hasAttribute("aria-sort") && head.classList.contains("number"));
          for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
          head.setAttribute("aria-sort", down ? "descending" : "ascending");
          const key = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
          const compare = head.classList.contains("number")
            ? (a, b) => (key(a) === "" ? -Infinity : +key(a)) - (key(b) === "" ? -Infinity : +key(b))
            : (a, b) => key(a).localeCompare(key(b));
          const body = table.tBodies[0];
          body.append(...[...body.rows].map((row, place) => [row, place])
            .sort(([a, i], [b, j]) => (down ? -compare(a, b) : compare(a, b)) || i - j).map(([row]) => row));
        });
        """
}
