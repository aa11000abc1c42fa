//! The catalogue: templates, runtimes, models and the keys that pay for them, as data.
//!
//! Does not: judge a request; that is `admission`.

use std::time::Duration;

/// The runtime that the platform answers for itself.
pub(crate) const MOCK: &str = "mock";

/// The runtime of a workspace that names none.
pub(crate) const DEFAULT_RUNTIME: &str = "claude-code";

/// The runtime of an external workspace that names none.
pub(crate) const EXTERNAL: &str = "external";

/// The provider whose models the platform pays for.
pub(crate) const PLATFORM: &str = "platform";

/// The provider of models that runtimes know and the registry of providers does not.
const UNREGISTERED: &str = "nous";

/// The runtimes that are never started here.
pub(crate) const EXTERNAL_LIKE: [&str; 3] = [EXTERNAL, "kimi", "kimi-cli"];

/// The runtimes of the manifest and the built-in ones.
pub(crate) const ALLOWED: [&str; 9] =
    ["claude-code", "hermes", "codex", "openclaw", "langgraph", EXTERNAL, "kimi", "kimi-cli", MOCK];

/// The runtime that upstream refuses until its manifest lists it.
pub(crate) const GOOGLE_ADK: &str = "google-adk";

/// Templates and the runtime that each one yields.
pub(crate) const TEMPLATES: [(&str, &str); 6] = [
    ("seo-agent", "claude-code"),
    ("claude-code-default", "claude-code"),
    ("hermes", "hermes"),
    ("codex", "codex"),
    ("openclaw", "openclaw"),
    ("langgraph", "langgraph"),
];

/// A template that is known, and whose files are not to be had any more; nothing can be made from it.
const ARCHIVED: (&str, &str) = ("archived-agent", "claude-code");

/// Providers and the keys of which any one is enough.
const PROVIDERS: [(&str, &[&str]); 13] = [
    ("minimax", &["MINIMAX_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"]),
    ("anthropic-api", &["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]),
    ("anthropic-oauth", &["CLAUDE_CODE_OAUTH_TOKEN"]),
    ("google", &["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
    ("openai-subscription", &["CODEX_AUTH_JSON", "CODEX_CHATGPT_AUTH_JSON"]),
    ("openai-api", &["OPENAI_API_KEY"]),
    ("byok-openai", &["OPENAI_API_KEY"]),
    ("byok-anthropic", &["ANTHROPIC_API_KEY"]),
    ("byok-minimax", &["MINIMAX_API_KEY"]),
    ("byok-gemini", &["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
    ("kimi-coding", &["KIMI_API_KEY"]),
    ("moonshot", &["MOONSHOT_API_KEY", "KIMI_API_KEY"]),
    ("groq", &["GROQ_API_KEY"]),
];

/// What codex runs, on a subscription as on a key of its own.
const GPT: &[&str] =
    &["gpt-5.5", "gpt-5.4", "gpt-5.4-mini", "gpt-5.3-codex", "gpt-5.3-codex-spark", "gpt-5.2"];

/// Runtime, provider and models.
type Offer = (&'static str, &'static str, &'static [&'static str]);

/// What each runtime offers, in order of precedence; a model that ends in `*` stands for every model with that beginning.
const OFFERS: &[Offer] = &[
    (
        "claude-code",
        PLATFORM,
        &[
            "anthropic/claude-*",
            "moonshot/kimi-k2.5",
            "moonshot/kimi-k2.6",
            "minimax/MiniMax-M2.7",
            "minimax/MiniMax-M2.7-highspeed",
            "minimax/MiniMax-M3",
        ],
    ),
    ("claude-code", "anthropic-oauth", &["sonnet", "opus", "haiku"]),
    (
        "claude-code",
        "anthropic-api",
        &[
            "sonnet",
            "opus",
            "haiku",
            "anthropic:sonnet",
            "anthropic:opus",
            "anthropic:haiku",
            "claude-sonnet-4-6",
            "claude-sonnet-4-5",
            "claude-opus-4-7",
            "claude-opus-4-8",
            "claude-haiku-4-5",
            "anthropic:claude-*",
        ],
    ),
    ("claude-code", "kimi-coding", &["kimi-for-coding", "kimi-k2.5", "kimi-k2"]),
    (
        "claude-code",
        "minimax",
        &["MiniMax-M2", "MiniMax-M2.7", "MiniMax-M2.7-highspeed", "MiniMax-M3", "minimax:MiniMax-*"],
    ),
    ("hermes", PLATFORM, &["moonshot/kimi-k2.5", "moonshot/kimi-k2.6"]),
    ("hermes", "kimi-coding", &["kimi-coding/kimi-k2"]),
    ("hermes", "byok-openai", &["openai/*"]),
    ("hermes", "byok-anthropic", &["anthropic/*"]),
    ("hermes", "byok-gemini", &["gemini/*"]),
    ("hermes", "byok-minimax", &["minimax/*"]),
    ("hermes", UNREGISTERED, &["nous/*"]),
    ("codex", PLATFORM, &["openai/gpt-5.4", "openai/gpt-5.4-mini"]),
    ("codex", "openai-subscription", GPT),
    ("codex", "openai-api", GPT),
    ("codex", "byok-minimax", &["codex-minimax-m2.7"]),
    ("openclaw", PLATFORM, &["moonshot/kimi-k2.5", "moonshot/kimi-k2.6"]),
    ("openclaw", "moonshot", &["moonshot:kimi-k2.5", "moonshot:kimi-k2.6"]),
    ("openclaw", "byok-minimax", &["minimax:MiniMax-M2.7"]),
    ("openclaw", "byok-openai", &["openai:*"]),
    ("openclaw", "groq", &["groq:*"]),
    ("langgraph", "byok-openai", &["openai:*"]),
    ("langgraph", "byok-anthropic", &["anthropic:*"]),
    (GOOGLE_ADK, PLATFORM, &["platform:gemini-2.5-pro", "platform:gemini-2.5-flash"]),
    (GOOGLE_ADK, "google", &["gemini-2.5-pro", "gemini-2.5-flash"]),
];

// A catalogue in which two providers of one runtime claim the same beginning does not load: it does not even compile.
const _: () = assert!(!overlaps(OFFERS), "two providers of one runtime claim the same beginning of a model");

/// Whether two providers of one runtime claim models with the same beginning, so that neither is the one.
const fn overlaps(offers: &[Offer]) -> bool {
    let mut left = 0;
    while left < offers.len() {
        let mut right = left + 1;
        while right < offers.len() {
            let ((runtime, _, own), (other, _, others)) = (&offers[left], &offers[right]);
            if same(runtime.as_bytes(), other.as_bytes()) && share_a_beginning(own, others) {
                return true;
            }
            right += 1;
        }
        left += 1;
    }
    false
}

const fn share_a_beginning(left: &[&str], right: &[&str]) -> bool {
    let mut own = 0;
    while own < left.len() {
        let mut other = 0;
        while other < right.len() {
            if let (Some(one), Some(two)) =
                (left[own].as_bytes().split_last(), right[other].as_bytes().split_last())
                && *one.0 == b'*'
                && *two.0 == b'*'
                && (begins(one.1, two.1) || begins(two.1, one.1))
            {
                return true;
            }
            other += 1;
        }
        own += 1;
    }
    false
}

const fn begins(text: &[u8], beginning: &[u8]) -> bool {
    let mut at = 0;
    while at < beginning.len() {
        if at >= text.len() || text[at] != beginning[at] {
            return false;
        }
        at += 1;
    }
    true
}

const fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && begins(left, right)
}

/// The runtimes that a workspace can be created with.
pub fn runtimes() -> impl Iterator<Item = &'static str> {
    ALLOWED.into_iter()
}

/// The templates that a workspace can be created from.
pub fn templates() -> impl Iterator<Item = &'static str> {
    TEMPLATES.into_iter().map(|(template, _)| template)
}

/// Whether a template is known, and its files are not to be had.
pub(crate) fn is_archived(template: &str) -> bool {
    template == ARCHIVED.0
}

/// The runtime that a template yields.
pub(crate) fn template_runtime(template: &str) -> Option<&'static str> {
    TEMPLATES.iter().chain([&ARCHIVED]).find(|(name, _)| *name == template).map(|(_, runtime)| *runtime)
}

/// How long a runtime may be in `provisioning`, where its manifest says.
pub(crate) fn provision_timeout(runtime: &str) -> Option<Duration> {
    (runtime == "hermes").then_some(Duration::from_secs(30 * 60))
}

/// The providers that serve `model` on `runtime`, in order of precedence: those that list it, or those that claim its
/// beginning where nobody does.
pub(crate) fn providers(runtime: &str, model: &str) -> Vec<&'static str> {
    let of = |serves: &dyn Fn(&str) -> bool| -> Vec<&'static str> {
        let offers = OFFERS.iter().filter(|(offered_on, _, _)| *offered_on == runtime);
        let offers = offers.filter(|(_, _, models)| models.iter().any(|pattern| serves(pattern)));
        offers.map(|(_, provider, _)| *provider).collect()
    };
    let listed = of(&|pattern| pattern == model);
    let claimed = |pattern: &str| {
        pattern.strip_suffix('*').is_some_and(|start| model.len() > start.len() && model.starts_with(start))
    };
    if listed.is_empty() { of(&claimed) } else { listed }
}

/// The keys of which any one satisfies `provider`; none for the platform, `None` for an unknown provider.
pub(crate) fn keys(provider: &str) -> Option<&'static [&'static str]> {
    if provider == PLATFORM {
        return Some(&[]);
    }
    PROVIDERS.iter().find(|(name, _)| *name == provider).map(|(_, keys)| *keys)
}

#[cfg(test)]
mod tests {
    use super::{OFFERS, UNREGISTERED, keys, overlaps, providers, template_runtime};

    #[test]
    fn every_offered_provider_is_known_but_for_the_one_that_is_not() {
        for (runtime, provider, _) in OFFERS {
            assert_eq!(keys(provider).is_none(), *provider == UNREGISTERED, "{provider} of {runtime}");
        }
    }

    #[test]
    fn an_ambiguous_model_lists_its_providers_in_order() {
        assert_eq!(providers("claude-code", "sonnet"), ["anthropic-oauth", "anthropic-api"]);
        assert_eq!(providers("claude-code", "moonshot/kimi-k2.6"), ["platform"]);
        assert_eq!(providers("hermes", "openai/"), [""; 0]);
        assert_eq!(template_runtime("seo-agent"), Some("claude-code"));
    }

    #[test]
    fn the_provider_follows_from_the_model_by_its_id_and_then_by_its_beginning() {
        let table: [(&str, &str, &[&str]); 16] = [
            ("claude-code", "MiniMax-M2.7", &["minimax"]),
            ("claude-code", "minimax:MiniMax-M2.7", &["minimax"]),
            ("claude-code", "minimax/MiniMax-M2.7", &["platform"]),
            ("claude-code", "claude-sonnet-4-6", &["anthropic-api"]),
            ("claude-code", "anthropic/claude-opus-4-7", &["platform"]),
            ("claude-code", "kimi-k2", &["kimi-coding"]),
            ("claude-code", "gpt-5.4-mini", &[]),
            ("hermes", "openai/gpt-4o", &["byok-openai"]),
            ("hermes", "moonshot/kimi-k2.6", &["platform"]),
            ("hermes", "openai/", &[]),
            ("codex", "gpt-5.4-mini", &["openai-subscription", "openai-api"]),
            ("codex", "openai/gpt-5.4-mini", &["platform"]),
            ("codex", "gpt-5.9", &[]),
            ("openclaw", "moonshot:kimi-k2.6", &["moonshot"]),
            ("openclaw", "openai:gpt-4o", &["byok-openai"]),
            ("google-adk", "gemini-2.5-pro", &["google"]),
        ];
        for (runtime, model, expected) in table {
            assert_eq!(providers(runtime, model), expected, "{model} on {runtime}");
        }
    }

    #[test]
    fn two_providers_that_claim_one_beginning_do_not_load() {
        let table = [
            ("openai/*", "openai/gpt-*", true),
            ("openai/gpt-*", "openai/*", true),
            ("openai/*", "openai:*", false),
            ("openai/*", "openai/gpt-4o", false),
            ("gpt-5.4", "gpt-5.4", false),
        ];
        for (left, right, expected) in table {
            let (own, others) = ([left], [right]);
            let own: &'static [&'static str] = Box::leak(Box::new(own));
            let others: &'static [&'static str] = Box::leak(Box::new(others));
            assert_eq!(overlaps(&[("codex", "a", own), ("codex", "b", others)]), expected, "{left} {right}");
            assert!(!overlaps(&[("codex", "a", own), ("hermes", "b", others)]), "{left} {right}");
        }
    }
}
