//! What a platform shows that has a fault in what a workspace has.

use reqwest::Method;
use serde_json::{Value, json};
use shakedown_platform::Fault;

use crate::support::{World, eventually, former, managed};

/// What a platform with the fault shows, and what it must show.
pub(crate) async fn bite(world: &World, fault: Fault) -> (String, &'static str) {
    let (id, _) = world.online(&managed("a")).await;
    let at = |rest: &str| format!("/workspaces/{id}/{rest}");
    let get = async |rest: &str| world.ask(Method::GET, &at(rest), None).await;
    let post = async |rest: &str, body: Value| world.ask(Method::POST, &at(rest), Some(&body)).await;
    match fault {
        Fault::MemoryLost => {
            let told = post("memories", json!({ "content": "x", "scope": "LOCAL" })).await;
            (format!("{} {}", told.status.as_u16(), get("memories").await.text), "201 []")
        }
        Fault::MemoryDeleteDoesNothing => {
            let kept = post("memories", json!({ "content": "x", "scope": "LOCAL" })).await.body;
            let told = format!("memories/{}", kept["id"].as_str().unwrap());
            let told = world.ask(Method::DELETE, &at(&told), None).await;
            (
                format!("{} {}", told.text, get("memories").await.body[0]["content"]),
                r#"{"status":"deleted"} "x""#,
            )
        }
        Fault::MemoryKeepsSecrets => {
            post("memories", json!({ "content": "sk-0123456789", "scope": "LOCAL" })).await;
            (get("memories").await.body[0]["content"].to_string(), "\"sk-0123456789\"")
        }
        Fault::KvIgnoresVersion => {
            let told = post("memory", json!({ "key": "k", "value": 1, "if_match_version": 7 })).await;
            (told.text, r#"{"status":"ok","key":"k","version":1}"#)
        }
        Fault::KvConflictWithoutVersions => {
            let told = post("memory", json!({ "key": "k", "value": 1, "if_match_version": 7 })).await;
            (told.text, r#"{"error":"if_match_version mismatch"}"#)
        }
        Fault::ActivityMisattributed => {
            post("a2a", former("hi")).await;
            let row = eventually("a row", async || get("activity").await.body.get(0).cloned()).await;
            ((row["source_id"] == id.as_str()).to_string(), "true")
        }
        Fault::ActivityDuplicated => {
            post("activity", json!({ "activity_type": "agent_log" })).await;
            (get("activity").await.body.as_array().unwrap().len().to_string(), "2")
        }
        Fault::CurrentTaskShown => (world.row(&id).await.get("current_task").is_some().to_string(), "true"),
        Fault::SinceIdInclusive => {
            post("activity", json!({ "activity_type": "agent_log" })).await;
            let cursor = get("activity").await.body[0]["id"].as_str().unwrap().to_owned();
            let after = get(&format!("activity?since_id={cursor}")).await;
            (after.body.as_array().unwrap().len().to_string(), "1")
        }
        Fault::UnknownCursorAccepted => (get("activity?since_id=nobody").await.text, "[]"),
        Fault::ActivityAnywhere => {
            (world.ask(Method::GET, &format!("/activity?workspace_id={id}"), None).await.text, "[]")
        }
        Fault::SharedContextServed => (get("shared-context").await.text, r#"{"files":[]}"#),
        Fault::NotifyLost => {
            let told = post("notify", json!({ "message": "hi" })).await;
            (format!("{} {}", told.text, get("activity").await.text), r#"{"status":"sent"} []"#)
        }
        _ => machine(world, fault, &id).await,
    }
}

/// The same, for files, secrets, tokens, approvals and operations.
async fn machine(world: &World, fault: Fault, id: &str) -> (String, &'static str) {
    let at = |rest: &str| format!("/workspaces/{id}/{rest}");
    let get = async |rest: &str| world.ask(Method::GET, &at(rest), None).await;
    let post = async |rest: &str, body: Value| world.ask(Method::POST, &at(rest), Some(&body)).await;
    match fault {
        Fault::UploadTruncated | Fault::DownloadOfAnother => {
            world.upload(id, &[("one.bin", "image/png", &[1; 10])]).await;
            let told = world.upload(id, &[("two.bin", "image/png", &[2; 10])]).await.body["files"][0].clone();
            let path = told["uri"].as_str().unwrap().trim_start_matches("workspace:").to_owned();
            let bytes = world.download(id, &path).await;
            let expected = if fault == Fault::UploadTruncated {
                "10 [2, 2, 2, 2, 2]"
            } else {
                "10 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"
            };
            (format!("{} {bytes:?}", told["size"]), expected)
        }
        Fault::UploadUnlimited => {
            let bytes = vec![0; 26 * 1024 * 1024];
            let told = world.upload(id, &[("big.bin", "image/png", &bytes)]).await;
            (format!("{} {}", told.status.as_u16(), told.body["files"][0]["size"]), "200 27262976")
        }
        Fault::SecretValueShown => {
            post("secrets", json!({ "key": "K", "value": "v" })).await;
            (get("secrets").await.body[0]["value"].to_string(), "\"v\"")
        }
        Fault::SecretDeleteDoesNothing => {
            post("secrets", json!({ "key": "K", "value": "v" })).await;
            let told = world.ask(Method::DELETE, &at("secrets/K"), None).await;
            (format!("{} {}", told.status.as_u16(), get("secrets").await.body[0]["key"]), "200 \"K\"")
        }
        Fault::SecretWriteKeepsRunning => {
            post("secrets", json!({ "key": "K", "value": "v" })).await;
            (world.event_types(id).await.join(" "), "WORKSPACE_PROVISIONING WORKSPACE_ONLINE")
        }
        Fault::TokenShown => {
            let minted = world.ask(Method::POST, &format!("/workspaces/{id}/tokens"), None).await.body;
            let listed = world.ask(Method::GET, &format!("/workspaces/{id}/tokens"), None).await.body;
            ((listed["tokens"][0]["prefix"] == minted["auth_token"]).to_string(), "true")
        }
        Fault::RevokedTokenWorks => {
            let bearer =
                format!("Bearer {}", post("tokens", json!({})).await.body["auth_token"].as_str().unwrap());
            let token = get("tokens").await.body["tokens"][0]["id"].as_str().unwrap().to_owned();
            let told = world.ask(Method::DELETE, &at(&format!("tokens/{token}")), None).await;
            let headers = [("authorization", bearer.as_str())];
            let works = world.ask_with(Method::GET, &at("activity"), &headers, None).await;
            (format!("{} {}", told.status.as_u16(), works.status.as_u16()), "200 200")
        }
        Fault::ApprovalDecidesNothing => {
            let asked = post("approvals", json!({ "action": "deploy" })).await.body;
            let path = format!("approvals/{}/decide", asked["approval_id"].as_str().unwrap());
            let told = post(&path, json!({ "decision": "denied" })).await;
            (
                format!("{} {}", told.body["status"], get("approvals").await.body[0]["status"]),
                "\"denied\" \"pending\"",
            )
        }
        Fault::CreateLosesKeys => {
            let body = json!({ "name": "b", "runtime": "claude-code", "model": "MiniMax-M2.7",
                "secrets": { "MINIMAX_API_KEY": "placeholder" } });
            let id = world.create(&body).await;
            (world.ask(Method::GET, &format!("/workspaces/{id}/secrets"), None).await.text, "[]")
        }
        Fault::ProviderMisderived => {
            let told =
                world.ask(Method::GET, &format!("/admin/workspaces/{id}/llm-billing-mode"), None).await;
            (told.body["provider_selection"].to_string(), "\"custom\"")
        }
        Fault::BilledToPlatform => {
            let body = json!({ "name": "b", "runtime": "claude-code", "model": "MiniMax-M2.7",
                "secrets": { "MINIMAX_API_KEY": "placeholder" } });
            let id = world.create(&body).await;
            let path = format!("/admin/workspaces/{id}/llm-billing-mode");
            let mode = world.ask(Method::GET, &path, None).await;
            (mode.text, r#"{"resolved_mode":"platform_managed","provider_selection":"minimax"}"#)
        }
        Fault::TerminalBroken => {
            (get("terminal/diagnose").await.body["first_failure"].to_string(), "\"shell\"")
        }
        Fault::ConfigLost => {
            let told =
                world.ask(Method::PUT, &at("files/config.yaml"), Some(&json!({ "content": "a: 1" }))).await;
            (
                format!("{} {}", told.status.as_u16(), get("files/config.yaml").await.status.as_u16()),
                "200 404",
            )
        }
        _ => panic!("{fault} is shown nowhere"),
    }
}
