// Shows trends. Every text of a history becomes text of the page, never markup: nodes are made here, one by one.
(() => {
  const { help, line, node, seconds } = shared;
  const told = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("main");
  const TONES = { "green": "good", "soft": "warn", "red": "bad", "void": "calm", "storm": "storm" };
  const NOTHING = "–";
  const COLUMNS = 8;
  const bySign = new Map(told.lights.map((one) => [one.sign, one]));
  const state = { light: new Set(), q: "", open: new Set() };
  const key = (survey, row) => survey.suite + "/" + survey.environment + "/" + row.name;
  const day = (time) => time.slice(0, 10);
  const short = (commit) => (commit ? commit.slice(0, 9) : "no commit");
  const count = (number, word) => number + " " + word + (number === 1 ? "" : "s");

  // ── the address: every filter and what is open are in it ──
  const read = () => {
    const asked = new URLSearchParams(location.hash.slice(1));
    state.light = new Set((asked.get("state") || "").split(",").filter((word) => word));
    state.q = asked.get("q") || "";
    state.open = new Set(asked.getAll("open"));
  };
  const put = (change) => {
    const wanted = { ...state, ...change };
    const asked = new URLSearchParams();
    if (wanted.light.size) asked.set("state", [...wanted.light].join(","));
    if (wanted.q) asked.set("q", wanted.q);
    for (const one of wanted.open) asked.append("open", one);
    // Slashes and commas may stand as they are, and read better so.
    history.replaceState(null, "", "#" + asked.toString().replaceAll("%2F", "/").replaceAll("%2C", ","));
    read();
    fill();
  };

  // ── which rows: an arm also stands for the cases below it ──
  const hit = (row) => {
    if (state.light.size && !state.light.has(row.state)) return false;
    const text = [row.name, row.red && row.red.cause, row.red && row.red.commit, row.green && row.green.commit].join("\n").toLowerCase();
    return state.q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  };
  const found = (row) => {
    const cases = (row.cases || []).filter(hit);
    if (hit(row)) return { row, cases: state.light.size || state.q ? (cases.length ? cases : row.cases || []) : row.cases || [] };
    return cases.length ? { row, cases } : null;
  };

  // ── a row ──
  const mark = (sign, run) => {
    const light = bySign.get(sign);
    const words = (light ? light.words : "not in it") + ": run " + run.id + " of " + day(run.began) + (run.commit ? " at " + short(run.commit) : "");
    return node("span", { class: "sign t-" + (light ? TONES[light.light] : "none"), title: words, role: "img", "aria-label": words }, sign);
  };
  // Its elements are of the kind of the one that stands in the page.
  const drawn = (tag, attributes, ...children) => {
    const made = document.createElementNS(document.getElementById("pen").namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const times = (row, runs) => {
    const known = row.medians.flatMap((median, at) => (median === null ? [] : [[at, median]]));
    if (!known.length) return NOTHING;
    const [wide, high, most] = [110, 22, Math.max(...known.map((one) => one[1]), 0.001)];
    const x = (at) => (2 + (runs.length > 1 ? at / (runs.length - 1) : 0.5) * (wide - 4)).toFixed(1);
    const y = (median) => (high - 2 - median / most * (high - 4)).toFixed(1);
    const told = "median of each run: " + known.map((one) => day(runs[one[0]].began) + " " + seconds(one[1])).join(", ");
    const path = known.map((one, at) => (at ? "L" : "M") + x(one[0]) + " " + y(one[1])).join(" ");
    const [at, last] = known[known.length - 1];
    const title = drawn("title", {});
    title.textContent = told;
    return drawn("svg", { class: "times", width: wide, height: high, viewBox: "0 0 " + wide + " " + high, role: "img", "aria-label": told },
      title, drawn("path", { d: path }), drawn("circle", { cx: x(at), cy: y(last), r: 2 }));
  };
  const marked = (one) => (one ? node("span", { title: "run " + one.run }, node("span", { class: "mono" }, short(one.commit)), " ", node("small", {}, one.day)) : NOTHING);
  const drawRow = (survey, row, cases) => {
    const name = row.kind === "scenario" ? "(" + row.name + ")" : row.name;
    const isOpen = state.open.has(key(survey, row));
    const opens = () => {
      const open = new Set(state.open);
      if (isOpen) open.delete(key(survey, row)); else open.add(key(survey, row));
      put({ open });
      const again = [...main.querySelectorAll(".opens")].find((made) => made.dataset.row === key(survey, row));
      if (again) again.focus();
    };
    const head = cases.length ? [node("button", { type: "button", class: "opens", "data-row": key(survey, row), "aria-expanded": String(isOpen), onclick: opens }, name),
      " ", node("small", {}, count(row.cases.length, "case"))] : name;
    const why = row.red && row.red.cause;
    return [
      node("tr", { class: (row.kind === "case" ? "of-case" : "of-arm") + (why ? " is-wide" : ""), "data-name": row.name, "data-state": row.state },
        node("th", { scope: "row" }, head),
        node("td", {}, node("span", { class: "marks" }, [...row.signs].map((sign, at) => mark(sign, survey.runs[at])))),
        node("td", {}, row.flaky ? [row.flaky.rate, " ", node("small", { title: "of " + count(row.flaky.of, "executed case") }, "(" + row.flaky.bound + ")")] : NOTHING),
        node("td", { class: "number" }, row.p50 === null ? NOTHING : seconds(row.p50)), node("td", { class: "number" }, row.p95 === null ? NOTHING : seconds(row.p95)),
        node("td", {}, times(row, survey.runs)), node("td", {}, marked(row.green)), node("td", {}, marked(row.red))),
      why && node("tr", { class: "why" }, node("td", { colspan: COLUMNS }, "red since run " + row.red.run + ": " + line(why))),
      isOpen && cases.map((one) => drawRow(survey, one, [])),
    ];
  };

  // ── a suite on an environment ──
  const runs = (survey) => node("details", {}, node("summary", {}, "The runs, the newest first"), node("div", { class: "scroll" }, node("table", { class: "trends runs" },
    node("thead", {}, node("tr", {}, ["run", "began", "took", "lane", "commit", "branch", "exit", "apart"].map((name) => node("th", { scope: "col" }, name)))),
    node("tbody", {}, [...survey.runs].reverse().map((run) => node("tr", {}, node("th", { scope: "row", class: "mono" }, run.id),
      node("td", {}, run.began), node("td", { class: "number" }, seconds(run.elapsed)), node("td", {}, run.lane || NOTHING), node("td", { class: "mono" }, run.commit ? short(run.commit) : NOTHING),
      node("td", {}, run.branch || NOTHING), node("td", {}, String(run.exit), " ", node("small", {}, run.means), run.storm && [" ", node("span", { class: "sign t-storm" }, "! storm")]),
      node("td", {}, run.apart.map(line).join("; ") || NOTHING)))))));
  const table = (survey) => {
    const rows = survey.rows.map(found).filter((one) => one);
    if (!rows.length) return node("p", { class: "empty" }, "No arm and no case is like that. Esc takes the filters off.");
    return node("div", { class: "scroll" }, node("table", { class: "trends" },
      node("thead", {}, node("tr", {}, [survey.rows.every((row) => row.kind === "case") ? "case" : "arm", "runs, the newest last", "flaky (95 %)", "p50", "p95", "time", "last green", "red since"].map((name) =>
        node("th", { scope: "col", class: name.startsWith("p") ? "number" : "" }, name)))),
      node("tbody", {}, rows.map(({ row, cases }) => drawRow(survey, row, cases)))));
  };
  const section = (survey, at) => {
    const of = survey.runs;
    const days = of.length ? ", " + day(of[0].began) + " to " + day(of[of.length - 1].began) : "";
    return node("section", { "aria-labelledby": "survey-" + at }, node("h2", { id: "survey-" + at }, survey.suite + " on " + survey.environment, " ",
      node("span", { class: "note" }, [count(of.length, "run") + days, ...survey.chosen, ...(survey.left ? [survey.left] : [])].join(", "))), node("div", { class: "rows" }),
      survey.rows.some((row) => row.signs.includes(".")) && node("p", { class: "note" }, node("b", { class: "mono" }, "."), " not in that run"), runs(survey));
  };

  // ── the page ──
  const chip = (one) => node("button", {
    type: "button", class: "chip", "data-state": one.light, onclick: () => {
      const light = new Set(state.light);
      if (!light.delete(one.light)) light.add(one.light);
      put({ light });
    },
  }, node("span", { class: "sign t-" + TONES[one.light], "aria-hidden": "true" }, one.sign), " ", one.words, " ",
  node("b", {}, String(told.surveys.flatMap((survey) => survey.rows).filter((row) => row.state === one.light).length)));
  const build = () => main.replaceChildren(
    node("div", { class: "filters", role: "search" }, node("div", { class: "chips", role: "group", "aria-label": "How arms stand now" }, told.lights.map(chip)),
      node("input", { id: "search", type: "search", placeholder: "Search ( / )", "aria-label": "Search arms, cases and causes", oninput: (event) => put({ q: event.target.value }) }),
      node("span", { class: "found", id: "found", role: "status" })),
    ...told.surveys.map(section));
  // What the filters leave.
  const fill = () => {
    for (const made of main.querySelectorAll(".chip")) made.setAttribute("aria-pressed", String(state.light.has(made.dataset.state)));
    const search = document.getElementById("search");
    if (search.value !== state.q) search.value = state.q;
    main.querySelectorAll(".rows").forEach((made, at) => made.replaceChildren(table(told.surveys[at])));
    const all = told.surveys.reduce((sum, survey) => sum + survey.rows.length, 0);
    document.getElementById("found").textContent = told.surveys.flatMap((survey) => survey.rows.filter(found)).length + " of " + all;
  };

  // ── keys ──
  const step = (by) => {
    const rows = [...main.querySelectorAll(".opens")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at + by))].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const writes = event.target.closest && event.target.closest("input");
    if (event.key === "Escape") {
      if (writes) { writes.blur(); main.focus(); }
      else put({ light: new Set(), q: "", open: new Set() });
      return;
    }
    if (writes) return;
    const acts = {
      "/": () => document.getElementById("search").focus(), "j": () => step(1), "k": () => step(-1), "?": () => help.showModal(),
      "r": () => put({ light: new Set(state.light.size ? [] : ["red"]) }),
    };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });
  addEventListener("hashchange", () => { read(); fill(); });
  read();
  build();
  fill();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
