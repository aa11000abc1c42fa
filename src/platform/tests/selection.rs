//! Which provider a model has, and what is refused because of it: row by row, as a client sees it.

mod support;

use reqwest::Method;
use serde_json::json;

use support::World;

const UNREGISTERED: &str = "UNREGISTERED_MODEL_FOR_RUNTIME";
const UNDERIVED: &str = "DERIVED_PROVIDER_NOT_IN_REGISTRY";
const MISSING: &str = "MISSING_BYOK_CREDENTIAL";

/// Runtime, model, the keys that come with it, and the provider, or the code of the refusal.
type Row = (&'static str, &'static str, &'static [&'static str], Result<&'static str, &'static str>);

const ROWS: [Row; 24] = [
    // No provider of the runtime has the model.
    ("claude-code", "abacus-1", &[], Err(UNREGISTERED)),
    ("claude-code", "gpt-5.4-mini", &["OPENAI_API_KEY"], Err(UNREGISTERED)),
    ("codex", "claude-sonnet-4-6", &["ANTHROPIC_API_KEY"], Err(UNREGISTERED)),
    ("codex", "gpt-5.9", &["OPENAI_API_KEY"], Err(UNREGISTERED)),
    ("hermes", "gpt-4o", &["OPENAI_API_KEY"], Err(UNREGISTERED)),
    ("hermes", "openai/", &["OPENAI_API_KEY"], Err(UNREGISTERED)),
    ("openclaw", "openai/gpt-4o", &["OPENAI_API_KEY"], Err(UNREGISTERED)),
    // The runtime knows a provider that the registry does not.
    ("hermes", "nous/hermes-4", &[], Err(UNDERIVED)),
    ("hermes", "nous/hermes-4", &["OPENAI_API_KEY"], Err(UNDERIVED)),
    // The provider's key is not there, whatever else is.
    ("claude-code", "MiniMax-M2.7", &[], Err(MISSING)),
    ("claude-code", "claude-sonnet-4-6", &["MINIMAX_API_KEY", "OPENAI_API_KEY"], Err(MISSING)),
    ("claude-code", "sonnet", &["MINIMAX_API_KEY"], Err(MISSING)),
    ("codex", "gpt-5.4-mini", &["ANTHROPIC_API_KEY"], Err(MISSING)),
    ("openclaw", "moonshot:kimi-k2.6", &["OPENAI_API_KEY"], Err(MISSING)),
    // It is, and the provider is the model's.
    ("claude-code", "MiniMax-M2.7", &["MINIMAX_API_KEY"], Ok("minimax")),
    ("claude-code", "claude-sonnet-4-6", &["MINIMAX_API_KEY", "ANTHROPIC_API_KEY"], Ok("anthropic-api")),
    ("claude-code", "sonnet", &["ANTHROPIC_API_KEY"], Ok("anthropic-api")),
    ("claude-code", "sonnet", &["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"], Ok("anthropic-oauth")),
    ("claude-code", "moonshot/kimi-k2.6", &["KIMI_API_KEY"], Ok("platform")),
    ("codex", "gpt-5.4-mini", &["OPENAI_API_KEY"], Ok("openai-api")),
    ("codex", "gpt-5.4-mini", &["OPENAI_API_KEY", "CODEX_AUTH_JSON"], Ok("openai-subscription")),
    ("codex", "openai/gpt-5.4-mini", &[], Ok("platform")),
    ("hermes", "openai/gpt-4o", &["OPENAI_API_KEY"], Ok("byok-openai")),
    ("openclaw", "moonshot:kimi-k2.6", &["MOONSHOT_API_KEY"], Ok("moonshot")),
];

#[tokio::test]
async fn the_provider_follows_from_the_model_and_what_has_none_or_no_key_is_refused_by_its_code() {
    let world = World::new().await;
    let mut accepted = 0;
    for (position, (runtime, model, keys, expected)) in ROWS.into_iter().enumerate() {
        let secrets: serde_json::Map<_, _> =
            keys.iter().map(|key| ((*key).to_owned(), json!("placeholder"))).collect();
        let body =
            json!({ "name": format!("w{position}"), "runtime": runtime, "model": model, "secrets": secrets });
        let answer = world.ask(Method::POST, "/workspaces", Some(&body)).await;
        match expected {
            Err(code) => {
                let of = (&answer.body["code"], &answer.body["runtime"], &answer.body["model"]);
                assert_eq!(answer.status, 422, "{body}");
                assert_eq!(of, (&json!(code), &json!(runtime), &json!(model)), "{body}");
            }
            Ok(provider) => {
                assert_eq!(answer.status, 201, "{body} {answer:?}");
                accepted += 1;
                let id = answer.body["id"].as_str().unwrap();
                let path = format!("/admin/workspaces/{id}/llm-billing-mode");
                let mode = if provider == "platform" { "platform_managed" } else { "byok" };
                let told = world.ask(Method::GET, &path, None).await.body;
                assert_eq!(told, json!({ "resolved_mode": mode, "provider_selection": provider }), "{body}");
            }
        }
    }
    let listed = world.ask(Method::GET, "/workspaces", None).await.body;
    assert_eq!(listed.as_array().unwrap().len(), accepted);
    world.platform.stop().await;
}
