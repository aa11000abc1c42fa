//! Attacks by templates and conditions, and what comes of each.
//!
//! Does not: measure them.

use super::{Attack, attack};
use harness_model::context::Bindings;
use harness_model::expression::Expression;
use harness_model::name::TemplateName;
use harness_model::source::{At, Source};
use harness_model::template::{Escape, Template, Templates};

pub(crate) const ATTACKS: &[Attack] = &[
    // Templates and conditions.
    attack(
        "a loop for ever",
        || payload("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"),
        "stopped",
    ),
    attack(
        "a loop over a long text",
        || payload(&format!("{{% for a in range(99999) %}}{}{{% endfor %}}", "x".repeat(100_000))),
        "stopped",
    ),
    attack("a range of a billion", || condition("range(1000000000) | length > 0"), "stopped"),
    attack("a text a billion times", || condition("('a' * 1000000000) | length > 0"), "E0298"),
    attack("a text often", || condition("('a' * 99999999) | length > 0"), "E0298"),
    attack("texts often", || condition(&["('a' * 99999999)"; 50].join(" ~ ")), "E0298"),
    attack("a list often", || condition("([1] * 99999999) | list | length > 0"), "E0298"),
    attack(
        "a list of lists",
        || condition(&format!("{} | length > 0", "range(99999) | batch(1) | list".to_owned())),
        "stopped",
    ),
    attack(
        "doubled by set",
        || payload(&("{% set a = 'abcdefgh' %}".to_owned() + &"{% set a = a ~ a %}".repeat(60))),
        "E0298",
    ),
    attack(
        "doubled by a loop",
        || {
            payload(
                "{% set n = namespace(a='abcdefgh') %}{% for i in range(60) %}{% set n.a = n.a ~ n.a %}{% endfor %}",
            )
        },
        "E0298",
    ),
    attack(
        "doubled by plus",
        || {
            payload(
                "{% set n = namespace(a='abcdefgh') %}{% for i in range(60) %}{% set n.a = n.a + n.a %}{% endfor %}",
            )
        },
        "E0298",
    ),
    attack(
        "doubled by for",
        || {
            payload(
                &("{% for a in ['abcdefgh'] %}".to_owned()
                    + &"{% for a in [a ~ a] %}".repeat(40)
                    + &"{% endfor %}".repeat(41)),
            )
        },
        "E0298",
    ),
    attack(
        "doubled by join",
        || payload(&("{% set a = 'abcdefgh' %}".to_owned() + &"{% set a = [a, a] | join %}".repeat(60))),
        "E0298",
    ),
    attack(
        "doubled by sum",
        || payload(&("{% set a = 'abcdefgh' %}".to_owned() + &"{% set a = [a, a] | sum %}".repeat(60))),
        "E0298",
    ),
    attack(
        "doubled by format",
        || {
            payload(
                &("{% set a = 'abcdefgh' %}".to_owned() + &"{% set a = '%s%s' | format(a, a) %}".repeat(60)),
            )
        },
        "E0298",
    ),
    attack("padded by format", || condition("'%999999999d' | format(1) | length > 0"), "stopped"),
    attack(
        "doubled by replace",
        || payload(&("{% set a = 'abcdefgh' %}".to_owned() + &"{% set a = a | replace('', a) %}".repeat(60))),
        "E0298",
    ),
    attack(
        "doubled by map",
        || {
            payload(
                &("{% set a = 'abcdefgh' %}".to_owned()
                    + &"{% set a = [a] | map('replace', '', a) | first %}".repeat(60)),
            )
        },
        "E0298",
    ),
    attack(
        "doubled by tojson",
        || {
            payload(
                &("{% set a = ['abcdefgh'] %}".to_owned()
                    + &"{% set a = [a, a] %}".repeat(60)
                    + "{{ a | tojson }}"),
            )
        },
        "E0298",
    ),
    attack(
        "doubled by pprint",
        || {
            payload(
                &("{% set a = ['abcdefgh'] %}".to_owned()
                    + &"{% set a = [a, a] %}".repeat(60)
                    + "{{ a | pprint }}"),
            )
        },
        "E0298",
    ),
    attack(
        "doubled by a list",
        || {
            payload(
                &("{% set a = ['abcdefgh'] %}".to_owned() + &"{% set a = [a, a] %}".repeat(60) + "{{ a }}"),
            )
        },
        "E0298",
    ),
    attack(
        "doubled by a string",
        || {
            payload(
                &("{% set a = ['abcdefgh'] %}".to_owned()
                    + &"{% set a = [a, a] %}".repeat(60)
                    + "{% set b = a | string %}"),
            )
        },
        "E0298",
    ),
    attack(
        "doubled by a comparison",
        || {
            payload(
                &("{% set a = ['abcdefgh'] %}".to_owned()
                    + &"{% set a = [a, a] %}".repeat(60)
                    + "{% set b = ['abcdefgh'] %}"
                    + &"{% set b = [b, b] %}".repeat(60)
                    + "{{ a == b }}"),
            )
        },
        "E0298",
    ),
    attack(
        "doubled by debug",
        || {
            payload(
                &("{% set a = ['abcdefgh'] %}".to_owned()
                    + &"{% set a = [a, a] %}".repeat(60)
                    + "{{ debug() }}"),
            )
        },
        "E0298",
    ),
    attack("indented", || condition("('a\n' * 9999) | indent(99999999) | length > 0"), "E0298"),
    attack(
        "captured",
        || {
            payload(&format!(
                "{{% set a %}}{{% for a in range(99999) %}}{}{{% endfor %}}{{% endset %}}",
                "x".repeat(100_000)
            ))
        },
        "E0298",
    ),
    attack(
        "filtered",
        || {
            payload(&format!(
                "{{% filter upper %}}{{% for a in range(99999) %}}{}{{% endfor %}}{{% endfilter %}}",
                "x".repeat(100_000)
            ))
        },
        "E0298",
    ),
    attack(
        "doubled by a capture",
        || {
            payload(
                &("{% set a = 'abcdefgh' %}".to_owned()
                    + &"{% set a %}{{ a }}{{ a }}{% endset %}".repeat(60)),
            )
        },
        "E0298",
    ),
    attack(
        "a macro that calls itself",
        || payload("{% macro m(x) %}{{ m(x ~ x) }}{% endmacro %}{{ m('abcdefgh') }}"),
        "E0298",
    ),
    attack(
        "a loop that calls itself",
        || payload("{% for a in [1] recursive %}{{ loop([1, 1]) }}{% endfor %}"),
        "E0298",
    ),
    attack("a block that calls itself", || payload("{% block a %}{{ self.a() }}{% endblock %}"), "E0298"),
    attack("a template that includes itself", || payload("{% include 'a.txt.j2' %}"), "E0335"),
    attack("parentheses", || condition(&("(".repeat(900) + "true" + &")".repeat(900))), "E0301"),
    attack("lists", || condition(&("[".repeat(900) + &"]".repeat(900))), "E0301"),
    attack("nots", || condition(&("not ".repeat(500) + "true")), "true"),
    attack("minuses", || condition(&("-".repeat(2000) + "1 == 1")), "true"),
    attack("operators", || condition(&("1".to_owned() + &"+1".repeat(1000) + " > 0")), "E0298"),
    attack("attributes", || condition(&("a".to_owned() + &".a".repeat(1000))), "stopped"),
    attack("ifs", || condition(&("true if ".repeat(200) + "true")), "true"),
    attack(
        "an operator chain in a file",
        || payload(&("{{ 1".to_owned() + &"+1".repeat(1_000_000) + " }}")),
        "E0298",
    ),
    attack("nots in a file", || payload(&("{{ ".to_owned() + &"not ".repeat(500_000) + "1 }}")), "E0298"),
    attack(
        "ifs in a file",
        || payload(&("{% if a %}".repeat(100_000) + &"{% endif %}".repeat(100_000))),
        "E0298",
    ),
    attack(
        "elifs in a file",
        || payload(&("{% if 1 %}".to_owned() + &"{% elif 1 %}".repeat(100_000) + "{% endif %}")),
        "E0298",
    ),
    attack(
        "a thousand elifs",
        || payload(&("{% if 1 %}".to_owned() + &"{% elif 1 %}".repeat(990) + "{% endif %}")),
        "E0298",
    ),
    attack(
        "a hundred ifs in each other",
        || payload(&("{% if 1 %}".repeat(100) + &"{% endif %}".repeat(100))),
        "0 bytes",
    ),
    attack("a chain of includes", || included(10_000, 1), "E0298"),
    attack("includes that double", || included(30, 2), "stopped"),
    attack("options with names", || condition("[{'b': 'x'}] | map(attribute='b') | join == 'x'"), "true"),
    attack("a wide tojson that is not", || condition("[[1]] | tojson(indent=2) | length == 17"), "true"),
    // What the statements let pass, the filters count.
    attack("grown by join", || grown("join('xxxxxxxx')"), "stopped"),
    attack("grown by replace", || grown("replace('', 'xxxxxxxx')"), "stopped"),
    attack("grown by map", || grown("list | map('replace', '', 'xxxxxxxx') | list"), "stopped"),
    attack("grown by batch", || grown("batch(999, 'xxxxxxxx')"), "stopped"),
    attack("grown by indent", || grown("indent(999, true)"), "59948 bytes"),
    attack("indented a little", || condition("('a\\n' * 3600) | indent(999) | length > 0"), "true"),
    attack("indented a lot", || condition("('a\\n' * 3600) | indent(99999999) | length > 0"), "stopped"),
    attack("a wide tojson", || condition("[[1]] | tojson(indent=99999999) | length > 0"), "stopped"),
    attack("a batch of many", || condition("[1] | batch(99999999, 1) | list | length > 0"), "stopped"),
    attack("a slice of many", || condition("[1] | slice(99999999) | list | length > 0"), "stopped"),
    attack("a list a little", || condition("([1] * 3600) | list | length > 0"), "true"),
    attack(
        "many against many",
        || condition("range(256) | select('in', range(256)) | list | length > 0"),
        "stopped",
    ),
    attack(
        "many joined many times",
        || condition("range(256) | map('string') | map('join', 'x' * 3600) | list | length > 0"),
        "stopped",
    ),
    attack(
        "a sum of texts",
        || condition("((range(256) | list) * 40) | map('string') | sum | length > 0"),
        "stopped",
    ),
    attack(
        "a look into many, many times",
        || {
            payload(
                "{% for a in range(256) %}{% for b in range(256) %}{% if 'x' in range(256) %}{% endif %}{% endfor %}{% endfor %}",
            )
        },
        "stopped",
    ),
    attack(
        "many compared with many, many times",
        || {
            payload(
                "{% for a in range(256) %}{% for b in range(256) %}{% if range(256) == range(256) %}{% endif %}{% endfor %}{% endfor %}",
            )
        },
        "stopped",
    ),
    attack("lists in lists", || nested("{{ a }}"), "1810 bytes"),
    attack("lists in lists as JSON", || nested("{{ a | tojson }}"), "1810 bytes"),
    attack("lists in lists, printed", || nested("{{ a | pprint | length }}"), "stopped"),
    attack("lists in lists as text", || nested("{{ a | string | length }}"), "4 bytes"),
    attack("braces in braces", || payload("{{ {'a': {'b': '}}' ~ 'x' * 99999999 }} }}"), "E0298"),
    attack("raw that hides", || payload("{% raw %}{{ ' {% endraw %}{{ 'x' * 99999999 }}{# ' #}"), "E0298"),
    attack(
        "an inline template",
        || {
            inline(
                "{{ 'x' * 3600 }}{% for a in range(256) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}",
            )
        },
        "stopped",
    ),
];

fn at(text: &str) -> At<String> {
    At { value: text.to_owned(), location: Source::new("attack", text).at(0..text.len()) }
}

fn scope() -> Bindings {
    Bindings::default().with("a", "text")
}

fn condition(text: &str) -> String {
    match Expression::parse(at(text)) {
        Err(error) => error.stable_code().to_owned(),
        Ok(expression) => {
            expression.holds(&scope()).map_or_else(|error| told(&error.to_string()), |yes| yes.to_string())
        }
    }
}

fn told(message: &str) -> String {
    assert!(message.len() < 5000, "a message of {} bytes", message.len());
    "stopped".to_owned()
}

fn payload(text: &str) -> String {
    render(&[("a.txt.j2".to_owned(), Source::new("templates/a.txt.j2", text))].into_iter().collect())
}

fn render(files: &indexmap::IndexMap<String, Source>) -> String {
    match Templates::parse(files) {
        Err(findings) => findings[0].stable_code().to_owned(),
        Ok(templates) => match templates.render(&TemplateName::new("a.txt.j2"), &scope()) {
            Ok(text) => format!("{} bytes", text.len()),
            Err(error) => told(&error.to_string()),
        },
    }
}

fn included(count: usize, times: usize) -> String {
    let name = |number: usize| if number == 0 { "a.txt.j2".to_owned() } else { format!("n{number}.txt.j2") };
    let files = (0..count).map(|number| {
        let include = format!("{{% include '{}' %}}", name(number + 1)).repeat(times);
        let text = if number + 1 == count { "x".to_owned() } else { include };
        (name(number), Source::new(name(number), text))
    });
    render(&files.collect())
}

fn inline(text: &str) -> String {
    match Template::parse(at(text), Escape::Plain) {
        Err(error) => error.stable_code().to_owned(),
        Ok(template) => match template.render(&scope()) {
            Ok(text) => format!("{} bytes", text.len()),
            Err(error) => told(&error.to_string()),
        },
    }
}

fn grown(filter: &str) -> String {
    let steps = format!("{{% set a = a | {filter} %}}").repeat(60);
    payload(&format!("{{% set a = 'abcdefgh' %}}{steps}{{{{ a }}}}"))
}

fn nested(end: &str) -> String {
    payload(&format!("{{% set a = 'abcdefgh' %}}{}{end}", "{% set a = [a] %}".repeat(900)))
}
