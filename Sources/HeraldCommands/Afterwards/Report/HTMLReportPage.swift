import Foundation
import GraphModel

/// What every HTML report has in it: its style, its script, and the places that the script fills.
enum HTMLReportPage {
    /// What the page may do: nothing but show itself, and run its own script.
    static let policy: String = {
        let hash = Data(SHA256.hash(Array(script.utf8))).base64EncodedString()
        return "default-src 'none'; script-src 'sha256-\(hash)'; style-src 'unsafe-inline'; img-src data:; "
            + "base-uri 'none'; form-action 'none'"
    }()

    static let targets = """
        <section id="targets">
        <h2>Targets</h2>
        <noscript><p>The list of targets takes JavaScript; herald report --csv writes it as a table.</p></noscript>
        <form class="filter" role="search">
        <label>Filter <input type="search" id="query" placeholder="group, code, reason" autocomplete="off"></label>
        <label>State <select id="state"><option value="">all</option><option value="sent">sent</option>
        <option value="failed">failed</option><option value="ambiguous">unproven</option>
        <option value="unsent">not sent yet</option><option value="skipped">skipped</option>
        <option value="undone">taken back</option></select></label>
        <output id="count"></output>
        </form>
        <table>
        <thead><tr><th scope="col">Group</th><th scope="col">Announcement</th><th scope="col">State</th>
        <th scope="col">Reason</th><th scope="col">When</th><th scope="col">Post</th></tr></thead>
        <tbody id="rows"></tbody>
        </table>
        <p><button type="button" id="more" hidden>Show more</button></p>
        <p id="left" hidden></p>
        </section>
        """

    static let dialog = """
        <dialog id="post">
        <form method="dialog"><strong id="topic"></strong><button aria-label="Close">Close</button></form>
        <p id="to"></p>
        <iframe id="frame" sandbox="" title="The post" referrerpolicy="no-referrer"></iframe>
        <pre id="plain" hidden></pre>
        </dialog>
        """

    static let style = """

        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --paper: #ffffff; --panel: #f6f8fa;
          --line: #d1d9e0; --good: #1a7f37; --bad: #cf222e; --odd: #9a6700; --bar: #0969da; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --paper: #0d1117; --panel: #161b22;
          --line: #30363d; --good: #3fb950; --bad: #f85149; --odd: #d29922; --bar: #4493f8; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
        h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
        h2 { margin: 2rem 0 .6rem; font-size: 1.1rem; }
        header p { margin: .3rem 0 1.2rem; color: var(--soft); }
        code, pre { font: .9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
        .state { display: inline-block; padding: 0 .6em; border-radius: 1em; border: 1px solid currentColor;
          color: var(--soft); font-size: .85em; white-space: nowrap; }
        .sent, .finished { color: var(--good); }
        .failed { color: var(--bad); }
        .ambiguous, .unsent, .held, .interrupted, .running { color: var(--odd); }
        .cards { display: flex; flex-wrap: wrap; gap: .6rem; margin-bottom: 1.2rem; }
        .card { padding: .6rem 1rem; min-width: 7rem; border: 1px solid var(--line); border-radius: .5rem;
          background: var(--panel); font: inherit; text-align: left; cursor: pointer; }
        .card b { display: block; font-size: 1.6rem; line-height: 1.2; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 0; }
        dt { color: var(--soft); }
        dd { margin: 0; }
        table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
        thead th { color: var(--soft); font-weight: 600; font-size: .85em; white-space: nowrap; }
        .n { text-align: right; white-space: nowrap; }
        td small, th small { font-weight: 400; display: block; color: var(--soft); }
        .when { white-space: nowrap; }
        svg { width: 100%; height: auto; }
        svg text { fill: var(--soft); font-size: 12px; }
        .bar { fill: var(--bar); }
        .pause { fill: var(--odd); opacity: .25; }
        .axis { stroke: var(--soft); }
        .grid { stroke: var(--line); }
        .filter { display: flex; flex-wrap: wrap; gap: .6rem 1.2rem; align-items: center; margin-bottom: .6rem; }
        input, select, button { font: inherit; color: inherit; background: var(--panel); padding: .25rem .6rem;
          border: 1px solid var(--line); border-radius: .35rem; }
        input { width: 18rem; max-width: 100%; }
        output { color: var(--soft); }
        td button { padding: 0 .6rem; cursor: pointer; white-space: nowrap; overflow-wrap: normal; }
        #rows td:first-child { white-space: nowrap; }
        dialog { width: min(46rem, 94vw); padding: 1rem; border: 1px solid var(--line); border-radius: .6rem;
          background: var(--paper); color: var(--ink); }
        dialog::backdrop { background: rgb(0 0 0 / .5); }
        dialog form { display: flex; justify-content: space-between; gap: 1rem; align-items: start; }
        dialog p { margin: .3rem 0 .8rem; color: var(--soft); }
        iframe { width: 100%; height: 60vh; border: 1px solid var(--line); border-radius: .35rem; background: #fff; }
        pre { max-height: 60vh; overflow: auto; white-space: pre-wrap; margin: 0; }
        footer { margin-top: 2rem; color: var(--soft); font-size: .85em; }
        [hidden] { display: none; }
        @media (max-width: 44rem) {
          body { padding: 1rem; }
          dl { grid-template-columns: 1fr; gap: 0; }
          dd { margin-bottom: .5rem; }
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
          th, td, td.n { display: block; padding: 0; border: 0; text-align: left; }
          #rows td:first-child { white-space: normal; }
          td.n { display: inline-block; margin-right: 1rem; }
          svg text { font-size: 15px; }
          td[data-label]:not(:empty)::before { content: attr(data-label) ": "; color: var(--soft); }
          .card { flex: 1; min-width: 6rem; }
        }
        @media print {
          :root { --ink: #000; --soft: #444; --paper: #fff; --panel: #fff; --line: #bbb; }
          body { max-width: none; padding: 0; font-size: 11px; }
          .filter, #more, dialog, td button, noscript { display: none; }
          tr, .card { break-inside: avoid; }
          thead { display: table-header-group; }
        }

        """

    static let script = """

        "use strict";
        const byId = id => document.getElementById(id);
        const [start, ...items] = JSON.parse(byId("data").textContent);
        const strings = [], posts = [], rows = [];
        let leftOut = 0;
        for (const item of items) {
          if (typeof item === "string") strings.push(item);
          else if (Array.isArray(item)) rows.push(item);
          else if ("leftOut" in item) leftOut = item.leftOut;
          else posts.push(item);
        }
        const text = place => place < 0 ? "" : strings[place];
        const words = { ambiguous: "unproven", unsent: "not sent yet", undone: "taken back" };
        const content = post => {
          if (!("like" in post)) return post.text;
          const base = content(posts[post.like]);
          return base.slice(0, post.begin) + post.text + (post.end ? base.slice(-post.end) : "");
        };
        // The longest ids first, since one may be the beginning of another.
        const pictured = post => Object.entries(post.pictures || {}).sort((a, b) => b[0].length - a[0].length)
          .reduce((html, [id, place]) => html.replaceAll("cid:" + id, strings[place]), content(post));
        const element = (name, className, ...parts) => {
          const made = document.createElement(name);
          if (className) made.className = className;
          made.append(...parts);
          return made;
        };
        const cell = (label, className, ...parts) => {
          const made = element("td", className, ...parts);
          made.dataset.label = label;
          return made;
        };

        function show(row) {
          const post = posts[row[7]];
          byId("topic").textContent = post.topic || text(row[2]);
          byId("to").textContent = text(row[1]) ? text(row[1]) + ", " + row[0] : row[0];
          byId("frame").hidden = !post.html;
          byId("plain").hidden = post.html;
          byId("plain").textContent = post.html ? "" : content(post);
          byId("frame").srcdoc = post.html
            ? '<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src \\'none\\'; '
              + 'img-src data:; style-src \\'unsafe-inline\\'"><style>body{margin:12px;font:15px/1.5 system-ui,sans-serif;'
              + 'color:#1b1f24;background:#fff}</style>' + pictured(post)
            : "";
          byId("post").showModal();
        }

        function line(row) {
          const [group, name, announcement, state, code, reason, time, post] = row;
          const made = element("tr");
          made.append(name < 0 ? cell("Group", "", element("code", "", group))
            : cell("Group", "", text(name), element("small", "", group)));
          made.append(cell("Announcement", "", text(announcement)));
          made.append(cell("State", "", element("span", "state " + state, words[state] || state)));
          made.append(cell("Reason", "", ...(code < 0 ? [] : [element("code", "", text(code)), " "]), text(reason)));
          made.append(cell("When", "when",
            time < 0 ? "" : new Date(start + time).toISOString().replace("T", " ").replace(/\\.[0-9]+Z/, "")));
          const last = cell("Post", "");
          if (post >= 0) {
            const button = element("button", "", "Show");
            button.type = "button";
            button.addEventListener("click", () => show(row));
            last.append(button);
          }
          made.append(last);
          return made;
        }

        const page = 200;
        let found = rows, shown = 0;
        function more(count) {
          const part = document.createDocumentFragment();
          for (const row of found.slice(shown, shown + count)) part.append(line(row));
          shown = Math.min(found.length, shown + count);
          byId("rows").append(part);
          byId("more").hidden = shown === found.length;
        }
        let haystacks = null;
        function filter() {
          const query = byId("query").value.trim().toLowerCase(), state = byId("state").value;
          haystacks ??= rows.map(row =>
            [row[0], text(row[1]), text(row[2]), text(row[4]), text(row[5])].join("\\n").toLowerCase());
          found = rows.filter((row, place) => (!state || row[3] === state) && (!query || haystacks[place].includes(query)));
          byId("rows").replaceChildren();
          shown = 0;
          more(page);
          count();
        }
        function count() {
          const number = value => value.toLocaleString("en-US");
          byId("count").textContent = found.length === rows.length
            ? number(rows.length) + (rows.length === 1 ? " target" : " targets")
            : number(found.length) + " of " + number(rows.length) + " targets";
        }

        byId("query").addEventListener("input", filter);
        byId("state").addEventListener("change", filter);
        document.querySelector(".filter").addEventListener("submit", event => event.preventDefault());
        for (const card of document.querySelectorAll(".card")) {
          card.addEventListener("click", () => {
            byId("state").value = card.dataset.state;
            filter();
            byId("targets").scrollIntoView({ behavior: "smooth" });
          });
        }
        byId("more").addEventListener("click", () => more(page));
        new IntersectionObserver(seen => { if (seen[0].isIntersecting) more(page); }).observe(byId("more"));
        // On paper there is nothing to click: what was filtered is printed, as far as it is of use there.
        addEventListener("beforeprint", () => more(Math.max(0, 5000 - shown)));
        if (leftOut) {
          byId("left").hidden = false;
          byId("left").textContent = leftOut.toLocaleString("en-US") + " targets are listed without their post, "
            + "which would have made this file too large.";
        }
        more(page);
        count();

        """
}
