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

/// Runtime, provider and models, in order of precedence; a model that ends in `*` stands for every model with that
/// beginning.
const OFFERS: &[(&str, &str, &[&str])] = &[
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
    ("codex", "openai-subscription", &["gpt-5.*"]),
    (
        "codex",
        "openai-api",
        &["gpt-5.5", "gpt-5.4", "gpt-5.4-mini", "gpt-5.3-codex", "gpt-5.3-codex-spark", "gpt-5.2"],
    ),
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

/// The providers that serve `model` on `runtime`, in order of precedence.
pub(crate) fn providers(runtime: &str, model: &str) -> Vec<&'static str> {
    let serves = |pattern: &str| match pattern.strip_suffix('*') {
        Some(beginning) => model.len() > beginning.len() && model.starts_with(beginning),
        None => model == pattern,
    };
    OFFERS
        .iter()
        .filter(|(offered_on, _, models)| {
            *offered_on == runtime && models.iter().any(|pattern| serves(pattern))
        })
        .map(|(_, provider, _)| *provider)
        .collect()
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
    use super::{OFFERS, UNREGISTERED, keys, providers, template_runtime};

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
}
