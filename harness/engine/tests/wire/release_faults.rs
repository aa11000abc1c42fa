//! Releases on a platform that lies, refuses or does not know.

use crate::support::{Answer, Seen, Stage, Store};
use harness_model::verdict::Verdict;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const ONE: &str = r#"
[[step]]
name     = "create"
run.http = { on = "api", method = "POST", path = "/things/one" }
owns     = { thing = "one" }
expect   = ["status == 201"]
"#;

async fn stage(store: &Store, script: impl Fn(&Seen, Answer) -> Answer + Send + Sync + 'static) -> Stage {
    let shelf = store.clone();
    Stage::with(move |seen| script(seen, shelf.answer(seen))).await.things().scenario(ONE)
}

#[tokio::test]
async fn a_create_that_was_refused_leaves_alone_what_has_its_key() {
    let played = Stage::with(|seen| match seen.method.as_str() {
        "POST" => Answer::new(409, "{}"),
        _ => Answer::new(200, "[\"one\"]"),
    });
    let played = played.await.things().scenario(ONE).play().await;
    played.assert(Verdict::Failed);
    assert_eq!(played.chronicle.lines(), ["POST /things/one"]);
    assert_eq!(played.chronicle.released(), Vec::<String>::new());
    assert_eq!(played.chronicle.leaked(), []);
}

#[tokio::test]
async fn a_create_that_answered_500_but_did_create_is_found_and_released() {
    let store = Store::default();
    let stage = stage(&store, |seen, answer| match seen.method.as_str() {
        "POST" => Answer::new(500, "{}"),
        _ => answer,
    });
    let played = stage.await.play().await;
    played.assert(Verdict::Failed);
    assert_eq!(played.chronicle.released(), ["one"]);
    assert_eq!(played.chronicle.lines()[2], "DELETE /things/one");
    assert_eq!(store.names(), Vec::<String>::new());
}

#[tokio::test]
async fn what_appears_after_its_reply_was_lost_is_looked_for_until_it_settles() {
    let store = Store::default();
    let finds = Arc::new(AtomicU32::new(0));
    let stage = stage(&store, move |seen, answer| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", _) => Answer::Hang,
        ("GET", "/things") if finds.fetch_add(1, Ordering::Relaxed) < 3 => Answer::new(200, "[]"),
        _ => answer,
    });
    let played = stage.await.patience("500ms").play().await;
    played.assert(Verdict::Errored);
    // The first time to create it again, the second time for good.
    assert_eq!(played.chronicle.released(), ["one", "one"]);
    assert_eq!(store.names(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_on_no_list_after_its_reply_was_lost_is_asked_for_by_its_proof() {
    const BY_NAME: &str = r#"
[flow]
inputs = ["key"]
[[step]]
name     = "gone"
run.http = { on = "api", path = "/row/{{ key }}" }
poll     = { until = "status == 404", every = "5ms", within = "100ms" }
"#;
    for (status, leaked) in [(200, 1), (404, 0)] {
        let store = Store::default();
        let stage = stage(&store, move |seen, answer| match (seen.method.as_str(), seen.path.as_str()) {
            ("POST", _) => Answer::Hang,
            ("GET", "/things") => Answer::new(200, "[]"),
            ("GET", "/row/one") => Answer::new(status, "{}"),
            _ => answer,
        });
        let played = stage.await.flow("flows/thing-gone", BY_NAME).patience("500ms").play().await;
        played.assert(Verdict::Errored);
        assert_eq!(played.chronicle.leaked().len(), leaked, "{status}");
    }
}

#[tokio::test]
async fn nothing_is_created_under_a_key_that_a_log_could_not_name() {
    let store = Store::default();
    let shelf = store.clone();
    let stage = Stage::with(move |seen| shelf.answer(seen)).await.things().secret("one-and-only");
    let played = stage.scenario(&ONE.replace("\"one\"", "\"the-one-and-only\"")).play().await;
    played.assert_cause(Verdict::Errored, &["the key of this `thing` holds a secret", "nothing was created"]);
    assert_eq!((played.chronicle.requests().len(), store.names()), (0, Vec::new()));
}

#[tokio::test]
async fn a_create_that_never_answered_is_found_and_released() {
    let store = Store::default();
    let stage = stage(&store, |seen, answer| match seen.method.as_str() {
        "POST" => Answer::Hang,
        _ => answer,
    });
    let played = stage.await.patience("500ms").play().await;
    played.assert(Verdict::Errored);
    // The first time to create it again, the second time for good.
    assert_eq!(played.chronicle.released(), ["one", "one"]);
    assert_eq!(store.names(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_never_shown_gone_leaks() {
    let store = Store::default();
    let stage = stage(&store, |seen, answer| match seen.method.as_str() {
        // It says that it deletes.
        "DELETE" => Answer::new(204, ""),
        "GET" => Answer::new(200, "[\"one\"]"),
        _ => answer,
    });
    let played = stage.await.play().await;
    played.assert(Verdict::Passed);
    let leaked = played.chronicle.leaked();
    assert_eq!(leaked.len(), 1);
    assert_eq!(leaked[0].0, "one");
    assert!(leaked[0].1.starts_with("in step `gone`: not within 1.0s"), "{}", leaked[0].1);
    assert_eq!(played.chronicle.released(), Vec::<String>::new());
}

#[tokio::test]
async fn a_find_that_errs_leaks() {
    let store = Store::default();
    let stage = stage(&store, |seen, answer| match seen.method.as_str() {
        "GET" => Answer::new(500, "{\"oops\": true}"),
        _ => answer,
    });
    let played = stage.await.play().await;
    played.assert(Verdict::Passed);
    let leaked = played.chronicle.leaked();
    assert_eq!(leaked.len(), 1);
    assert!(leaked[0].1.starts_with("in step `find`: expect  status == 200"), "{}", leaked[0].1);
}

#[tokio::test]
async fn a_release_that_is_refused_leaks_with_the_refusal_as_its_cause() {
    let store = Store::default();
    let shelf = store.clone();
    let script = move |seen: &Seen| match seen.method.as_str() {
        "DELETE" => Answer::new(409, "{\"error\": \"it is in use\"}"),
        _ => shelf.answer(seen),
    };
    let played = Stage::with(script).await.things().scenario(ONE).play().await;
    let leaked = played.chronicle.leaked();
    assert_eq!(leaked.len(), 1);
    assert!(leaked[0].1.starts_with("in step `delete`: expect  status == 204"), "{}", leaked[0].1);
    assert!(leaked[0].1.contains("it is in use"), "{}", leaked[0].1);
    assert_eq!(store.names(), ["one"]);
}

#[tokio::test]
async fn a_refused_release_of_what_is_gone_all_the_same_is_no_leak() {
    let store = Store::default();
    let stage = stage(&store, |seen, answer| match seen.method.as_str() {
        "DELETE" => Answer::new(502, "bad gateway"),
        _ => answer,
    });
    let played = stage.await.play().await;
    assert_eq!(played.chronicle.released(), ["one"]);
    assert_eq!(played.chronicle.leaked(), []);
}

#[tokio::test]
async fn a_leak_does_not_spare_what_was_created_before_it() {
    let store = Store::default();
    let shelf = store.clone();
    let script = move |seen: &Seen| match seen.line().as_str() {
        "DELETE /things/two" => Answer::new(409, "{}"),
        _ => shelf.answer(seen),
    };
    let steps = format!("{ONE}{}", ONE.replace("one", "two").replace("create", "create again"));
    let played = Stage::with(script).await.things().scenario(&steps).play().await;
    let keys: Vec<String> = played.chronicle.leaked().into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["two"]);
    assert_eq!(played.chronicle.released(), ["one"]);
    assert_eq!(store.names(), ["two"]);
}
