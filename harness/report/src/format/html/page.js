// Shows a run. Every text of a recording becomes text of the page, never markup: nodes are made here, one by one.
(() => {
  const { help, line, node, seconds, visible } = shared;
  const run = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("main");
  const SIGNS = {
    "passed": ["✓", "good"], "flaky": ["↻", "warn"], "failed": ["✗", "bad"], "errored": ["!", "bad"],
    "operator": ["$", "bad"], "known-red": ["●", "warn"], "unexpected-pass": ["‽", "bad"], "skipped": ["–", "calm"],
    "blocked": ["⊘", "calm"], "refused": ["⊗", "bad"], "cancelled": ["■", "bad"], "lost": ["?", "bad"],
  };
  const AT_ONCE = 500;
  const words = new Map(run.verdicts.map((count) => [count.verdict, count.words]));
  const byId = new Map(run.cases.map((one) => [one.id, one]));
  const state = { verdict: new Set(), arm: "", class: "", q: "", case: "" };
  let shown = [];
  let here = -1;
  let whole = false;

  // ── small things ──
  const clock = (time) => time.replace(/^.*T/, "").replace(/(\.\d{1,3})\d*/, "$1").replace("Z", "");
  const sign = (verdict) => {
    const [letter, tone] = SIGNS[verdict] || ["?", "bad"];
    return node("span", { class: "sign t-" + tone, title: words.get(verdict) || verdict, "aria-hidden": "true" }, letter);
  };
  const toneOf = (verdict) => (SIGNS[verdict] || ["?", "bad"])[1];
  const named = (one) => words.get(one.verdict) || one.verdict;

  // ── the address: every filter and the open case are in it ──
  const read = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    state.verdict = new Set((asked.get("verdict") || "").split(",").filter((word) => word));
    for (const key of ["arm", "class", "q", "case"]) state[key] = asked.get(key) || "";
  };
  const address = (change) => {
    const wanted = { ...state, ...change };
    const told = new URLSearchParams();
    if (wanted.verdict.size) told.set("verdict", [...wanted.verdict].join(","));
    for (const key of ["arm", "class", "q", "case"]) if (wanted[key]) told.set(key, wanted[key]);
    // Colons and commas may stand as they are, and read better so.
    return "#" + told.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  };
  // What comes next may be a key, so the page is there before this returns; an entry that is pushed tells no hashchange.
  const go = (change) => { history.pushState(null, "", address(change)); show(); };
  const put = (change) => { history.replaceState(null, "", address(change)); read(); fill(); };

  // ── which cases ──
  const haystack = (one) => {
    one.hay ||= [one.id, named(one), one.cause, one.step, one.place, one.class && one.class.class, one.class && one.class.rule,
      one.known && one.known.cause, (one.arms || []).join(" ")].join("\n").toLowerCase();
    return one.hay;
  };
  const matches = (one) => {
    if (state.verdict.size && !state.verdict.has(one.verdict)) return false;
    if (state.arm && !(one.arms || []).includes(state.arm)) return false;
    if (state.class && !(one.class && one.class.class === state.class)) return false;
    const wanted = state.q.toLowerCase().split(/\s+/).filter((word) => word);
    return wanted.every((word) => haystack(one).includes(word));
  };
  const rank = (one) => (one.counts ? 0 : one.red ? 1 : one.verdict === "passed" ? 3 : 2);

  // ── the head ──
  const head = () => {
    const fact = (name, value) => value !== undefined && value !== null && value !== "" &&
      node("div", {}, node("dt", {}, name), node("dd", {}, line(value)));
    const leaks = run.leaks.length + " of " + run.created;
    document.getElementById("facts").append(...[
      fact("run", run.run), fact("when", run.began), fact("took", seconds(run.elapsed)), fact("leaks", leaks),
      fact("kept", run.kept.length || ""), fact("lane", run.lane), fact("selected", run.selection),
      fact("environment", run.environment + " (" + run.because + ")"), fact("recording", run.recording),
    ].filter((made) => made));
  };

  // ── all cases ──
  const chip = (verdict, count) => node("button", {
    type: "button", class: "chip", "data-verdict": verdict, "aria-pressed": String(state.verdict.has(verdict)),
    onclick: () => {
      const wanted = new Set(state.verdict);
      if (!wanted.delete(verdict)) wanted.add(verdict);
      put({ verdict: wanted });
    },
  }, sign(verdict), " ", words.get(verdict), " ", node("b", {}, String(count)));
  const choice = (key, label, values) => values.length > 0 && node("select", {
    id: "f-" + key, "aria-label": label, onchange: (event) => put({ [key]: event.target.value }),
  }, node("option", { value: "" }, label), values.map((value) => node("option", { value }, value)));

  const filters = () => {
    const arms = [...new Set(run.cases.flatMap((one) => one.arms || []))].sort();
    const classes = [...new Set(run.cases.flatMap((one) => (one.class ? [one.class.class] : [])))].sort();
    return node("div", { class: "filters", role: "search" },
      node("div", { class: "chips", role: "group", "aria-label": "Verdicts" }, run.verdicts.map((count) => chip(count.verdict, count.cases))),
      choice("arm", "every arm", arms), choice("class", "every cause class", classes),
      node("input", { id: "search", type: "search", placeholder: "Search ( / )", "aria-label": "Search cases", oninput: (event) => put({ q: event.target.value }) }),
      node("span", { class: "found", id: "found", role: "status" }));
  };

  const ofTheRun = () => {
    const items = [
      ...run.notes.map((note) => note.what + ": " + note.text),
      ...run.leaks.map((leak) => "left behind: " + leak.kind + " " + leak.key + ": " + leak.why),
    ];
    const kept = run.kept.map((thing) => "kept on purpose: " + thing.kind + " " + thing.key + ", " + thing.why);
    if (!items.length && !kept.length) return null;
    return node("section", { class: items.length ? "alarm" : "", "aria-labelledby": "of-the-run" },
      node("h2", { id: "of-the-run" }, "About the run"), node("ul", {}, [...items, ...kept].map((text) => node("li", {}, line(text)))));
  };

  // The last axis of a scenario makes the columns, the others the rows.
  const shape = (cases) => {
    const keys = [...new Set(cases.flatMap((one) => Object.keys(one.axes || {})))];
    const values = (key) => [...new Set(cases.map((one) => (one.axes || {})[key]))];
    // The axis that leaves the fewest cells empty, and of several the last; a bundle is one axis under several names.
    const others = (one, left) => keys.filter((key) => key !== left).map((key) => (one.axes || {})[key]).join("\n");
    const full = (key) => cases.length / (values(key).length * new Set(cases.map((one) => others(one, key))).size);
    const good = [...keys].reverse().filter((key) => values(key).length > 1 && values(key).length <= 12 && full(key) > 0.6);
    const column = good.sort((a, b) => full(b) - full(a))[0];
    const rows = new Map();
    for (const one of cases) {
      const axes = one.axes || {};
      const name = keys.filter((key) => key !== column).map((key) => axes[key]).filter((value) => value !== undefined).join(" · ");
      if (!rows.has(name)) rows.set(name, new Map());
      const cell = column ? axes[column] : "";
      if (!rows.get(name).has(cell)) rows.get(name).set(cell, []);
      rows.get(name).get(cell).push(one);
    }
    return { column, columns: column ? values(column) : [""], rows };
  };
  const cell = (cases) => node("td", {}, (cases || []).map((one) => node("a", {
    class: "t-" + toneOf(one.verdict) + (one.gate === "advisory" ? " advisory" : ""), href: address({ case: one.id }), "data-case": one.id,
    title: one.id + ": " + named(one) + (one.gate === "advisory" ? ", advisory" : ""), "aria-label": one.id + ": " + named(one),
  }, node("b", {}, SIGNS[one.verdict] ? SIGNS[one.verdict][0] : "?"), node("small", {}, one.red || one.verdict !== "passed" ? named(one) : seconds(one.elapsed), one.tries && " · " + tally(one)))));
  const grid = (cases) => {
    const scenarios = new Map();
    for (const one of cases) {
      if (!scenarios.has(one.scenario)) scenarios.set(one.scenario, []);
      scenarios.get(one.scenario).push(one);
    }
    // A matrix says more than a single case, so the largest come first.
    return [...scenarios].sort((a, b) => b[1].length - a[1].length).map(([scenario, ofIt]) => {
      const { column, columns, rows } = shape(ofIt);
      return node("div", { class: "scroll" }, node("table", { class: "grid" },
        node("caption", {}, scenario, " ", node("span", { class: "note" }, "(" + ofIt.length + ")")),
        column && node("thead", {}, node("tr", {}, node("th", { scope: "col" }), columns.map((name) => node("th", { scope: "col" }, name === undefined ? "–" : name)))),
        node("tbody", {}, [...rows].map(([name, cells]) => node("tr", {}, node("th", { scope: "row" }, name || (column ? "" : scenario)), columns.map((at) => cell(cells.get(at))))))));
    });
  };
  const row = (one) => node("li", {}, node("a", { href: address({ case: one.id }), "data-case": one.id },
    sign(one.verdict),
    node("span", { class: "id" }, one.id, node("span", { class: "tag" }, named(one)), one.class && node("span", { class: "tag" }, one.class.class),
      one.gate === "advisory" && node("span", { class: "tag" }, "advisory")),
    node("span", { class: "time" }, seconds(one.elapsed)),
    one.cause && node("span", { class: "why" }, one.step ? "in " + one.step + ": " : "", line(one.cause.split("\n").slice(0, 2).join("\n")))));

  const overview = () => {
    main.replaceChildren(...[
      ofTheRun(), filters(),
      node("section", { "aria-labelledby": "matrix-title" }, node("h2", { id: "matrix-title" }, "Matrix"), node("div", { id: "matrix" })),
      node("section", { "aria-labelledby": "cases-title" }, node("h2", { id: "cases-title" }, "Cases, the worst first"), node("div", { id: "cases" })),
    ].filter((made) => made));
    fill();
  };
  // What the filters leave.
  const fill = () => {
    if (!document.getElementById("matrix")) return;
    for (const made of main.querySelectorAll(".chip")) made.setAttribute("aria-pressed", String(state.verdict.has(made.dataset.verdict)));
    for (const key of ["arm", "class"]) {
      const made = document.getElementById("f-" + key);
      if (made) made.value = state[key];
    }
    const search = document.getElementById("search");
    if (search.value !== state.q) search.value = state.q;
    const found = run.cases.filter(matches);
    const room = whole ? found.length : AT_ONCE;
    shown = found.map((one, at) => [one, at]).sort((a, b) => rank(a[0]) - rank(b[0]) || a[1] - b[1]).map(([one]) => one);
    here = -1;
    document.getElementById("found").textContent = found.length + " of " + run.cases.length;
    const more = found.length > room && node("button", { class: "more", type: "button", onclick: () => { whole = true; fill(); } }, "show all " + found.length);
    document.getElementById("matrix").replaceChildren(...grid(found.slice(0, whole ? found.length : 4 * AT_ONCE)));
    document.getElementById("cases").replaceChildren(...[
      found.length ? node("ol", { class: "list" }, shown.slice(0, room).map(row)) : node("p", { class: "empty" }, "No case is like that. Esc takes the filters off."),
      more].filter((made) => made));
  };

  // ── one case ──
  const copy = (text, button) => {
    const done = () => { button.textContent = "copied"; setTimeout(() => { button.textContent = "copy"; }, 1500); };
    const by_hand = () => {
      const field = node("textarea", { "aria-hidden": "true" });
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      done();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, by_hand);
    else by_hand();
  };
  const block = (title, text, copies) => {
    if (!text) return null;
    const button = copies && node("button", { type: "button", class: "copy" }, "copy");
    if (button) button.addEventListener("click", () => copy(text, button));
    return [node("h4", {}, title, button), node("pre", { class: copies ? "curl" : "" }, text)];
  };
  const pretty = (text) => {
    if (!/^\s*[[{]/.test(text || "")) return text;
    try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
  };
  const headers = (pairs) => (pairs || []).map(([name, value]) => name + ": " + value).join("\n");
  const exchange = (said) => {
    const left = said.left_out && node("p", { class: "note" }, "… " + said.left_out + " looks more, which the recording has");
    const made = node("details", {});
    const summary = (kind, what, result, tone, time) => node("summary", {}, node("span", { class: "at" }, seconds(said.at)),
      node("b", {}, said.step), node("span", { class: "grow mono" }, kind, " ", what), node("span", { class: "sign t-" + tone }, result), node("span", { class: "at" }, seconds(time)));
    let inside;
    if (said.exchange) {
      const of = said.exchange;
      const path = of.url.replace(/^[a-z]+:\/\/[^/]+/, "");
      const tone = of.status === null ? "bad" : of.status < 400 ? "good" : "warn";
      made.append(summary(of.method, path || "/", of.status === null ? "no reply" : String(of.status), tone, of.elapsed));
      inside = () => [block("curl", said.curl, true), block("sent", headers(of.request_headers)), block("body", pretty(of.request_body)),
        block(of.status === null ? "why no reply came" : "reply " + of.status, headers(of.response_headers)), block("its body", pretty(of.response_body))];
    } else {
      const of = said.program;
      made.append(summary("run", [of.program, ...of.args].join(" "), of.exit === null ? "no exit" : "exit " + of.exit, of.exit === 0 ? "good" : "warn", of.elapsed));
      inside = () => [block("standard output", of.stdout), block("standard error", of.stderr), of.env.length > 0 && block("variables", of.env.join("\n"))];
    }
    // Nobody opens them all, so what is in them is made when somebody does.
    made.addEventListener("toggle", () => {
      if (made.open && !made.querySelector(".inside")) made.append(node("div", { class: "inside" }, inside()));
    });
    return [left, made];
  };
  const timeline = (one, taken) => {
    const steps = taken.map(([name, end, ended, elapsed, looks, status]) => ({ name: run.steps[name], end, ended, elapsed, looks, status }));
    const first = Math.min(one.began ?? Infinity, ...steps.map((step) => step.ended - step.elapsed));
    const last = Math.max(one.began === undefined ? first : one.began + one.elapsed, ...steps.map((step) => step.ended));
    const span = Math.max(last - first, 0.000001);
    const decided = steps.findIndex((step) => step.end === 2);
    return steps.map((step, at) => {
      const isAfter = decided >= 0 && at > decided;
      const bar = node("i", { class: step.end === 2 ? "bad" : step.end === 1 ? "none" : isAfter ? "after" : "" });
      bar.style.left = Math.min(99.5, (step.ended - step.elapsed - first) / span * 100) + "%";
      bar.style.width = step.end === 1 ? "2px" : step.elapsed / span * 100 + "%";
      const notes = [step.end === 1 && "did not apply", step.looks > 1 && step.looks + " looks", step.status && "status " + step.status, step.end === 2 && "decided it", isAfter && "release"];
      return node("div", { class: "line" }, node("span", { class: "name" }, step.name), node("span", { class: "track", "aria-hidden": "true" }, bar),
        node("span", { class: "took" }, step.end === 1 ? "" : seconds(step.elapsed)), node("span", { class: "more-of" }, notes.filter((note) => note).join(", ")));
    });
  };
  // Each of several attempts, with the steps that it took.
  const tally = (one) => one.tries.filter((tried) => toneOf(tried.verdict) !== "bad").length + " of " + one.tries.length;
  const tries = (one) => one.tries.map((tried, at) => {
    const from = at > 0 ? one.tries[at - 1].steps : 0;
    const taken = (one.steps || []).slice(from, tried.steps ?? from);
    return node("div", { class: "try" }, node("h3", {}, sign(tried.verdict), " attempt " + (at + 1) + ": " + named(tried), tried.step && " in " + tried.step, " ", node("span", { class: "note" }, seconds(tried.elapsed))),
      tried.cause && node("pre", {}, tried.cause), timeline({ elapsed: tried.elapsed }, taken));
  });
  const states = (trace) => [node("h3", {}, trace.kind, " ", node("span", { class: "note" }, trace.key)), node("ol", { class: "states" }, trace.states.map((one, at) => [
    at > 0 && node("li", { class: "way" }, "→", one.took !== undefined && node("small", { class: one.budget !== undefined && one.took > one.budget ? "late" : "" },
      seconds(one.took), one.budget !== undefined && " of " + seconds(one.budget))),
    node("li", { class: one.tolerated ? "t-warn" : "" }, one.name, one.tolerated && " (tolerated)", one.entered && node("small", { title: one.entered }, clock(one.entered))),
  ]))];
  const part = (id, title, ...children) => node("section", { id, "aria-labelledby": id + "-title" }, node("h2", { id: id + "-title" }, title), ...children);

  const page = (one) => {
    const pair = (name, ...value) => [node("dt", {}, name), node("dd", {}, ...value)];
    const at = shown.indexOf(one);
    const place = shown.length && at >= 0 ? (at + 1) + " of " + shown.length : "";
    const axes = Object.entries(one.axes || {}).map(([key, value]) => key + " = " + value).join(", ");
    const asked = (one.said || []).filter((said) => !said.evidence);
    const evidence = (one.said || []).filter((said) => said.evidence);
    main.replaceChildren(...[
      node("nav", { class: "crumbs", "aria-label": "Cases" }, node("a", { href: address({ case: "" }), id: "back" }, "← all cases"),
        node("button", { type: "button", onclick: () => step(-1) }, "previous (k)"), node("button", { type: "button", onclick: () => step(1) }, "next (j)"),
        node("span", { class: "note" }, place)),
      node("article", {},
        node("section", { id: "case" },
          node("h2", { class: "case-title" }, sign(one.verdict), " ", one.id),
          node("dl", { class: "pairs" },
            pair("verdict", node("b", {}, named(one)), one.red ? (one.counts ? ", and it counts" : ", advisory: it does not count") : ""),
            one.class && pair("cause class", node("b", { id: "class" }, one.class.class), ", by rule ", node("code", {}, one.class.rule), ": ", one.class.because),
            one.known && pair("known as", one.known.cause, one.known.hint && ": " + one.known.hint, one.known.owner && " (owner " + one.known.owner + ")"),
            one.step && pair("step", one.step, " ", one.place && node("code", {}, one.place)),
            pair("took", seconds(one.elapsed)), axes && pair("axes", axes), (one.arms || []).length > 0 && pair("arms", one.arms.join(", ")), pair("gate", one.gate)),
          one.cause && node("pre", { id: "cause" }, one.evidence ? one.cause.split("\n").filter((text) => !text.startsWith("  evidence ")).join("\n") : one.cause)),
        one.tries ? part("tries", "Attempts: " + tally(one) + " passed", tries(one)) : one.steps && part("steps", "Steps", timeline(one, one.steps)),
        one.traces && part("trace", "States", one.traces.map(states)),
        one.repeated && part("attempts", "Sends that were repeated", node("ul", { class: "plain" }, one.repeated.map((again) => node("li", {}, again.step + ": " + again.cause)))),
        one.past && part("past", "When it was last green", node("p", { class: "note" }, "run ", one.past.run, ", ", one.past.began),
          one.past.differences.length ? node("ul", { class: "plain" }, one.past.differences.map((text) => node("li", {}, line(text)))) : node("p", {}, "nothing that can be measured was different")),
        (one.evidence || evidence.length > 0) && part("evidence", "What the target says of it", (one.evidence || []).map((told) => [node("h3", {}, told.kind, " ", told.key),
          node("dl", { class: "pairs" }, told.found.map(([name, value]) => pair(name, value))), told.trouble.map((text) => node("p", { class: "note" }, "not all of it could be had: " + text))]), evidence.map(exchange)),
        asked.length > 0 && part("exchanges", "Exchanges", asked.map(exchange)),
        one.untold && part("exchanges", "Exchanges", node("p", { class: "note" }, "This page has those of the first hundred; the recording has all of them."))),
    ].filter((made) => made));
    document.title = one.id;
  };
  const step = (by) => {
    if (state.case) {
      const at = shown.findIndex((one) => one.id === state.case);
      const next = shown[at + by];
      if (next) go({ case: next.id });
      return;
    }
    const rows = [...main.querySelectorAll("#cases .list a")];
    if (!rows.length) return;
    here = Math.max(0, Math.min(rows.length - 1, here + by));
    rows.forEach((made, at) => made.classList.toggle("here", at === here));
    rows[here].focus();
  };

  // ── keys, paper ──
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const writes = event.target.closest && event.target.closest("input, select, textarea");
    if (event.key === "Escape") {
      if (writes) { writes.blur(); main.focus(); }
      else if (state.case) go({ case: "" });
      else put({ verdict: new Set(), arm: "", class: "", q: "" });
      return;
    }
    if (writes) return;
    const reds = ["failed", "errored", "operator", "unexpected-pass", "refused", "cancelled", "lost"].filter((verdict) => words.has(verdict));
    const acts = {
      "/": () => { if (state.case) go({ case: "" }); setTimeout(() => { const search = document.getElementById("search"); if (search) search.focus(); }); },
      "j": () => step(1), "k": () => step(-1), "?": () => help.showModal(),
      "r": () => { if (!state.case) put({ verdict: new Set(state.verdict.size ? [] : reds) }); },
    };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });
  addEventListener("beforeprint", () => {
    for (const made of main.querySelectorAll("details")) { made.open = true; made.dispatchEvent(new Event("toggle")); }
  });

  // ── the way through ──
  let from = 0;
  const show = () => {
    const before = state.case;
    read();
    if (state.case && !shown.length) shown = run.cases.filter(matches).sort((a, b) => rank(a) - rank(b));
    const one = byId.get(state.case);
    if (one) {
      if (!before) from = scrollY;
      page(one);
      scrollTo(0, 0);
    } else {
      document.title = run.suite + " on " + run.environment + ": exit " + run.exit.code;
      overview();
      if (state.case) main.prepend(node("p", { class: "note", role: "alert" }, "There is no case " + state.case + " in this run."));
      if (before) scrollTo(0, from);
    }
  };
  addEventListener("hashchange", show);
  head();
  show();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
