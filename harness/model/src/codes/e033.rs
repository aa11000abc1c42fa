//! `E033…` and `E034…` up to `E0344`: flows, resources and their states.
//!
//! Does not: concern single steps.

use super::{Code, invalid};

pub(super) const CODES: &[Code] = &[
    Code {
        code: "E0330",
        title: "a flow uses itself",
        meaning: "Flows use each other in a circle, so their steps would never end. Move what both need into a flow of its \
                  own.",
        example: invalid!(
            "flow-that-uses-itself",
            &[
                ("#--- flows/ping.toml\n[flow]", "[scenario]\nname = \"sample\""),
                (
                    "use = \"flows/ping\"",
                    "name     = \"look\"\nrun.http = { on = \"api\", path = \"/things\" }\nexpect   = [\"status == 200\"]"
                ),
            ]
        ),
    },
    Code {
        code: "E0331",
        title: "a flow promises what it does not capture",
        meaning: "`outputs` are captures of the flow's own steps, or outputs of flows that it uses. Its user would read a \
                  name that nothing sets.",
        example: invalid!(
            "output-that-the-used-flow-does-not-give",
            &[("outputs = [\"org_id\"]", "outputs = [\"id\"]")]
        ),
    },
    Code {
        code: "E0332",
        title: "a flow of a resource lacks an output that the harness reads",
        meaning: "`find` must say whether the thing is there: it captures `found`, true or false, and lists it in \
                  `outputs`. `trace` gives `states`, a list of texts, and `entered`, the time of each, where an edge has a \
                  budget.",
        example: invalid!(
            "find-without-found",
            &[
                ("outputs = [\"id\"]", "outputs = [\"found\", \"id\"]"),
                ("id = \"body.id\"", "found = \"status == 200\"\nid    = \"body.id\""),
            ]
        ),
    },
    Code {
        code: "E0333",
        title: "a find does not look for the key",
        meaning: "`find` gets the key of the one thing that is ours as its input `key`. A find that does not read it would \
                  find what others own, and the release would delete that.",
        example: invalid!(
            "find-that-does-not-look-for-the-key",
            &[
                ("outputs = [\"found\", \"id\"]", "inputs  = [\"key\"]\noutputs = [\"found\", \"id\"]"),
                ("path = \"/things\" }", "path = \"/things?name={{ key }}\" }"),
            ]
        ),
    },
    Code {
        code: "E0334",
        title: "no case comes to a flow",
        meaning: "Its steps check nothing, although somebody wrote them to. Use it in a step, a fixture or a resource, or \
                  delete its file.",
        example: invalid!(
            "flow-that-no-case-comes-to",
            &[(
                "expect   = [\"status == 200\"]\n#---",
                "expect   = [\"status == 200\"]\n\n[[step]]\nuse = \"flows/alone\"\n#---"
            )]
        ),
    },
    Code {
        code: "E0335",
        title: "a template includes itself",
        meaning: "Templates include each other in a circle, so they would never end. Move what both need into a template of \
                  its own.",
        example: invalid!("templates-that-include-each-other", &[("{% include 'a.json.j2' %}", "1")]),
    },
    Code {
        code: "E0336",
        title: "which template is included, only the run would know",
        meaning: "An include names its template as a text, so that what it reads can be checked before anything starts. Put \
                  it inside {% if … %} where it depends on something.",
        example: invalid!(
            "template-that-includes-what-only-the-run-knows",
            &[("{% include runtime ~ \".json.j2\" %}", "{{ runtime }}")]
        ),
    },
    Code {
        code: "E0337",
        title: "a flow is longer or deeper than a case can be",
        meaning: "A flow takes 1000 steps at most, those of its own flows included, and 32 flows may stand in each other. More \
                  than that comes of flows that use one another twice, and no case gets through it.",
        example: invalid!(
            "flow-longer-than-a-case",
            &[("[[step]]\nuse = \"flows/twice-5\"\n[[step]]\nuse", "[[step]]\nuse"),]
        ),
    },
    Code {
        code: "E0338",
        title: "what is asked before a run is a template",
        meaning: "`health` of a service and `check` of a credential are what `shakedown doctor` asks before there is a run: no \
                  binding, no fixture and no case is there. Name a path that is the same everywhere.",
        example: invalid!("health-that-is-a-template", &[("/health/{{ env.REGION }}", "/health")]),
    },
    Code {
        code: "E0339",
        title: "a meaning of nothing",
        meaning: "`[meaning]` says what bindings of the suite or of an arm, variables and secrets mean. What nobody declares \
                  cannot be set, so its meaning would mislead: mend the name, or drop the line.",
        example: invalid!("meaning-of-what-nobody-binds", &[("budgt = ", "budget = ")]),
    },
    Code {
        code: "E0340",
        title: "a state has no row",
        meaning: "`[resource.X.states]` has a row for every state, with the states that may follow it; a terminal state has \
                  an empty one. A state that stands only on the right side, or only in `tolerate`, is misspelt or was \
                  forgotten.",
        example: invalid!("edge-to-a-misspelt-state", &[("\"onlin\"", "\"online\"")]),
    },
    Code {
        code: "E0341",
        title: "an edge is listed twice",
        meaning: "Two entries for one edge could have different budgets. Keep one of them.",
        example: invalid!("edge-listed-twice", &[("[\"online\", {", "[{")]),
    },
    Code {
        code: "E0342",
        title: "a trace is held against nothing",
        meaning: "`trace` reads the states that a resource went through, and without allowed edges none of them could be \
                  red. List the edges under `[resource.X.states]`, or drop the trace.",
        example: invalid!(
            "trace-without-states",
            &[(
                "trace   = \"flows/states\"\n",
                "trace   = \"flows/states\"\nstates  = { made = [\"online\"], online = [] }\n",
            )]
        ),
    },
    Code {
        code: "E0343",
        title: "nothing observes the states",
        meaning: "`[resource.X.states]` lists the allowed edges, and no `trace` says which ones were taken. Name the flow \
                  that lists them, or drop the states.",
        example: invalid!(
            "states-without-trace",
            &[("[resource.thing.states]\nmade   = [\"online\"]\nonline = []\n", "")]
        ),
    },
    Code {
        code: "E0344",
        title: "an edge may take longer than its case",
        meaning: "The budget of an edge is shorter than the timeout of the cases that take it; a longer one could never be \
                  exceeded.",
        example: invalid!("budget-longer-than-the-case", &[("budget = \"30m\"", "budget = \"15m\"")]),
    },
];
